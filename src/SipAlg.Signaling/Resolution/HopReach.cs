using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Resolution;

/// <summary>Over which transports a realm reaches out, by address family: one bit a transport.</summary>
/// <param name="V4">From IPv4 listeners.</param>
/// <param name="V6">From IPv6 listeners.</param>
public readonly record struct HopReach(byte V4, byte V6)
{
    /// <summary>What listeners reach.</summary>
    public static HopReach Of(IEnumerable<(Transport Transport, bool IsV4)> listeners)
    {
        var (v4, v6) = (0, 0);
        foreach (var (transport, isV4) in listeners)
        {
            v4 |= isV4 ? Bit(transport) : 0;
            v6 |= isV4 ? 0 : Bit(transport);
        }

        return new HopReach((byte)v4, (byte)v6);
    }

    public bool Has(Transport transport) => ((V4 | V6) & Bit(transport)) != 0;

    public bool Has(Transport transport, bool isV4) => ((isV4 ? V4 : V6) & Bit(transport)) != 0;

    private static int Bit(Transport transport) => 1 << (int)transport;
}
