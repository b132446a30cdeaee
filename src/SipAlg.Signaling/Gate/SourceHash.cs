using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Signaling.Gate;

/// <summary>Numbers of addresses under a key of this process: nobody chooses two that meet in a table. Never 0.</summary>
public sealed class SourceHash(ulong key0, ulong key1)
{
    private readonly KeyedHash _hash = new(key0, key1);

    /// <summary>Of one address.</summary>
    public ulong Of(in IpAddress source)
    {
        Span<byte> octets = stackalloc byte[16];
        return _hash.Of(octets[..source.WriteOctets(octets)]) | 1UL << 63;
    }

    /// <summary>Of what one household or device has: an IPv4 address, an IPv6 /64.</summary>
    public ulong OfHousehold(in IpAddress source)
    {
        Span<byte> octets = stackalloc byte[16];
        return _hash.Of(octets[..Math.Min(source.WriteOctets(octets), 8)]) | 1UL << 63;
    }
}
