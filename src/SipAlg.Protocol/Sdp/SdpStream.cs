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

    internal IpAddress AddressOr(IpAddress origin) => Address.IsNone ? origin : Address;
}
