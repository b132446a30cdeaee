using System.Runtime.InteropServices;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Signaling.Gate;

/// <summary>A source as the program in the kernel sees it: an IPv4 address, or the /64 of an IPv6 one.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct SteeredSource
{
    public const int V4 = 4;
    public const int V6 = 6;

    /// <summary><see cref="V4"/> or <see cref="V6"/>, and in the upper bits one more than the realm, where it matters.</summary>
    public uint Kind;

    /// <summary>In network order; behind an IPv4 address zeros.</summary>
    public fixed byte Octets[8];

    public static SteeredSource Of(in IpAddress source, int realm = -1)
    {
        SteeredSource key = default;
        key.Kind = KindOf(source.IsV4 ? V4 : V6, realm);
        Span<byte> octets = stackalloc byte[16];
        octets[..Math.Min(source.WriteOctets(octets), 8)].CopyTo(new Span<byte>(key.Octets, 8));
        return key;
    }

    public static uint KindOf(int family, int realm) => (uint)family | ((uint)(realm + 1) << 8);
}

/// <summary>A block of a realm's peers, as a key of the trie.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SteeredBlock
{
    private const int KindBits = 32;

    public uint Bits;
    public SteeredSource Source;

    /// <summary>What is longer than a /64 counts as the whole of it.</summary>
    public static SteeredBlock Of(in IpNetwork network, int realm) => new()
    {
        Bits = KindBits + (uint)Math.Min(network.PrefixLength, 64),
        Source = SteeredSource.Of(network.Address, realm),
    };
}
