using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution;

/// <summary>What transports are called in the DNS (RFC 3263 §4.1, §4.2; RFC 7118 §7.1 for WebSocket).</summary>
internal static class ServiceNames
{
    /// <summary>What a client prefers where the domain does not say (RFC 3263 §4.1 leaves it to us).</summary>
    public static ReadOnlySpan<Transport> Preferred => [Transport.Udp, Transport.Tcp, Transport.Tls, Transport.Ws, Transport.Wss];

    public static bool IsSecure(Transport transport) => transport is Transport.Tls or Transport.Wss;

    /// <summary>What stands before the domain in the name of its SRV records.</summary>
    public static string Prefix(Transport transport) => transport switch
    {
        Transport.Udp => "_sip._udp.",
        Transport.Tcp => "_sip._tcp.",
        Transport.Tls => "_sips._tcp.",
        Transport.Ws => "_sip._ws.",
        _ => "_sips._ws.",
    };

    /// <summary>The transport that a NAPTR's service field names; null for another protocol's (RFC 3263 §8.1).</summary>
    public static Transport? Of(string service) => service.ToUpperInvariant() switch
    {
        "SIP+D2U" => Transport.Udp,
        "SIP+D2T" => Transport.Tcp,
        "SIPS+D2T" => Transport.Tls,
        "SIP+D2W" => Transport.Ws,
        "SIPS+D2W" => Transport.Wss,
        _ => null,
    };
}
