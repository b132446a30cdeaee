using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Xml;

namespace SipAlg.Calls.Bodies;

/// <summary>Writes addresses that stand in bodies for their reader: nothing of the other side is seen in them.</summary>
/// <param name="lane">Whose room is used.</param>
/// <param name="reader">For whom.</param>
internal readonly ref struct EventUris(CallLane lane, BodyReader reader)
{
    private readonly BodyReader _reader = reader;

    /// <summary>Writes an address with the white space that is around it.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="text">As it came.</param>
    /// <param name="quote">The attribute's quotation mark; 0 in an element.</param>
    /// <param name="isEscaped">References stand for what may not be in XML.</param>
    /// <param name="leadsToUs">It says where to send a request: to us.</param>
    public void Write(ref MessageWriter writer, scoped ReadOnlySpan<byte> text, byte quote, bool isEscaped, bool leadsToUs)
    {
        var start = text.Length - text.TrimStart(" \t\r\n"u8).Length;
        var address = text.Trim(" \t\r\n"u8);
        writer.Write(text[..start]);
        WriteAddress(ref writer, address, quote, isEscaped, leadsToUs);
        writer.Write(text[(start + address.Length)..]);
    }

    private void WriteAddress(ref MessageWriter writer, scoped ReadOnlySpan<byte> text, byte quote, bool isEscaped, bool leadsToUs)
    {
        var room = lane.Names.AsSpan(0, SipLimits.Field);
        var isLong = text.Length > room.Length;
        if (isEscaped && text.Contains((byte)'&') && !isLong)
        {
            text = room[..XmlText.Unescape(text, room)];
        }

        scoped var written = new MessageWriter(lane.Names.AsSpan(SipLimits.Field, 2 * SipLimits.Field));
        if (isLong)
        {
            WriteNobody(ref written);
        }
        else if (SipUri.TryParse(text, out var uri) && uri.IsSip)
        {
            WriteSip(ref written, uri, leadsToUs);
        }
        else
        {
            WriteOther(ref written, text);
        }

        if (isEscaped)
        {
            XmlText.Write(ref writer, written.Written, quote);
        }
        else
        {
            writer.Write(written.Written);
        }
    }

    private void WriteSip(ref MessageWriter writer, SipUri uri, bool leadsToUs)
    {
        if (!leadsToUs)
        {
            UriWriter.Write(ref writer, uri, _reader.Host);
            return;
        }

        writer.Write(uri.Text[..uri.HostStart]);
        writer.Write(_reader.Reader.Shown);
        UriWriter.WriteParameters(ref writer, uri.Parameters);
        if (uri.Scheme != UriScheme.Sips)
        {
            UriWriter.WriteTransport(ref writer, _reader.Reader.Flow.Transport);
        }
    }

    /// <summary>
    /// Others of the form user@host (pres, im, mailto, or what is no URI at all) get the host; numbers, names and bare words have none. The
    /// host of what is left cannot be found, so it stays behind.
    /// </summary>
    private void WriteOther(ref MessageWriter writer, scoped ReadOnlySpan<byte> text)
    {
        var at = text.LastIndexOf((byte)'@');
        if (at >= 0)
        {
            writer.Write(text[..(at + 1)]);
            writer.Write(_reader.Host);
        }
        else if (IsHostless(text))
        {
            writer.Write(text);
        }
        else
        {
            WriteNobody(ref writer);
        }
    }

    /// <summary>An entity of the document's own may stand for anything.</summary>
    private static bool IsHostless(ReadOnlySpan<byte> text) => text.IndexOfAny(".:/&"u8) < 0 || IsOf(text, "urn:"u8) || IsOf(text, "tel:"u8);

    private static bool IsOf(ReadOnlySpan<byte> text, ReadOnlySpan<byte> scheme) =>
        text.Length > scheme.Length && System.Text.Ascii.EqualsIgnoreCase(text[..scheme.Length], scheme);

    /// <summary>RFC 3323 §4.1.</summary>
    private static void WriteNobody(ref MessageWriter writer) => writer.Write("sip:anonymous@anonymous.invalid"u8);
}
