using System.Text;

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

        return one.IsSip && one.Scheme == other.Scheme && one.Port == other.Port && Ascii.EqualsIgnoreCase(one.Host, other.Host) &&
            AreSame(one.User, other.User) && AreSame(one.Password, other.Password) && AreSame(one.Headers, other.Headers) &&
            AgreesWith(one.Parameters, other.Parameters) && AgreesWith(other.Parameters, one.Parameters);
    }

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
