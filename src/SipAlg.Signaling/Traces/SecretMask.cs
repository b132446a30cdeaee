using System.Buffers;
using System.Text;

namespace SipAlg.Signaling.Traces;

/// <summary>
/// Takes secrets out of a message that is to be shown: digests and what they are made of (RFC 7616), other credentials, and keys of
/// media (RFC 4568, RFC 4567, RFC 8866 k=, RFC 8839 ice-pwd). Each octet becomes an asterisk, so that every length stays right. A line is looked at
/// wherever it stands: a body may be a message too (message/sipfrag).
/// </summary>
public static class SecretMask
{
    private const byte Mask = (byte)'*';

    /// <summary>Parameters of credentials and challenges that are no secret.</summary>
    private static readonly byte[][] Shown = [.. new[] { "username", "realm", "uri", "algorithm", "qop", "nc", "stale", "domain", "charset", "userhash" }.Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Fields =
        [.. new[] { "Authorization", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Authentication-Info", "Proxy-Authentication-Info" }.Select(Encoding.ASCII.GetBytes)];

    private static readonly byte[][] Keys = [.. new[] { "a=key-mgmt:", "k=", "a=ice-pwd:" }.Select(Encoding.ASCII.GetBytes)];

    private static readonly SearchValues<byte> EndOfUser = SearchValues.Create("@<>\" \t\r\n"u8);

    public static void Apply(Span<byte> message)
    {
        while (!message.IsEmpty)
        {
            var line = message[..LineLength(message)];
            message = message[line.Length..];
            ApplyToLine(line);
        }
    }

    /// <summary>To the end of the line, and of those that continue it (RFC 3261 §7.3.1). Lines of SDP may end in a CR alone.</summary>
    private static int LineLength(ReadOnlySpan<byte> message)
    {
        for (var at = 0; at < message.Length; at++)
        {
            if (message[at] == '\r' && at + 2 < message.Length && message[at + 1] != '\n' && message[at + 2] == '=')
            {
                return at + 1;
            }

            if (message[at] == '\n' && (at + 1 == message.Length || message[at + 1] is not ((byte)' ' or (byte)'\t')))
            {
                return at + 1;
            }
        }

        return message.Length;
    }

    private static void ApplyToLine(Span<byte> line)
    {
        if (StartOf(line, Keys) is var start and > 0)
        {
            Cover(line[start..]);
        }
        else if (line.StartsWith("a="u8) && IndexBehind(line, "inline:"u8) is var key and > 0)
        {
            // RFC 4568 §9.1: tag, suite and parameters of the session are none. Another attribute may hold the line (RFC 5939).
            Cover(line[key..]);
        }
        else if (line.IndexOf((byte)':') is var colon and > 0 && Is(line[..colon], Fields))
        {
            Credentials(line[(colon + 1)..]);
        }
        else
        {
            InUris(line);
            Passwords(line);
        }
    }

    /// <summary>Behind a name, in any case of letters, as lenient readers take it; −1 without.</summary>
    private static int IndexBehind(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name)
    {
        for (var at = 0; line[at..].IndexOfAny(name[0], (byte)(name[0] - 32)) is var next and >= 0; at++)
        {
            at += next;
            if (line.Length - at >= name.Length && Ascii.EqualsIgnoreCase(line.Slice(at, name.Length), name))
            {
                return at + name.Length;
            }
        }

        return -1;
    }

    private static int StartOf(ReadOnlySpan<byte> line, byte[][] names)
    {
        foreach (var name in names)
        {
            if (line.StartsWith(name))
            {
                return name.Length;
            }
        }

        return 0;
    }

    private static bool Is(ReadOnlySpan<byte> name, byte[][] names)
    {
        name = name.TrimEnd(" \t"u8);
        foreach (var candidate in names)
        {
            if (Ascii.EqualsIgnoreCase(name, candidate))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of a digest single parameters, of all else everything behind the scheme.</summary>
    private static void Credentials(Span<byte> value)
    {
        value = value[(value.Length - value.TrimStart(" \t\r\n"u8).Length)..];
        var scheme = value.IndexOfAny((byte)' ', (byte)'\t', (byte)'\r');
        if (scheme > 0 && !value[..scheme].Contains((byte)'=') && !Ascii.EqualsIgnoreCase(value[..scheme], "Digest"u8))
        {
            Cover(value[scheme..]);
            return;
        }

        while (value.IndexOf((byte)'=') is var equals and >= 0)
        {
            var before = value[..equals].TrimEnd(" \t\r\n"u8);
            var name = before[(before.LastIndexOfAny(" \t,\n"u8) + 1)..];
            value = value[(equals + 1)..];
            value = value[(value.Length - value.TrimStart(" \t\r\n"u8).Length)..];
            var length = ValueLength(value);
            if (!Is(name, Shown))
            {
                Cover(value[..length]);
            }

            value = value[length..];
        }
    }

    private static int ValueLength(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty || value[0] != '"')
        {
            return value.IndexOfAny(" \t,\r\n"u8) is var end and >= 0 ? end : value.Length;
        }

        var at = 1;
        while (at < value.Length && value[at] != '"')
        {
            at += value[at] == '\\' ? 2 : 1;
        }

        return Math.Min(at + 1, value.Length);
    }

    /// <summary>RFC 3261 §19.1.1: a URI may bring header fields.</summary>
    private static void InUris(Span<byte> line)
    {
        while (IndexBehind(line, "uthorization="u8) is var found and >= 0)
        {
            line = line[found..];
            Cover(line[..(line.IndexOfAny("&>\r\n"u8) is var end and >= 0 ? end : line.Length)]);
        }
    }

    /// <summary>RFC 3261 §19.1.1: a URI may name a password behind its user, though it should not.</summary>
    private static void Passwords(Span<byte> line)
    {
        while (line.IndexOf(":"u8) is var colon and >= 0)
        {
            var isScheme = colon >= 3 && (Ascii.EqualsIgnoreCase(line[(colon - 3)..colon], "sip"u8) || Ascii.EqualsIgnoreCase(line[(colon - 3)..colon], "ips"u8));
            line = line[(colon + 1)..];
            var end = isScheme ? line.IndexOfAny(EndOfUser) : -1;
            if (end < 0 || line[end] != '@')
            {
                continue;
            }

            var user = line[..end].IndexOf((byte)':');
            if (user >= 0 && line[..end].IndexOf("sip:"u8) < 0)
            {
                Cover(line[(user + 1)..end]);
            }
        }
    }

    /// <summary>All but quotes and ends of lines.</summary>
    private static void Cover(Span<byte> secret)
    {
        foreach (ref var octet in secret)
        {
            octet = octet is (byte)'"' or (byte)'\r' or (byte)'\n' or (byte)' ' ? octet : Mask;
        }
    }
}
