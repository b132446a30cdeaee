using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Relaying;

/// <summary>Reads a pair from outside its relay thread.</summary>
internal static unsafe class PairReader
{
    /// <summary>A latch is written for nanoseconds now and then; a reader that meets that again and again says it does not know.</summary>
    private const int MostTries = 8;

    public static bool TryRead(Pair* pair, uint generation, out MediaCounters counters)
    {
        counters = default;
        if (Volatile.Read(ref pair->Generation) != generation)
        {
            return false;
        }

        var copy = new MediaCounters(Read(pair, &pair->Rtp), Read(pair, &pair->Rtcp));
        Interlocked.MemoryBarrier();
        if (pair->Generation != generation)
        {
            return false;
        }

        counters = copy;
        return true;
    }

    private static StreamCounters Read(Pair* pair, Slot* slot) =>
        new(slot->Totals, slot->FirstAccepted, slot->LastAccepted, slot->HasAccepted, SourceOf(pair, slot));

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
