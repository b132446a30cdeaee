using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Xml;

namespace SipAlg.Calls.Bodies;

/// <summary>
/// Writes dialog-info (RFC 4235) and pidf (RFC 3863) for their reader: dialogs of ours under the names that the reader can use, all
/// addresses with another host, session descriptions empty. Everything else crosses byte for byte.
/// </summary>
/// <param name="lane">Knows the dialogs.</param>
/// <param name="reader">For whom.</param>
internal readonly ref struct XmlEvents(CallLane lane, BodyReader reader)
{
    private readonly BodyReader _reader = reader;

    /// <returns>False if it is no XML to its end; then what was written is of no use.</returns>
    public bool TryWrite(ref MessageWriter writer, scoped ReadOnlySpan<byte> text)
    {
        var scanner = new XmlScanner(text);
        var named = new DialogNaming(lane);
        var copied = 0;
        while (scanner.MoveNext())
        {
            if (scanner.Part == XmlPart.Element)
            {
                named.Read(scanner, _reader.Reader);
            }
            else if (scanner.Part == XmlPart.Attribute && named.Concerns(scanner.Attribute))
            {
                writer.Write(text[copied..(named.IsKept ? scanner.Start : scanner.WholeStart)]);
                named.Write(ref writer, scanner.Attribute, scanner.Quote);
                copied = named.IsKept ? scanner.End : scanner.WholeEnd;
            }
            else if (scanner.Part == XmlPart.Attribute ? IsAddress(scanner.Attribute) : HoldsAddress(scanner.Element) || IsDescription(scanner.Element))
            {
                writer.Write(text[copied..scanner.Start]);
                WriteAddress(ref writer, scanner);
                copied = scanner.End;
            }
        }

        writer.Write(text[copied..]);
        return !scanner.IsMalformed;
    }

    private void WriteAddress(ref MessageWriter writer, scoped XmlScanner scanner)
    {
        if (scanner.Part == XmlPart.Attribute || !IsDescription(scanner.Element))
        {
            var isTarget = scanner.Part == XmlPart.Attribute && scanner.Attribute.SequenceEqual("uri"u8);
            new EventUris(lane, _reader).Write(ref writer, scanner.Value, scanner.Quote, isEscaped: !scanner.IsVerbatim, leadsToUs: isTarget);
        }
    }

    /// <summary>RFC 4235 §4.1 and RFC 3863 §4.1.1: entity; RFC 4235 §4.1.6.2: the URI of a target.</summary>
    private static bool IsAddress(ReadOnlySpan<byte> attribute) => attribute.SequenceEqual("entity"u8) || attribute.SequenceEqual("uri"u8);

    /// <summary>RFC 4235 §4.1.3 to §4.1.6, RFC 3863 §4.1.4.</summary>
    private static bool HoldsAddress(ReadOnlySpan<byte> element) => element.SequenceEqual("identity"u8) || element.SequenceEqual("contact"u8) ||
        element.SequenceEqual("referred-by"u8) || element.SequenceEqual("hop"u8);

    /// <summary>RFC 4235 §4.1.6.4: SDP, which shows where the other side's media is.</summary>
    private static bool IsDescription(ReadOnlySpan<byte> element) => element.SequenceEqual("session-description"u8);
}
