using SipAlg.Media.Kernel;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media;

/// <summary>What went through a pair of ports since it was taken. With rtcp-mux both kinds are counted in <see cref="Rtp"/>.</summary>
/// <param name="Rtp">The port of RTP.</param>
/// <param name="Rtcp">The port of RTCP.</param>
/// <param name="Stream">What came of the stream itself, by RTP.</param>
public readonly record struct MediaCounters(PortCounters Rtp, PortCounters Rtcp, StreamStatistics Stream);

/// <summary>What went through one port.</summary>
/// <param name="Totals">Packets and octets: in from the end, out to it.</param>
/// <param name="FirstAccepted">Timestamp of the relay's time provider; meaningless while <see cref="HasAccepted"/> is false.</param>
/// <param name="LastAccepted">Likewise; the end's silence is the time elapsed since.</param>
/// <param name="HasAccepted">A packet of an accepted source has come.</param>
/// <param name="Source">The source that the latch settled on, or none.</param>
public readonly record struct PortCounters(
    RelayTotals Totals, long FirstAccepted, long LastAccepted, bool HasAccepted, IpEndpoint Source)
{
    /// <summary>With what the kernel has relayed.</summary>
    internal PortCounters With(in FlowCell cell)
    {
        if (cell.PacketsIn == 0 && cell.PacketsOut == 0)
        {
            return this;
        }

        var totals = Totals;
        totals.Crossed(cell.PacketsIn, cell.OctetsIn, cell.PacketsOut, cell.OctetsOut);
        return this with { Totals = totals, LastAccepted = cell.PacketsIn == 0 ? LastAccepted : Math.Max(LastAccepted, cell.Stream.LastAt) };
    }
}
