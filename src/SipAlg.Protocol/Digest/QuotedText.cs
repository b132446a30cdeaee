using SipAlg.Protocol.Sip;

namespace SipAlg.Protocol.Digest;

/// <summary>
/// What stands between the quotation marks of a quoted-string (RFC 3261 §25.1). Values from the wire keep their backslashes until
/// they are hashed or compared, so that they can be sent back as they came.
/// </summary>
public static class QuotedText
{
    /// <summary>Writes a text from the wire without its backslashes.</summary>
    public static void WriteUnescaped(ref MessageWriter writer, scoped ReadOnlySpan<byte> quoted)
    {
        while (quoted.IndexOf((byte)'\\') is var at && at >= 0)
        {
            writer.Write(quoted[..at]);
            quoted = quoted[(at + 1)..];
            if (!quoted.IsEmpty)
            {
                writer.Write(quoted[0]);
                quoted = quoted[1..];
            }
        }

        writer.Write(quoted);
    }

    /// <summary>Writes a plain text with a backslash before each quotation mark and backslash.</summary>
    public static void WriteEscaped(ref MessageWriter writer, scoped ReadOnlySpan<byte> plain)
    {
        foreach (var octet in plain)
        {
            if (octet is (byte)'"' or (byte)'\\')
            {
                writer.Write((byte)'\\');
            }

            writer.Write(octet);
        }
    }

    /// <summary>The plain text of one from the wire.</summary>
    /// <param name="room">Used only when there are backslashes; then it must be as long as the text.</param>
    public static ReadOnlySpan<byte> Plain(ReadOnlySpan<byte> quoted, Span<byte> room)
    {
        if (!quoted.Contains((byte)'\\'))
        {
            return quoted;
        }

        var writer = new MessageWriter(room);
        WriteUnescaped(ref writer, quoted);
        return writer.Overflowed ? default : room[..writer.Length];
    }
}
