using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Relaying;

/// <summary>Reads a pair from outside its relay thread.</summary>
internal static unsafe class PairReader
{
    /// <summary>A latch is written for nanoseconds now and then; a reader that meets that again and again says it does not know.</summary>
    private const int MostTries = 8;

    private const int MostSpins = 1000;

    /// <param name="pair">Of which port.</param>
    /// <param name="generation">The taking that is meant.</param>
    /// <param name="clocks">What SDP says of its stream's payload types.</param>
    /// <param name="time">The relay's.</param>
    /// <param name="counters">What went through it.</param>
    public static bool TryRead(Pair* pair, uint generation, PayloadClocks? clocks, TimeProvider time, out MediaCounters counters)
    {
        counters = default;
        if (Volatile.Read(ref pair->Generation) != generation)
        {
            return false;
        }

        var stream = Copy(&pair->Cell->Stream, ref pair->Cell->Stream.Lock);
        var figures = StreamStatistics.Of(stream, Copy(&pair->Reports, ref pair->Reports.Lock), new RelayClock(time)) with
        {
            Codec = clocks?.CodecOf(stream.PayloadType, stream.ClockRate) ?? AudioCodec.Unknown,
            IsComfort = stream.Packets > 0 && (clocks?.Has(stream.PayloadType) == true ? clocks.IsComfort(stream.PayloadType) : ForeignTypes.IsComfort(stream.PayloadType)),
            ForeignPackets = pair->Foreign.Count(stream.Packets),
            ForeignType = pair->Foreign.Type,
            Unauthentic = pair->Rtp.Totals.Dropped(DropReason.Authentication) + pair->Rtcp.Totals.Dropped(DropReason.Authentication),
        };
        var copy = new MediaCounters(Read(pair, &pair->Rtp).With(*pair->Cell), Read(pair, &pair->Rtcp), figures);
        Interlocked.MemoryBarrier();
        if (pair->Generation != generation)
        {
            return false;
        }

        counters = copy;
        return true;
    }

    public static long LastHeard(Pair* pair, uint generation)
    {
        var last = Math.Max(Volatile.Read(ref pair->Rtp.LastAccepted), Volatile.Read(ref pair->Rtcp.LastAccepted));
        if (Volatile.Read(ref pair->Cell->PacketsIn) != 0)
        {
            last = Math.Max(last, Volatile.Read(ref pair->Cell->Stream.LastAt));
        }

        Interlocked.MemoryBarrier();
        return Volatile.Read(ref pair->Generation) == generation ? last : 0;
    }

    private static PortCounters Read(Pair* pair, Slot* slot) =>
        new(slot->Totals.ToTotals(), slot->FirstAccepted, slot->LastAccepted, slot->HasAccepted, SourceOf(pair, slot));

    /// <summary>
    /// A copy of one moment. A packet is counted within nanoseconds, so that it is a matter of a few tries; should a writer never come
    /// to its end, the copy is of more than one moment.
    /// </summary>
    private static T Copy<T>(T* guarded, ref SequenceLock guard)
        where T : unmanaged
    {
        var wait = new SpinWait();
        for (var tries = 0; ; tries++)
        {
            var version = guard.Version;
            var copy = *guarded;
            if ((!SequenceLock.IsBeingWritten(version) && guard.IsStill(version)) || tries == MostSpins)
            {
                return copy;
            }

            // Never by sleeping: a lane may be the reader.
            wait.SpinOnce(sleep1Threshold: -1);
        }
    }

    private static IpEndpoint SourceOf(Pair* pair, Slot* slot)
    {
        for (var tries = 0; tries < MostTries; tries++)
        {
            var version = pair->SourceLock.Version;
            var source = slot->Latch.Settled;
            if (!SequenceLock.IsBeingWritten(version) && pair->SourceLock.IsStill(version))
            {
                return source.IsNone ? default : source.ToEndpoint();
            }
        }

        return default;
    }
}
