using System.Buffers.Text;
using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Xml;

/// <summary>Character and entity references in attribute values and text (XML 1.0 §4.1, §4.6).</summary>
public static class XmlText
{
    /// <summary>The longest reference that is looked for: "&amp;#x10FFFF;".</summary>
    private const int MostOfReference = 10;

    /// <summary>
    /// Replaces the references that every document has; others stay as they are. What does not fit is left out.
    /// </summary>
    /// <returns>Octets written.</returns>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var writer = new MessageWriter(destination);
        while (!text.IsEmpty)
        {
            var length = text.IndexOf((byte)'&');
            writer.Write(length < 0 ? text : text[..length]);
            text = length < 0 ? default : text[length..];
            if (!text.IsEmpty)
            {
                text = text[WriteReference(ref writer, text)..];
            }
        }

        return writer.Length;
    }

    /// <summary>Writes what stands for the reference that the text begins with; returns how much of the text that was.</summary>
    private static int WriteReference(ref MessageWriter writer, ReadOnlySpan<byte> text)
    {
        var end = text[..Math.Min(text.Length, MostOfReference)].IndexOf((byte)';');
        Span<byte> octets = stackalloc byte[4];
        if (end < 2 || !TryRune(text[1..end], out var rune))
        {
            writer.Write(text[0]);
            return 1;
        }

        writer.Write(octets[..rune.EncodeToUtf8(octets)]);
        return end + 1;
    }

    private static bool TryRune(ReadOnlySpan<byte> name, out Rune rune)
    {
        if (name[0] == '#')
        {
            var isHex = name.Length > 2 && name[1] == 'x';
            var digits = name[(isHex ? 2 : 1)..];
            rune = default;
            return Utf8Parser.TryParse(digits, out uint number, out var read, isHex ? 'x' : 'D') && read == digits.Length && Rune.TryCreate(number, out rune);
        }

        var known = name.SequenceEqual("amp"u8) ? '&' : name.SequenceEqual("lt"u8) ? '<' : name.SequenceEqual("gt"u8) ? '>' :
            name.SequenceEqual("quot"u8) ? '"' : name.SequenceEqual("apos"u8) ? '\'' : '\0';
        rune = new Rune(known);
        return known != '\0';
    }

    /// <summary>Writes text so that it is itself in a value between these quotation marks, or in an element.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="text">What the reader is to see.</param>
    /// <param name="quote">The value's quotation mark; 0 in an element.</param>
    public static void Write(ref MessageWriter writer, scoped ReadOnlySpan<byte> text, byte quote)
    {
        foreach (var octet in text)
        {
            switch (octet)
            {
                case (byte)'&':
                    writer.Write("&amp;"u8);
                    break;
                case (byte)'<':
                    writer.Write("&lt;"u8);
                    break;
                case (byte)'>':
                    writer.Write("&gt;"u8);
                    break;
                case (byte)'"' when quote != '\'' && quote != 0:
                    writer.Write("&quot;"u8);
                    break;
                case (byte)'\'' when quote == '\'':
                    writer.Write("&apos;"u8);
                    break;
                default:
                    writer.Write(octet);
                    break;
            }
        }
    }
}
