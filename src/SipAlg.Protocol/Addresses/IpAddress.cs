using System.Buffers.Binary;
using System.Text;

namespace SipAlg.Protocol.Addresses;

/// <summary>
/// An IPv4 or IPv6 address as a value: 16 octets in network order, IPv4 kept as such (never as a mapped address),
/// so that comparing, hashing and printing allocate nothing. The default value is "none".
/// </summary>
public readonly struct IpAddress : IEquatable<IpAddress>
{
    /// <summary>Longest text form in octets (IPv6 with an embedded IPv4 tail).</summary>
    public const int MaxTextLength = 45;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly Family _family;

    private enum Family : byte { None, V4, V6 }

    private IpAddress(ulong high, ulong low, Family family) => (_high, _low, _family) = (high, low, family);

    public bool IsNone => _family == Family.None;
    public bool IsV4 => _family == Family.V4;
    public bool IsV6 => _family == Family.V6;

    /// <summary>0.0.0.0 or ::, the wildcard of a listener and RFC 3264's old hold.</summary>
    public bool IsUnspecified => _family != Family.None && (_high | _low) == 0;

    public bool IsLoopback => IsV4 ? (_low >> 24) == 127 : IsV6 && _high == 0 && _low == 1;

    /// <summary>Loopback, link-local, RFC 1918, RFC 6598 or RFC 4193: no address that another network can reach.</summary>
    public bool IsPrivate => IsLoopback || (IsV4
        ? (_low >> 24) == 10 || (_low >> 20) == 0xAC1 || (_low >> 16) == 0xC0A8 || (_low >> 16) == 0xA9FE || (_low >> 22) == 0x191
        : IsV6 && ((_high >> 57) == 0x7E || (_high >> 54) == 0x3FA));

    public static IpAddress AnyV4 => new(0, 0, Family.V4);
    public static IpAddress AnyV6 => new(0, 0, Family.V6);
    public static IpAddress LoopbackV4 => FromV4(0x7F000001);

    /// <param name="hostOrder">The address as a number, most significant octet first.</param>
    public static IpAddress FromV4(uint hostOrder) => new(0, hostOrder, Family.V4);

    /// <summary>Takes 4 or 16 octets in network order; an IPv4-mapped IPv6 address becomes IPv4.</summary>
    public static IpAddress FromOctets(ReadOnlySpan<byte> octets)
    {
        if (octets.Length == 4)
        {
            return FromV4(BinaryPrimitives.ReadUInt32BigEndian(octets));
        }

        return FromV6(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));
    }

    private static IpAddress FromV6(ulong high, ulong low) =>
        high == 0 && low >> 32 == 0xFFFF ? FromV4((uint)low) : new IpAddress(high, low, Family.V6);

    /// <summary>Writes 4 or 16 octets in network order and returns how many.</summary>
    public int WriteOctets(Span<byte> destination)
    {
        if (IsV4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>The IPv4 address as a number, most significant octet first.</summary>
    public uint ToV4() => (uint)_low;

    /// <summary>Whether the first <paramref name="bits"/> bits equal those of <paramref name="network"/> (same family).</summary>
    public bool IsIn(IpAddress network, int bits)
    {
        if (_family != network._family)
        {
            return false;
        }

        if (IsV4)
        {
            return bits == 0 || ((_low ^ network._low) & 0xFFFFFFFF) >> (32 - bits) == 0;
        }

        return bits <= 64
            ? bits == 0 || (_high ^ network._high) >> (64 - bits) == 0
            : _high == network._high && (_low ^ network._low) >> (128 - bits) == 0;
    }

    /// <summary>
    /// Parses a dotted quad, or an IPv6 address with or without brackets. No zone, no port, no name, and nothing that two
    /// readers could take for different addresses (leading zeros of a quad).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out IpAddress address)
    {
        if (text.Length > 0 && text[0] == '[')
        {
            if (text[^1] != ']')
            {
                address = default;
                return false;
            }

            return TryParseV6(text[1..^1], out address);
        }

        if (!Ipv4Text.TryParse(text, out var v4))
        {
            return TryParseV6(text, out address);
        }

        address = FromV4(v4);
        return true;
    }

    private static bool TryParseV6(ReadOnlySpan<byte> text, out IpAddress address)
    {
        var isAddress = Ipv6Text.TryParse(text, out var high, out var low);
        address = isAddress ? FromV6(high, low) : default;
        return isAddress;
    }

    public static bool TryParse(string text, out IpAddress address) => TryParse(Encoding.UTF8.GetBytes(text), out address);

    /// <exception cref="FormatException">The text is no IP address.</exception>
    public static IpAddress Parse(string text) =>
        TryParse(text, out var address) ? address : throw new FormatException($"'{text}' is no IP address.");

    /// <summary>Writes the text form, IPv6 without brackets (as SDP wants it), and returns its length in octets.</summary>
    public int Format(Span<byte> destination) =>
        IsV4 ? Ipv4Text.Format((uint)_low, destination) : Ipv6Text.Format(_high, _low, destination);

    /// <summary>Writes the form used in URIs and Via: IPv6 in brackets (RFC 3261 §25.1 host).</summary>
    public int FormatHost(Span<byte> destination)
    {
        if (!IsV6)
        {
            return Format(destination);
        }

        destination[0] = (byte)'[';
        var length = Format(destination[1..]) + 1;
        destination[length] = (byte)']';
        return length + 1;
    }

    public bool Equals(IpAddress other) => _high == other._high && _low == other._low && _family == other._family;
    public override bool Equals(object? obj) => obj is IpAddress other && Equals(other);
    public override int GetHashCode() => HashCode.Combine(_high, _low, _family);
    public static bool operator ==(IpAddress left, IpAddress right) => left.Equals(right);
    public static bool operator !=(IpAddress left, IpAddress right) => !left.Equals(right);

    public override string ToString()
    {
        if (IsNone)
        {
            return "none";
        }

        Span<byte> text = stackalloc byte[MaxTextLength];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
