using System.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>Walks a multipart body, and the multiparts within, for its one session description.</summary>
internal ref struct MultipartSearch(ReadOnlySpan<byte> body)
{
    private readonly ReadOnlySpan<byte> _body = body;
    private int _parts;

    public bool HasFound { get; private set; }
    public SdpBodyPart Found { get; private set; }

    public SdpBodyFault Run(ReadOnlySpan<byte> contentType, int start, int end, int depth)
    {
        if (depth > SdpBody.MaxDepth)
        {
            return SdpBodyFault.TooDeep;
        }

        if (!MimeType.TryGetBoundary(contentType, out var boundary))
        {
            return SdpBodyFault.Malformed;
        }

        var parts = new MimeParts(_body, SdpSlice.Between(start, end), boundary);
        while (parts.Next(out var part))
        {
            var fault = ++_parts > SdpBody.MaxParts ? SdpBodyFault.TooManyParts : Visit(part, depth);
            if (fault != SdpBodyFault.None)
            {
                return fault;
            }
        }

        return parts.IsClosed ? SdpBodyFault.None : SdpBodyFault.Malformed;
    }

    private SdpBodyFault Visit(SdpSlice part, int depth)
    {
        var headers = MimePartHeaders.Read(_body, part);
        var contentType = Text(headers.ContentType);
        if (MimeType.IsMultipart(contentType))
        {
            // An enclosing Content-Length would be wrong after a rewrite.
            return headers.Length.IsEmpty
                ? Run(contentType, headers.Content.Offset, headers.Content.End, depth + 1)
                : SdpBodyFault.Malformed;
        }

        return MimeType.Is(contentType, "application/sdp"u8) ? Take(in headers) : SdpBodyFault.None;
    }

    private SdpBodyFault Take(in MimePartHeaders headers)
    {
        if (HasFound)
        {
            return SdpBodyFault.SeveralDescriptions;
        }

        // RFC 3261 §20.11: "session" is the default for application/sdp.
        if (!headers.Disposition.IsEmpty && !Ascii.EqualsIgnoreCase(MimeType.Token(Text(headers.Disposition)), "session"u8))
        {
            return SdpBodyFault.OtherDisposition;
        }

        if (!IsPlain(Text(headers.Encoding)))
        {
            return SdpBodyFault.Encoded;
        }

        HasFound = true;
        Found = new SdpBodyPart(headers.Content, headers.Length);
        return SdpBodyFault.None;
    }

    private static bool IsPlain(ReadOnlySpan<byte> encoding) => encoding.IsEmpty ||
        Ascii.EqualsIgnoreCase(encoding, "binary"u8) || Ascii.EqualsIgnoreCase(encoding, "8bit"u8) ||
        Ascii.EqualsIgnoreCase(encoding, "7bit"u8) || Ascii.EqualsIgnoreCase(encoding, "identity"u8);

    private readonly ReadOnlySpan<byte> Text(SdpSlice slice) => _body.Slice(slice.Offset, slice.Length);
}
