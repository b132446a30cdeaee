using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Resolution;

/// <summary>Which of a host's addresses goes first: the default policy table of RFC 6724 §2.1.</summary>
internal static class AddressPrecedence
{
    private const int Other = 40;

    private static readonly (IpAddress Network, int Bits, int Precedence)[] Policy =
    [
        (IpAddress.Parse("::1"), 128, 50), (IpAddress.Parse("2002::"), 16, 30), (IpAddress.Parse("2001::"), 32, 5),
        (IpAddress.Parse("fc00::"), 7, 3), (IpAddress.Parse("fec0::"), 10, 1), (IpAddress.Parse("3ffe::"), 16, 1), (IpAddress.AnyV4, 0, 35),
    ];

    /// <summary>The higher goes first.</summary>
    public static int Of(IpAddress address)
    {
        foreach (var (network, bits, precedence) in Policy)
        {
            if (address.IsIn(network, bits))
            {
                return precedence;
            }
        }

        return Other;
    }
}
