namespace SipAlg.Signaling.Transports;

/// <summary>The names of the transports in Via (RFC 3261 §25.1), in URIs (RFC 3261 §19.1.1, RFC 7118 §5.2.1) and in listener addresses.</summary>
public static class TransportNames
{
    /// <summary>Upper case, as in Via.</summary>
    public static ReadOnlySpan<byte> Via(Transport transport) => transport switch
    {
        Transport.Udp => "UDP"u8,
        Transport.Tcp => "TCP"u8,
        Transport.Tls => "TLS"u8,
        Transport.Ws => "WS"u8,
        _ => "WSS"u8,
    };

    /// <summary>Lower case, as in a URI's transport parameter and in listener addresses.</summary>
    public static string Text(Transport transport) => transport switch
    {
        Transport.Udp => "udp",
        Transport.Tcp => "tcp",
        Transport.Tls => "tls",
        Transport.Ws => "ws",
        _ => "wss",
    };
}
