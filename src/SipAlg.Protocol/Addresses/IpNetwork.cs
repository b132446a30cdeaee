using System.Globalization;

namespace SipAlg.Protocol.Addresses;

/// <summary>An address block in CIDR notation; a bare address is a block of one.</summary>
public readonly record struct IpNetwork(IpAddress Address, int PrefixLength)
{
    public bool Contains(IpAddress address) => address.IsIn(Address, PrefixLength);

    /// <summary>Parses "10.0.0.0/8", "2001:db8::/32" or a bare address.</summary>
    public static bool TryParse(string text, out IpNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IpAddress.TryParse(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var most = address.IsV4 ? 32 : 128;
        var bits = most;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > most))
        {
            return false;
        }

        network = new IpNetwork(address, bits);
        return true;
    }

    public override string ToString() => $"{Address}/{PrefixLength}";
}
