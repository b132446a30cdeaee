using System.Text;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Protocol.Sdp;

/// <summary>What is done to the telephone-event formats of a stream.</summary>
/// <param name="removes">They are taken out, unless they are all that the stream has.</param>
/// <param name="adds">These are put in behind the others.</param>
public readonly struct SdpEventChange(bool removes, in TelephoneEventFormats adds)
{
    public bool Removes { get; } = removes;
    public TelephoneEventFormats Adds { get; } = adds;
    public bool IsNone => !Removes && Adds.IsEmpty;
}

/// <summary>Writes a description once more with telephone-event added to streams, or taken out of them.</summary>
public static class SdpEventEdit
{
    /// <summary>"m=audio", port, protocol.</summary>
    private const int WordsBeforeFormats = 3;

    /// <param name="written">What <see cref="SdpRewriter"/> wrote.</param>
    /// <param name="changes">One for each m= line.</param>
    /// <param name="destination">Where to write; must not overlap.</param>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public static int Write(ReadOnlySpan<byte> written, ReadOnlySpan<SdpEventChange> changes, Span<byte> destination)
    {
        var output = new SdpOutput(written, destination);
        var end = EndOfSection(written);
        output.Append(written[..end]);
        for (var index = 0; end < written.Length; index++)
        {
            var start = end;
            end = start + EndOfSection(written[start..]);
            var section = written[start..end];
            if (index >= changes.Length || changes[index].IsNone)
            {
                output.Append(section);
            }
            else
            {
                WriteSection(section, changes[index], ref output);
            }
        }

        return output.Finish();
    }

    /// <summary>Where the next m= line begins, or the text ends.</summary>
    private static int EndOfSection(ReadOnlySpan<byte> text)
    {
        var next = text.IndexOf("\r\nm="u8);
        return next < 0 ? text.Length : next + 2;
    }

    private static void WriteSection(ReadOnlySpan<byte> section, in SdpEventChange change, ref SdpOutput output)
    {
        var endOfFirst = section.IndexOf("\r\n"u8);
        var removed = change.Removes ? EventsOf(section) : 0;
        WriteMedia(section[..endOfFirst], ref removed, change.Adds, ref output);
        var lines = section[(endOfFirst + 2)..];
        foreach (var range in lines.Split("\r\n"u8))
        {
            var line = lines[range];
            if (!line.IsEmpty && !IsOf(line, removed))
            {
                output.Append(line);
                output.Append("\r\n"u8);
            }
        }

        for (var index = 0; index < change.Adds.Count; index++)
        {
            WriteFormat(change.Adds[index], ref output);
        }
    }

    /// <summary>The m= line. A stream that would have no format left keeps those that it has.</summary>
    private static void WriteMedia(ReadOnlySpan<byte> line, ref UInt128 removed, in TelephoneEventFormats adds, ref SdpOutput output)
    {
        removed = Formats(line, removed) > 0 ? removed : 0;
        var words = 0;
        foreach (var range in line.SplitAny(" \t"u8))
        {
            var word = line[range];
            if (word.IsEmpty || (words++ >= WordsBeforeFormats && Holds(removed, word)))
            {
                continue;
            }

            output.Append(words == 1 ? default : " "u8);
            output.Append(word);
        }

        for (var index = 0; index < adds.Count; index++)
        {
            output.Append(" "u8);
            output.Append(adds[index].PayloadType);
        }

        output.Append("\r\n"u8);
    }

    /// <summary>How many formats are left without those that are removed.</summary>
    private static int Formats(ReadOnlySpan<byte> line, UInt128 removed)
    {
        var (words, left) = (0, 0);
        foreach (var range in line.SplitAny(" \t"u8))
        {
            var word = line[range];
            left += !word.IsEmpty && words++ >= WordsBeforeFormats && !Holds(removed, word) ? 1 : 0;
        }

        return left;
    }

    private static bool Holds(UInt128 types, ReadOnlySpan<byte> word) => SdpTokens.TryReadNumber(word, 127, out var type) && (types >> type & 1) != 0;

    private static void WriteFormat(TelephoneEventFormat format, ref SdpOutput output)
    {
        output.Append("a=rtpmap:"u8);
        output.Append(format.PayloadType);
        output.Append(" telephone-event/"u8);
        output.Append((ulong)format.ClockRate);
        output.Append("\r\na=fmtp:"u8);
        output.Append(format.PayloadType);
        output.Append(" 0-15\r\n"u8);
    }

    /// <summary>Payload types of telephone-event, a bit each.</summary>
    private static UInt128 EventsOf(ReadOnlySpan<byte> section)
    {
        UInt128 found = 0;
        foreach (var range in section.Split("\r\n"u8))
        {
            if (TryFormatLine(section[range], out var name, out var type, out var rest) && Is(name, "rtpmap"u8) && Is(EncodingOf(rest), "telephone-event"u8))
            {
                found |= UInt128.One << type;
            }
        }

        return found;
    }

    private static ReadOnlySpan<byte> EncodingOf(ReadOnlySpan<byte> value)
    {
        var end = value.IndexOfAny("/ \t"u8);
        return end < 0 ? value : value[..end];
    }

    /// <summary>Whether a line is about one of these payload types.</summary>
    private static bool IsOf(ReadOnlySpan<byte> line, UInt128 types) =>
        TryFormatLine(line, out var name, out var type, out _) && (types >> type & 1) != 0 &&
        (Is(name, "rtpmap"u8) || Is(name, "fmtp"u8) || Is(name, "rtcp-fb"u8));

    /// <summary>Parts "a=name:101 rest"; blanks are forgiven where the parser forgives them.</summary>
    private static bool TryFormatLine(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out int type, out ReadOnlySpan<byte> rest)
    {
        name = rest = default;
        type = 0;
        var colon = line.IndexOf((byte)':');
        if (colon < 2 || !line.StartsWith("a="u8))
        {
            return false;
        }

        name = line[2..colon].Trim(" \t"u8);
        var value = line[(colon + 1)..].TrimStart(" \t"u8);
        var blank = value.IndexOfAny((byte)' ', (byte)'\t');
        rest = blank < 0 ? default : value[blank..].Trim(" \t"u8);
        return SdpTokens.TryReadNumber(blank < 0 ? value : value[..blank], 127, out type);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);
}
