using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>The headers of a body part that say what it is; offsets count from the whole body's start.</summary>
internal struct MimePartHeaders
{
    public SdpSlice ContentType { get; private set; }
    public SdpSlice Disposition { get; private set; }
    public SdpSlice Encoding { get; private set; }

    /// <summary>The digits of Content-Length alone.</summary>
    public SdpSlice Length { get; private set; }

    /// <summary>What follows the empty line.</summary>
    public SdpSlice Content { get; private set; }

    public static MimePartHeaders Read(ReadOnlySpan<byte> body, SdpSlice part)
    {
        var headers = new MimePartHeaders { Content = new SdpSlice(part.End, 0) };
        var at = part.Offset;
        while (at < part.End)
        {
            var end = EndOfField(body, at, part.End);
            if (body[at..end].Trim("\r\n"u8).IsEmpty)
            {
                headers.Content = SdpSlice.Between(end, part.End);
                break;
            }

            headers.Take(body, at, end);
            at = end;
        }

        return headers;
    }

    /// <summary>A field goes on over lines that begin with a blank (RFC 5322 §2.2.3).</summary>
    private static int EndOfField(ReadOnlySpan<byte> body, int at, int end)
    {
        var isEmpty = body[at] is (byte)'\r' or (byte)'\n';
        do
        {
            var feed = body[at..end].IndexOf((byte)'\n');
            at = feed < 0 ? end : at + feed + 1;
        }
        while (!isEmpty && at < end && body[at] is (byte)' ' or (byte)'\t');

        return at;
    }

    private void Take(ReadOnlySpan<byte> body, int start, int end)
    {
        var colon = body[start..end].IndexOf((byte)':');
        if (colon < 0)
        {
            return;
        }

        var name = body.Slice(start, colon).Trim(" \t"u8);
        var value = TrimmedValue(body, start + colon + 1, end);
        if (Is(name, "Content-Type"u8) || Is(name, "c"u8))
        {
            ContentType = value;
        }
        else if (Is(name, "Content-Disposition"u8))
        {
            Disposition = value;
        }
        else if (Is(name, "Content-Transfer-Encoding"u8) || Is(name, "Content-Encoding"u8) || Is(name, "e"u8))
        {
            Encoding = value;
        }
        else if (Is(name, "Content-Length"u8) || Is(name, "l"u8))
        {
            Length = value;
        }
    }

    private static SdpSlice TrimmedValue(ReadOnlySpan<byte> body, int start, int end)
    {
        var untilEnd = body[start..end].TrimEnd(" \t\r\n"u8).Length;
        var text = body.Slice(start, untilEnd).TrimStart(" \t\r\n"u8);
        return new SdpSlice(start + untilEnd - text.Length, text.Length);
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);
}
