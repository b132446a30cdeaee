using System.Runtime.CompilerServices;
using SipAlg.Media.Packets;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Statistics;

/// <summary>Keeps the counters of streams in the packets that pass. One a relay thread.</summary>
/// <param name="pools">Where the clock rates of ports are.</param>
/// <param name="second">Timestamps a second.</param>
internal sealed unsafe class StreamWatch(PoolTable pools, long second)
{
    /// <summary>A packet that was accepted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Heard(Pair* pair, PacketKind kind, byte* packet, int octets, long now)
    {
        if (kind == PacketKind.Rtp)
        {
            var type = (byte)(packet[1] & 0x7F);
            if (type != pair->ClockedType)
            {
                SetClock(pair, type);
            }

            StreamCounters.Rtp(&pair->Cell->Stream, packet, octets, now);
        }
        else if (kind == PacketKind.Other)
        {
            StreamCounters.Other(&pair->Cell->Stream, octets, now);
        }
        else if (kind == PacketKind.Rtcp && pair->Active.ReadsReports)
        {
            HeardReports(pair, new ReadOnlySpan<byte>(packet, octets), now);
        }
    }

    private void HeardReports(Pair* pair, ReadOnlySpan<byte> datagram, long now)
    {
        var partner = pair->Active.Partner;
        if (pair->Active.Mode != PairMode.Join || partner->Generation != pair->Active.PartnerGeneration)
        {
            return;
        }

        uint? heard = (partner->Cell->Stream.Marks & StreamMarks.HasSequence) != 0 ? partner->Cell->Stream.Ssrc : null;
        ReportCounters.Heard(&pair->Reports, &partner->Reports, heard, datagram, now, second);
    }

    private void SetClock(Pair* pair, byte type)
    {
        var clocks = pools[pair->Pool].ClocksOf(pair);
        pair->ClockedType = type;
        pair->Foreign.Turn(type, clocks?.Has(type) != false, pair->Cell->Stream.Packets);
        StreamCounters.Clock(&pair->Cell->Stream, clocks?.Of(type) ?? 0, second);
    }
}
