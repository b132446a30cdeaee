namespace SipAlg.Protocol.Sip;

/// <summary>
/// Reads the header fields that a URI carries for the request to be made of it (RFC 3261 §19.1.1): what stands behind its question
/// mark, values still escaped.
/// </summary>
public ref struct UriHeaders(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>As written, with its escapes; no registered header name needs any.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>With its escapes; empty when there is no "=".</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Name and value as written.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Moves to the next field; those without a name are passed over.</summary>
    public bool MoveNext()
    {
        while (!_rest.IsEmpty)
        {
            var end = _rest.IndexOf((byte)'&');
            Whole = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? default : _rest[(end + 1)..];
            var equals = Whole.IndexOf((byte)'=');
            Name = equals < 0 ? Whole : Whole[..equals];
            Value = equals < 0 ? default : Whole[(equals + 1)..];
            if (!Name.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Writes a header field's value for a URI: what hvalue does not allow is escaped (RFC 3261 §25.1).</summary>
    public static void WriteValue(ref MessageWriter writer, scoped ReadOnlySpan<byte> value)
    {
        foreach (var octet in value)
        {
            if (char.IsAsciiLetterOrDigit((char)octet) || "-_.!~*'()[]/?:+$"u8.Contains(octet))
            {
                writer.Write(octet);
            }
            else
            {
                writer.Write((byte)'%');
                writer.Write("0123456789ABCDEF"u8[octet >> 4]);
                writer.Write("0123456789ABCDEF"u8[octet & 15]);
            }
        }
    }
}
