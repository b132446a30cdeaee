using System.Text;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Headers;

/// <summary>
/// Writes the URI of Refer-To (RFC 3515 §2.1) for the one who is to follow it, with the header fields that it carries for the request
/// to be made: a dialog of ours in Replaces gets the name that the reader can use (RFC 5589 §7).
/// </summary>
/// <param name="host">The host that stands for this side on the other.</param>
/// <param name="dialogs">Finds the reader's name of a dialog of ours.</param>
/// <param name="reader">Who follows it.</param>
internal readonly ref struct ReferTarget(ReadOnlySpan<byte> host, DialogNames dialogs, DialogReader reader)
{
    /// <summary>Octets of all header fields of a URI that are looked at.</summary>
    public const int MostHeaders = 4096;

    private readonly ReadOnlySpan<byte> _host = host;
    private readonly DialogReader _reader = reader;

    public void Write(ref MessageWriter writer, scoped in SipUri uri)
    {
        var headers = new MessageWriter(stackalloc byte[MostHeaders]);
        var leadsToUs = WriteHeaders(ref headers, uri.Headers);
        if (leadsToUs)
        {
            WriteTowardsUs(ref writer, uri);
        }
        else
        {
            UriWriter.Write(ref writer, uri, _host, leadsHere: true);
        }

        if (!headers.Overflowed)
        {
            writer.Write(headers.Written);
        }
    }

    /// <summary>The reader has no dialog of the one that is named, so it has to ask us, wherever the name in the URI would lead.</summary>
    private void WriteTowardsUs(ref MessageWriter writer, scoped in SipUri uri)
    {
        writer.Write(uri.Text[..uri.HostStart]);
        writer.Write(_reader.Shown);
        UriWriter.WriteParameters(ref writer, uri.Parameters, leadsHere: true);
        if (uri.Scheme != UriScheme.Sips)
        {
            UriWriter.WriteTransport(ref writer, _reader.Flow.Transport);
        }
    }

    /// <returns>Whether a name among them is one that only we understand.</returns>
    private bool WriteHeaders(ref MessageWriter writer, ReadOnlySpan<byte> text)
    {
        var isAlias = false;
        var headers = new UriHeaders(text);
        while (headers.MoveNext())
        {
            var id = HeaderNames.Find(headers.Name);
            if (HeaderPolicy.Of(id) == HeaderFate.Translate)
            {
                isAlias |= WriteDialog(ref writer, headers, id);
            }
            else if (Crosses(id, headers.Name))
            {
                WriteSeparator(ref writer);
                writer.Write(headers.Whole);
            }
        }

        return isAlias;
    }

    /// <summary>What names hosts or belongs to a dialog (RFC 3261 §19.1.5) stays behind; what the request shall require crosses.</summary>
    private static bool Crosses(HeaderId id, ReadOnlySpan<byte> name) => id is HeaderId.Require or HeaderId.Supported ||
        (HeaderPolicy.Of(id) == HeaderFate.Cross && !Ascii.EqualsIgnoreCase(name, "body"u8));

    private bool WriteDialog(ref MessageWriter writer, scoped in UriHeaders header, HeaderId id)
    {
        Span<byte> value = stackalloc byte[MostHeaders];
        value = value[..SipUri.Unescape(header.Value, value)];
        if (!DialogReference.TryParse(id, value, out _))
        {
            return false;
        }

        WriteSeparator(ref writer);
        if (!dialogs.TryTranslate(id, value, _reader, out var other, out var isAlias))
        {
            writer.Write(header.Whole);
            return false;
        }

        writer.Write(header.Name);
        writer.Write((byte)'=');
        UriHeaders.WriteValue(ref writer, other);
        return isAlias;
    }

    private static void WriteSeparator(ref MessageWriter writer) => writer.Write(writer.Length == 0 ? (byte)'?' : (byte)'&');
}
