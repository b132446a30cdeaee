using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Bans;

/// <param name="Header">In which header field it is looked for.</param>
/// <param name="Contains">A part of the value, letters of either case.</param>
/// <param name="Who">Whose mark it is.</param>
public sealed record ScannerSignature(string Header, string Contains, string Who);

/// <summary>Marks of known scanners: those of a small list that comes with the program (<c>scanners.csv</c>), and what the configuration adds.</summary>
public sealed class ScannerSignatures
{
    /// <summary>A longer value is searched no further.</summary>
    private const int MostSearched = 256;

    private readonly MarkedField[] _fields;

    public ScannerSignatures(IEnumerable<ScannerSignature> all)
    {
        All = [.. all];
        _fields = [.. All.GroupBy(mark => mark.Header, StringComparer.OrdinalIgnoreCase).Select(marks => new MarkedField(Encoding.UTF8.GetBytes(marks.Key), [.. marks]))];
    }

    /// <summary>Those that come with the program.</summary>
    public static ScannerSignatures Known { get; } = new(Embedded());

    public static ScannerSignatures None { get; } = new([]);

    public ImmutableArray<ScannerSignature> All { get; }

    /// <summary>Reads the form of <c>scanners.csv</c>: lines of header, mark and whose it is; <c>#</c> begins a comment.</summary>
    /// <param name="fault">What stands against a line, with its number; null when nothing does.</param>
    public static ImmutableArray<ScannerSignature> Parse(string text, out (int Line, string Fault)? fault)
    {
        fault = null;
        var all = ImmutableArray.CreateBuilder<ScannerSignature>();
        foreach (var (index, line) in text.Split('\n').Select(line => line.Trim()).Index())
        {
            if (line.Length == 0 || line[0] == '#' || line == "header,contains,who")
            {
                continue;
            }

            var parts = line.Split(',', 3, StringSplitOptions.TrimEntries);
            if (parts.Length < 3 || parts.Any(part => part.Length == 0) || parts[1].Length < 3)
            {
                fault = (index + 1, parts is [_, { Length: < 3 }, _] ? $"'{parts[1]}' is too short for a mark" : "a line is: header,contains,who");
                return [];
            }

            all.Add(new ScannerSignature(parts[0], parts[1], parts[2]));
        }

        return all.ToImmutable();
    }

    /// <summary>The mark that a message bears; null: none.</summary>
    public ScannerSignature? Find(SipMessage message)
    {
        foreach (var field in _fields)
        {
            if (field.Id != HeaderId.Other)
            {
                if (field.Find(message.First(field.Id)) is { } mark)
                {
                    return mark;
                }

                continue;
            }

            foreach (var other in message.Fields)
            {
                if (other.Id == HeaderId.Other && Ascii.EqualsIgnoreCase(message[other.Name], field.Name) && field.Find(message[other.Value]) is { } mark)
                {
                    return mark;
                }
            }
        }

        return null;
    }

    private static ImmutableArray<ScannerSignature> Embedded()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("SipAlg.Calls.Bans.scanners.csv")!;
        using var reader = new StreamReader(stream);
        return Parse(reader.ReadToEnd(), out _);
    }

    /// <summary>What is looked for in one header field.</summary>
    private sealed class MarkedField(byte[] name, ScannerSignature[] marks)
    {
        private readonly byte[][] _texts = [.. marks.Select(mark => Encoding.UTF8.GetBytes(mark.Contains.ToLowerInvariant()))];

        public byte[] Name => name;

        public HeaderId Id { get; } = HeaderNames.Find(name);

        public ScannerSignature? Find(ReadOnlySpan<byte> value)
        {
            Span<byte> lower = stackalloc byte[MostSearched];
            lower = lower[..Math.Min(value.Length, MostSearched)];
            for (var at = 0; at < lower.Length; at++)
            {
                lower[at] = value[at] is >= (byte)'A' and <= (byte)'Z' ? (byte)(value[at] | 0x20) : value[at];
            }

            for (var mark = 0; mark < _texts.Length; mark++)
            {
                if (lower.IndexOf(_texts[mark]) >= 0)
                {
                    return marks[mark];
                }
            }

            return null;
        }
    }
}
