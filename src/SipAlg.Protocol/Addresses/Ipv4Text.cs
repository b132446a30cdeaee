namespace SipAlg.Protocol.Addresses;

/// <summary>The dotted quad (RFC 3986 §3.2.2): four decimal octets without leading zeros, which some readers take for octal.</summary>
internal static class Ipv4Text
{
    /// <param name="address">Most significant octet first.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint address)
    {
        address = 0;
        var at = 0;
        for (var part = 0; part < 4; part++)
        {
            if ((part > 0 && (at == text.Length || text[at++] != '.')) || !TryOctet(text, ref at, out var octet))
            {
                return false;
            }

            address = (address << 8) | octet;
        }

        return at == text.Length;
    }

    private static bool TryOctet(ReadOnlySpan<byte> text, ref int at, out uint octet)
    {
        octet = 0;
        var start = at;
        while (at < text.Length && at - start < 3 && char.IsAsciiDigit((char)text[at]))
        {
            octet = (octet * 10) + (uint)(text[at++] - '0');
        }

        return at > start && octet <= byte.MaxValue && (text[start] != '0' || at == start + 1);
    }

    /// <summary>Writes at most 15 octets and returns how many.</summary>
    public static int Format(uint address, Span<byte> destination)
    {
        var length = 0;
        for (var shift = 24; shift > 0; shift -= 8)
        {
            length += FormatOctet((byte)(address >> shift), destination[length..]);
            destination[length++] = (byte)'.';
        }

        return length + FormatOctet((byte)address, destination[length..]);
    }

    private static int FormatOctet(byte octet, Span<byte> destination)
    {
        var tens = octet / 10;
        if (tens == 0)
        {
            destination[0] = (byte)('0' + octet);
            return 1;
        }

        var ones = (byte)('0' + octet - (tens * 10));
        if (tens < 10)
        {
            (destination[1], destination[0]) = (ones, (byte)('0' + tens));
            return 2;
        }

        (destination[2], destination[1], destination[0]) = (ones, (byte)('0' + (tens % 10)), (byte)('0' + (tens / 10)));
        return 3;
    }
}
