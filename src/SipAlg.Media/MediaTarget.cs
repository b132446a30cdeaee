using SipAlg.Media.Srtp;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media;

/// <summary>Where a stream of one end goes and where it may come from, as SDP and the leg say.</summary>
public readonly record struct MediaTarget
{
    /// <summary>The SDP's address and port; none, an unspecified address (RFC 3264's old hold) or port 0 sends nothing.</summary>
    public IpEndpoint Rtp { get; init; }

    /// <summary>The SDP's <c>a=rtcp</c> (RFC 3605); none: the address of <see cref="Rtp"/> and the next port (RFC 3550 §11).</summary>
    public IpEndpoint Rtcp { get; init; }

    /// <summary>The end sends and receives RTCP on its RTP port (RFC 5761).</summary>
    public bool RtcpMux { get; init; }

    /// <summary>The stream's protocol is not RTP (UDPTL, BFCP, DTLS/SCTP, unknown): whatever comes passes.</summary>
    public bool PassesAll { get; init; }

    /// <summary>The SDP of an RTP stream says nothing of DTLS (RFC 5763): such packets belong to nobody.</summary>
    public bool RefusesDtls { get; init; }

    public Latching Latching { get; init; }

    /// <summary>Where the leg's signalling comes from; a source that is trusted at once. May be none.</summary>
    public IpAddress Signalling { get; init; }

    /// <summary>Further networks of the peer's media; shared, never copied. May be null.</summary>
    public IpNetwork[]? MediaFrom { get; init; }

    /// <summary>RTCP of the stream is not encrypted, so that what it says is kept.</summary>
    public bool ReadsReports { get; init; }

    /// <summary>By what was agreed on the end sends nothing now (RFC 3264 §6.1: hold, one way): its silence is no gap.</summary>
    public bool IsSilent { get; init; }

    /// <summary>The clock rates of what the end may send; shared, never copied. Null: none is known, nor is jitter.</summary>
    public PayloadClocks? Clocks { get; init; }

    /// <summary>What the end's packets are encrypted with; shared, never copied. Null: they are not.</summary>
    public MediaKeys? Keys { get; init; }

    internal bool IsHeld => IsNowhere(Rtp);

    /// <summary>The endpoint of RTCP when it has a port of its own.</summary>
    internal IpEndpoint RtcpOrDefault => IsNowhere(Rtcp) ? Rtp.WithPort((ushort)(Rtp.Port + 1)) : Rtcp;

    private static bool IsNowhere(IpEndpoint endpoint) =>
        endpoint.IsNone || endpoint.Address.IsUnspecified || endpoint.Port == 0;
}
