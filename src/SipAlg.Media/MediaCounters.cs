using SipAlg.Protocol.Addresses;

namespace SipAlg.Media;

/// <summary>What went through a pair of ports since it was taken. With rtcp-mux both kinds are counted in <see cref="Rtp"/>.</summary>
public readonly record struct MediaCounters(StreamCounters Rtp, StreamCounters Rtcp);

/// <summary>What went through one port.</summary>
/// <param name="Totals">Packets and octets: in from the end, out to it.</param>
/// <param name="FirstAccepted">Timestamp of the relay's time provider; meaningless while <see cref="HasAccepted"/> is false.</param>
/// <param name="LastAccepted">Likewise; the end's silence is the time elapsed since.</param>
/// <param name="HasAccepted">A packet of an accepted source has come.</param>
/// <param name="Source">The source that the latch settled on, or none.</param>
public readonly record struct StreamCounters(
    RelayTotals Totals, long FirstAccepted, long LastAccepted, bool HasAccepted, IpEndpoint Source);
