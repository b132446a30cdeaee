using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Model;

/// <summary>Arithmetic on address blocks.</summary>
public static class Prefixes
{
    /// <summary>The address with everything beyond its first <paramref name="bits"/> bits cleared.</summary>
    public static IpAddress Mask(IpAddress address, int bits)
    {
        Span<byte> octets = stackalloc byte[16];
        var length = address.WriteOctets(octets);
        for (var i = 0; i < length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            octets[i] &= (byte)(0xFF00 >> kept);
        }

        return IpAddress.FromOctets(octets[..length]);
    }

    /// <summary>What one household or device has of addresses: of IPv6 a /64, in which it changes its own from day to day.</summary>
    public static IpAddress Household(IpAddress address) => address.IsV6 ? Mask(address, 64) : address;

    /// <summary>The same block, written with no bits beyond its prefix.</summary>
    public static IpNetwork Normalise(IpNetwork network) => network with { Address = Mask(network.Address, network.PrefixLength) };
}
