using System.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Protocol.Sip;

public enum UriScheme : byte
{
    Other,
    Sip,
    Sips,
    Tel,
}

/// <summary>
/// A URI's parts as stretches of the text it was read from, still escaped. SIP and SIPS by RFC 3261 §19.1, tel by RFC 3966;
/// of another scheme only the scheme and the opaque rest (in <see cref="User"/>) are known.
/// </summary>
public readonly ref struct SipUri
{
    public UriScheme Scheme { get; private init; }
    public ReadOnlySpan<byte> Text { get; private init; }

    /// <summary>userinfo without password; of a tel URI the number.</summary>
    public ReadOnlySpan<byte> User { get; private init; }
    public ReadOnlySpan<byte> Password { get; private init; }

    /// <summary>The host as written, IPv6 with its brackets.</summary>
    public ReadOnlySpan<byte> Host { get; private init; }

    /// <summary>0 when the URI names none.</summary>
    public ushort Port { get; private init; }

    /// <summary>From the first semicolon on, or empty.</summary>
    public ReadOnlySpan<byte> Parameters { get; private init; }

    /// <summary>What follows the question mark, or empty.</summary>
    public ReadOnlySpan<byte> Headers { get; private init; }

    /// <summary>Where the host stands in <see cref="Text"/>, for writing the URI with another one.</summary>
    public int HostStart { get; private init; }

    /// <summary>The end of host and port in <see cref="Text"/>.</summary>
    public int HostPortEnd { get; private init; }

    public bool IsSip => Scheme is UriScheme.Sip or UriScheme.Sips;

    /// <summary>Refuses white space, controls, angle brackets, a host or a port that the grammar does not know.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SipUri uri)
    {
        uri = default;
        if (text.StartsWith("sip:"u8))
        {
            return !text.ContainsAny(Grammar.NotInUri) && TryParseSip(text, UriScheme.Sip, 4, out uri);
        }

        var colon = text.IndexOf((byte)':');
        if (colon < 1 || !IsScheme(text[..colon]) || text.ContainsAny(Grammar.NotInUri))
        {
            return false;
        }

        var scheme = FindScheme(text[..colon]);
        return scheme switch
        {
            UriScheme.Sip or UriScheme.Sips => TryParseSip(text, scheme, colon + 1, out uri),
            UriScheme.Tel => TryParseTel(text, colon + 1, out uri),
            _ => TryParseOther(text, colon + 1, out uri),
        };
    }

    private static bool IsScheme(ReadOnlySpan<byte> text) => char.IsAsciiLetter((char)text[0]) && text.IndexOfAnyExcept(Grammar.Token) < 0;

    private static UriScheme FindScheme(ReadOnlySpan<byte> text) =>
        Ascii.EqualsIgnoreCase(text, "sip"u8) ? UriScheme.Sip
        : Ascii.EqualsIgnoreCase(text, "sips"u8) ? UriScheme.Sips
        : Ascii.EqualsIgnoreCase(text, "tel"u8) ? UriScheme.Tel
        : UriScheme.Other;

    private static bool TryParseOther(ReadOnlySpan<byte> text, int start, out SipUri uri)
    {
        uri = new SipUri { Scheme = UriScheme.Other, Text = text, User = text[start..] };
        return start < text.Length;
    }

    private static bool TryParseTel(ReadOnlySpan<byte> text, int start, out SipUri uri)
    {
        var rest = text[start..];
        var semicolon = rest.IndexOf((byte)';');
        var number = semicolon < 0 ? rest : rest[..semicolon];
        uri = new SipUri
        {
            Scheme = UriScheme.Tel,
            Text = text,
            User = number,
            Parameters = semicolon < 0 ? default : rest[semicolon..],
        };
        return number.Length > 0;
    }

    private static bool TryParseSip(ReadOnlySpan<byte> text, UriScheme scheme, int start, out SipUri uri)
    {
        uri = default;

        // The user part may hold ';' and '?'; a password may hold neither '@' nor ':' (RFC 3261 §25.1).
        var at = text[start..].IndexOf((byte)'@');
        ReadOnlySpan<byte> user = default, password = default;
        if (at >= 0)
        {
            user = text.Slice(start, at);
            start += at + 1;
            var colon = user.IndexOf((byte)':');
            if (colon >= 0)
            {
                password = user[(colon + 1)..];
                user = user[..colon];
            }

            if (user.IsEmpty || !HasValidEscapes(user))
            {
                return false;
            }
        }

        if (!TryHostPort(text, start, out var host, out var port, out var end))
        {
            return false;
        }

        var rest = text[end..];
        var question = rest.IndexOf((byte)'?');
        var parameters = question < 0 ? rest : rest[..question];
        if (parameters.Length > 0 && parameters[0] != ';')
        {
            return false;
        }

        uri = new SipUri
        {
            Scheme = scheme,
            Text = text,
            User = user,
            Password = password,
            Host = host,
            Port = port,
            Parameters = parameters,
            Headers = question < 0 ? default : rest[(question + 1)..],
            HostStart = start,
            HostPortEnd = end,
        };
        return true;
    }

    /// <summary>hostport at <paramref name="start"/>; a port of 0 or beyond 65535 is refused.</summary>
    private static bool TryHostPort(ReadOnlySpan<byte> text, int start, out ReadOnlySpan<byte> host, out ushort port, out int end)
    {
        port = 0;
        end = HostEnd(text, start);
        host = end < 0 ? default : text[start..end];
        if (host.IsEmpty)
        {
            return false;
        }

        if (end >= text.Length || text[end] != ':')
        {
            return true;
        }

        end++;
        return TryPort(text, ref end, out port);
    }

    /// <summary>Reads a port's digits at <paramref name="at"/> and moves behind them.</summary>
    internal static bool TryPort(ReadOnlySpan<byte> text, scoped ref int at, out ushort port)
    {
        var start = at;
        while (at < text.Length && char.IsAsciiDigit((char)text[at]))
        {
            at++;
        }

        var valid = Grammar.TryNumber(text[start..at], out var number) && number is > 0 and <= ushort.MaxValue;
        port = (ushort)number;
        return valid;
    }

    /// <summary>The end of the host that starts at <paramref name="start"/>, or −1 for a broken IPv6 reference.</summary>
    internal static int HostEnd(ReadOnlySpan<byte> text, int start)
    {
        if (start < text.Length && text[start] == '[')
        {
            var close = text[start..].IndexOf((byte)']');
            return close > 2 && text.Slice(start + 1, close - 1).IndexOfAnyExcept(Grammar.Ipv6) < 0 ? start + close + 1 : -1;
        }

        var length = text[start..].IndexOfAnyExcept(Grammar.Host);
        return length < 0 ? text.Length : start + length;
    }

    private static bool HasValidEscapes(ReadOnlySpan<byte> text)
    {
        for (var percent = text.IndexOf((byte)'%'); percent >= 0; percent = text.IndexOf((byte)'%'))
        {
            if (percent + 2 >= text.Length || !char.IsAsciiHexDigit((char)text[percent + 1]) || !char.IsAsciiHexDigit((char)text[percent + 2]))
            {
                return false;
            }

            text = text[(percent + 3)..];
        }

        return true;
    }

    /// <summary>The host as an address, when it is one.</summary>
    public bool TryAddress(out IpAddress address) => IpAddress.TryParse(Host, out address);

    /// <summary>The value of a URI parameter; names are case-insensitive.</summary>
    public bool TryParameter(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value) => Sip.Parameters.TryGet(Parameters, name, out value);

    /// <summary>
    /// Writes the user part without its escapes and, where it carries telephone parameters ("+4930123;phone-context=…"),
    /// without those; returns the length in octets. Escapes are undone once, never twice (RFC 4475 §3.1.1.3).
    /// </summary>
    public int CopyUser(Span<byte> destination)
    {
        var user = User;
        var semicolon = user.IndexOf((byte)';');
        if (semicolon >= 0)
        {
            user = user[..semicolon];
        }

        return Unescape(user, destination);
    }

    /// <summary>Undoes %HH escapes; what does not fit is left out.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var length = 0;
        for (var at = 0; at < text.Length && length < destination.Length; at++)
        {
            var octet = text[at];
            if (octet == '%' && at + 2 < text.Length && char.IsAsciiHexDigit((char)text[at + 1]) && char.IsAsciiHexDigit((char)text[at + 2]))
            {
                octet = (byte)((Hex(text[at + 1]) << 4) | Hex(text[at + 2]));
                at += 2;
            }

            destination[length++] = octet;
        }

        return length;
    }

    private static int Hex(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
