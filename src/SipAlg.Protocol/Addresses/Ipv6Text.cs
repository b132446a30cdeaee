namespace SipAlg.Protocol.Addresses;

/// <summary>IPv6 addresses as text: read as RFC 4291 §2.2 has them, written as RFC 5952 wants them.</summary>
internal static class Ipv6Text
{
    private const int Groups = 8;

    /// <summary>Takes all three forms, "::" at most once and for at least one group; no zone, no brackets.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong high, out ulong low)
    {
        Span<ushort> groups = stackalloc ushort[Groups];
        high = low = 0;
        if (!TryGroups(text, groups, out var count, out var gap))
        {
            return false;
        }

        if (gap >= 0)
        {
            // The groups behind the gap move to the end.
            var behind = count - gap;
            groups.Slice(gap, behind).CopyTo(groups[(Groups - behind)..]);
            groups[gap..(Groups - behind)].Clear();
        }

        for (var at = 0; at < Groups / 2; at++)
        {
            high = (high << 16) | groups[at];
            low = (low << 16) | groups[at + (Groups / 2)];
        }

        return true;
    }

    /// <param name="gap">Before which group the "::" stands; −1 without one.</param>
    private static bool TryGroups(ReadOnlySpan<byte> text, Span<ushort> groups, out int count, out int gap)
    {
        count = 0;
        gap = text.StartsWith("::"u8) ? 0 : -1;
        for (var at = gap < 0 ? 0 : 2; at < text.Length;)
        {
            var start = at;
            if (count == Groups || !TryGroup(text, ref at, out groups[count]))
            {
                return false;
            }

            if (at < text.Length && text[at] == '.')
            {
                return TryTail(text[start..], groups, ref count) && IsWhole(count, gap);
            }

            count++;
            if (at < text.Length && !TryColon(text, ref at, count, ref gap))
            {
                return false;
            }
        }

        return IsWhole(count, gap);
    }

    private static bool IsWhole(int count, int gap) => gap < 0 ? count == Groups : count < Groups;

    /// <summary>One to four hexadecimal digits.</summary>
    private static bool TryGroup(ReadOnlySpan<byte> text, ref int at, out ushort group)
    {
        var start = at;
        group = 0;
        while (at < text.Length && at - start < 4 && char.IsAsciiHexDigit((char)text[at]))
        {
            var digit = text[at++];
            group = (ushort)((group << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10));
        }

        return at > start;
    }

    /// <summary>The colon or colons behind a group; something must follow a single one.</summary>
    private static bool TryColon(ReadOnlySpan<byte> text, ref int at, int count, ref int gap)
    {
        if (text[at++] != ':' || at == text.Length)
        {
            return false;
        }

        if (text[at] != ':')
        {
            return true;
        }

        at++;
        var isFirst = gap < 0;
        gap = count;
        return isFirst;
    }

    /// <summary>The last 32 bits as a dotted quad.</summary>
    private static bool TryTail(ReadOnlySpan<byte> text, Span<ushort> groups, ref int count)
    {
        if (count > Groups - 2 || !Ipv4Text.TryParse(text, out var tail))
        {
            return false;
        }

        groups[count++] = (ushort)(tail >> 16);
        groups[count++] = (ushort)tail;
        return true;
    }

    /// <summary>
    /// Writes lower case without leading zeros, the longest run of at least two zero groups as "::", the first one of equals
    /// (RFC 5952 §4); at most 39 octets. Never with a dotted tail: all readers take hexadecimal.
    /// </summary>
    public static int Format(ulong high, ulong low, Span<byte> destination)
    {
        Span<ushort> groups = stackalloc ushort[Groups];
        for (var at = 0; at < Groups / 2; at++)
        {
            groups[at] = (ushort)(high >> (48 - (16 * at)));
            groups[at + (Groups / 2)] = (ushort)(low >> (48 - (16 * at)));
        }

        var (start, end) = LongestZeros(groups);
        var length = 0;
        for (var at = 0; at < Groups; at++)
        {
            if (at == start)
            {
                "::"u8.CopyTo(destination[length..]);
                length += 2;
                at = end - 1;
                continue;
            }

            if (at > 0 && at != end)
            {
                destination[length++] = (byte)':';
            }

            length += FormatGroup(groups[at], destination[length..]);
        }

        return length;
    }

    private static (int Start, int End) LongestZeros(ReadOnlySpan<ushort> groups)
    {
        var (start, end) = (-1, -1);
        for (var at = 0; at < groups.Length; at++)
        {
            var run = at;
            while (run < groups.Length && groups[run] == 0)
            {
                run++;
            }

            if (run - at >= 2 && run - at > end - start)
            {
                (start, end) = (at, run);
            }

            at = run;
        }

        return (start, end);
    }

    private static int FormatGroup(ushort group, Span<byte> destination)
    {
        var length = 0;
        for (var shift = 12; shift >= 0; shift -= 4)
        {
            var digit = (group >> shift) & 15;
            if (digit != 0 || length > 0 || shift == 0)
            {
                destination[length++] = "0123456789abcdef"u8[digit];
            }
        }

        return length;
    }
}
