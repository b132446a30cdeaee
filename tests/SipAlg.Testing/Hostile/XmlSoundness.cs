using SipAlg.Protocol.Xml;

namespace SipAlg.Testing.Hostile;

/// <summary>What holds for the XML scanner whatever it is given.</summary>
public static class XmlSoundness
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(ReadOnlySpan<byte> text)
    {
        var scanner = new XmlScanner(text);
        var last = 0;
        for (var parts = 0; scanner.MoveNext(); parts++)
        {
            var start = scanner.Part == XmlPart.Attribute ? scanner.WholeStart : scanner.Start;
            var end = scanner.Part == XmlPart.Attribute ? scanner.WholeEnd : scanner.End;
            if (start < last || scanner.Start < start || scanner.End < scanner.Start || end < scanner.End || end > text.Length)
            {
                return $"Part {parts} ({scanner.Part}) at {scanner.Start} to {scanner.End} of {start} to {end}, after {last}.";
            }

            if (parts > text.Length)
            {
                return "More parts than octets.";
            }

            last = end;
        }

        var room = text.Length <= 1024 ? stackalloc byte[text.Length] : new byte[text.Length];
        return XmlText.Unescape(text, room) > text.Length ? "Unescaped text grew." : scanner.MoveNext() ? "It goes on behind its end." : null;
    }
}
