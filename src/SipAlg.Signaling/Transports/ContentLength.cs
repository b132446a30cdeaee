using System.Text;

namespace SipAlg.Signaling.Transports;

/// <summary>Finds Content-Length in raw headers: full or compact name (RFC 3261 §20.14), folded, with blanks before the colon.</summary>
internal static class ContentLength
{
    /// <summary>Above every limit, and small enough to be added to.</summary>
    private const int TooMany = int.MaxValue / 2;

    /// <param name="header">The start line and the headers.</param>
    /// <param name="length">Octets of the body, where the result is <see cref="FrameResult.Message"/>.</param>
    public static FrameResult Find(ReadOnlySpan<byte> header, out int length)
    {
        length = -1;
        SkipLine(ref header);
        while (!header.IsEmpty)
        {
            var line = TakeFolded(ref header);
            if (!TryValue(line, out var value))
            {
                continue;
            }

            if (!TryNumber(value, out var number))
            {
                return FrameResult.LengthMalformed;
            }

            if (length >= 0 && number != length)
            {
                return FrameResult.LengthConflict;
            }

            length = number;
        }

        return length < 0 ? FrameResult.LengthMissing : FrameResult.Message;
    }

    private static void SkipLine(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'\n');
        rest = end < 0 ? default : rest[(end + 1)..];
    }

    /// <summary>Takes a line and those that continue it (RFC 3261 §7.3.1).</summary>
    private static ReadOnlySpan<byte> TakeFolded(ref ReadOnlySpan<byte> rest)
    {
        var all = rest;
        do
        {
            SkipLine(ref rest);
        }
        while (!rest.IsEmpty && rest[0] is (byte)' ' or (byte)'\t');
        return all[..(all.Length - rest.Length)];
    }

    private static bool TryValue(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (line[0] is not ((byte)'l' or (byte)'L' or (byte)'c' or (byte)'C'))
        {
            return false;
        }

        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            return false;
        }

        var name = line[..colon].TrimEnd(" \t"u8);
        value = line[(colon + 1)..].Trim(" \t\r\n"u8);
        return Ascii.EqualsIgnoreCase(name, "l"u8) || Ascii.EqualsIgnoreCase(name, "Content-Length"u8);
    }

    private static bool TryNumber(ReadOnlySpan<byte> digits, out int number)
    {
        number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return false;
            }

            number = number < TooMany / 10 ? (number * 10) + (digit - '0') : TooMany;
        }

        return !digits.IsEmpty;
    }
}
