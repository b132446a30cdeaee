using System.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sip;

/// <summary>When two SIP URIs are the same one (RFC 3261 §19.1.4).</summary>
public static class UriComparison
{
    /// <summary>URIs of other schemes are compared octet by octet.</summary>
    public static bool AreEqual(in SipUri one, in SipUri other)
    {
        // Also where a parameter stands twice, or holds what is no ASCII: who registers a contact again means the same one.
        if (one.Text.SequenceEqual(other.Text))
        {
            return true;
        }

        return one.IsSip && one.Scheme == other.Scheme && one.Port == other.Port && AreSameHost(one.Host, other.Host) &&
            AreSame(one.User, other.User) && AreSame(one.Password, other.Password) && HaveSameHeaders(one.Headers, other.Headers) &&
            AgreesWith(one.Parameters, other.Parameters) && AgreesWith(other.Parameters, one.Parameters);
    }

    /// <summary>Whether two hosts, as they stand in URIs or in a Via, are one: an IPv6 address may be written in several ways (RFC 5954 §4.2).</summary>
    public static bool AreSameHost(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => Ascii.EqualsIgnoreCase(one, other) ||
        (one.StartsWith("["u8) && other.StartsWith("["u8) && IpAddress.TryParse(one, out var address) && IpAddress.TryParse(other, out var same) && address == same);

    /// <summary>Case counts, and an escaped octet is the octet (§19.1.2).</summary>
    private static bool AreSame(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other)
    {
        if (one.SequenceEqual(other))
        {
            return true;
        }

        if (one.Length > SipLimits.Identifier || other.Length > SipLimits.Identifier)
        {
            return false;
        }

        Span<byte> first = stackalloc byte[SipLimits.Identifier];
        Span<byte> second = stackalloc byte[SipLimits.Identifier];
        return first[..SipUri.Unescape(one, first)].SequenceEqual(second[..SipUri.Unescape(other, second)]);
    }

    /// <summary>Each has all of the other's, in whatever order; of long ones that would be too much to look at.</summary>
    private static bool HaveSameHeaders(ReadOnlySpan<byte> one, ReadOnlySpan<byte> other) => one.SequenceEqual(other) ||
        (one.Length <= SipLimits.Identifier && other.Length <= SipLimits.Identifier && HasAll(one, other) && HasAll(other, one));

    private static bool HasAll(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> others)
    {
        foreach (var wanted in others.Split((byte)'&'))
        {
            var isFound = false;
            foreach (var candidate in headers.Split((byte)'&'))
            {
                isFound |= AreSame(headers[candidate], others[wanted]);
            }

            if (!isFound)
            {
                return false;
            }
        }

        return true;
    }

    private static bool AgreesWith(ReadOnlySpan<byte> parameters, ReadOnlySpan<byte> others)
    {
        var reader = new Parameters(parameters);
        while (reader.MoveNext())
        {
            if (Parameters.TryGet(others, reader.Name, out var value) ? !Ascii.EqualsIgnoreCase(value, reader.Value) : MustBeInBoth(reader.Name))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MustBeInBoth(ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(name, "transport"u8) || Ascii.EqualsIgnoreCase(name, "user"u8) ||
        Ascii.EqualsIgnoreCase(name, "maddr"u8) || Ascii.EqualsIgnoreCase(name, "ttl"u8) || Ascii.EqualsIgnoreCase(name, "method"u8);
}
