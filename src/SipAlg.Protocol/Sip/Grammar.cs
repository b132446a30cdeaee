using System.Buffers;

namespace SipAlg.Protocol.Sip;

/// <summary>Character classes and white space of RFC 3261 §25.1.</summary>
internal static class Grammar
{
    /// <summary>token, for methods, header names and parameter names.</summary>
    public static readonly SearchValues<byte> Token =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~"u8);

    /// <summary>What word allows beyond token, for Call-ID.</summary>
    public static readonly SearchValues<byte> Word =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~()<>:\\\"/[]?{}@"u8);

    /// <summary>hostname, with the underscore that networks use in spite of RFC 952.</summary>
    public static readonly SearchValues<byte> Host =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._"u8);

    /// <summary>The inside of an IPv6 reference; a third colon in a row is tolerated (RFC 5118 §4.10).</summary>
    public static readonly SearchValues<byte> Ipv6 = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>What no URI may hold: white space, controls, angle brackets and quotation marks.</summary>
    public static readonly SearchValues<byte> NotInUri =
        SearchValues.Create("\0\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\f\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f <>\"\x7f"u8);

    public static bool IsToken(ReadOnlySpan<byte> text) => text.Length > 0 && text.IndexOfAnyExcept(Token) < 0;

    public static bool IsSpace(byte octet) => octet is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';

    /// <summary>The first octet at or after <paramref name="start"/> that is no white space (folding included).</summary>
    public static int SkipSpace(ReadOnlySpan<byte> text, int start)
    {
        while (start < text.Length && IsSpace(text[start]))
        {
            start++;
        }

        return start;
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text)
    {
        var start = SkipSpace(text, 0);
        var end = text.Length;
        while (end > start && IsSpace(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>The octet after the closing quotation mark of a quoted-string that opens at <paramref name="start"/>, or −1.</summary>
    public static int SkipQuoted(ReadOnlySpan<byte> text, int start)
    {
        for (var at = start + 1; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == '"')
            {
                return at + 1;
            }
        }

        return -1;
    }

    /// <summary>Reads decimal digits only, of a number below 2^32; the grammar allows any count of leading zeros.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> text, out uint number)
    {
        ulong value = 0;
        number = 0;
        foreach (var octet in text)
        {
            value = (value * 10) + (uint)(octet - '0');
            if (octet is < (byte)'0' or > (byte)'9' || value > uint.MaxValue)
            {
                return false;
            }
        }

        number = (uint)value;
        return !text.IsEmpty;
    }
}
