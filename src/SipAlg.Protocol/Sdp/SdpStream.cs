using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sdp;

/// <summary>Where a written m= line says that its stream is received.</summary>
/// <param name="port">Our RTP port; 0 refuses the stream (RFC 3264 §6).</param>
/// <param name="rtcpPort">Our RTCP port, the same as <paramref name="port"/> with rtcp-mux; 0 leaves a=rtcp out.</param>
/// <param name="address">Our address, none for that of the o= line.</param>
public readonly struct SdpStream(ushort port, ushort rtcpPort, IpAddress address = default)
{
    public ushort Port { get; } = port;
    public ushort RtcpPort { get; } = rtcpPort;
    public IpAddress Address { get; } = address;

    /// <summary>What becomes of a=rtcp-mux (RFC 5761).</summary>
    public SdpMux Mux { get; init; }

    internal IpAddress AddressOr(IpAddress origin) => Address.IsNone ? origin : Address;
}

/// <summary>Whether a written m= line has a=rtcp-mux.</summary>
public enum SdpMux : byte
{
    /// <summary>If its source has.</summary>
    Keep,

    /// <summary>It has: that side multiplexes, and the other does not.</summary>
    Add,

    /// <summary>It has not: the other side alone does.</summary>
    Drop,
}
