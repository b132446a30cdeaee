namespace SipAlg.Signaling.Transports;

/// <summary>Default ports (RFC 3261 §19.1.2).</summary>
public static class SipPorts
{
    public const ushort Plain = 5060;
    public const ushort Secure = 5061;

    public static ushort Default(Transport transport) => transport is Transport.Tls or Transport.Wss ? Secure : Plain;
}
