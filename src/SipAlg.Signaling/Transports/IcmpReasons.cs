using SipAlg.Linux;

namespace SipAlg.Signaling.Transports;

/// <summary>RFC 792, RFC 1812 §5.2.7.1 and RFC 4443 §3 as RFC 3261 §18.4 wants them.</summary>
internal static class IcmpReasons
{
    /// <returns>false: an error that is no failure in sending (time exceeded, fragmentation needed).</returns>
    public static bool TryReason(in ExtendedError error, out UnreachableReason reason)
    {
        UnreachableReason? found = error.Origin switch
        {
            ExtendedError.FromIcmp => FromIcmp(error.Type, error.Code),
            ExtendedError.FromIcmp6 => FromIcmp6(error.Type, error.Code),
            _ => null,
        };
        reason = found.GetValueOrDefault();
        return found is not null;
    }

    private static UnreachableReason? FromIcmp(byte type, byte code) => (type, code) switch
    {
        (3, 0 or 6 or 11) => UnreachableReason.Network,
        (3, 1 or 5 or 7 or 8 or 12) => UnreachableReason.Host,
        (3, 2) or (12, _) => UnreachableReason.Protocol,
        (3, 3) => UnreachableReason.Port,
        (3, 9 or 10 or 13 or 14 or 15) => UnreachableReason.Prohibited,
        _ => null,
    };

    private static UnreachableReason? FromIcmp6(byte type, byte code) => (type, code) switch
    {
        (1, 0 or 2) => UnreachableReason.Network,
        (1, 3) => UnreachableReason.Host,
        (1, 4) => UnreachableReason.Port,
        (1, _) => UnreachableReason.Prohibited,
        (4, _) => UnreachableReason.Protocol,
        _ => null,
    };
}
