using System.Buffers.Text;

namespace SipAlg.Protocol.Sdp;

/// <summary>Why no session description is taken from a message body.</summary>
public enum SdpBodyFault : byte
{
    None,

    /// <summary>The body holds none: for an INVITE, the offer comes later (RFC 3261 §13.2.1).</summary>
    NoDescription,

    /// <summary>Multipart without a usable boundary, without an end, or with lengths around nested parts.</summary>
    Malformed,

    /// <summary>Multipart within multipart more than <see cref="SdpBody.MaxDepth"/> deep.</summary>
    TooDeep,

    /// <summary>More than <see cref="SdpBody.MaxParts"/> parts.</summary>
    TooManyParts,

    /// <summary>Two descriptions: to rewrite one and pass the other would show addresses.</summary>
    SeveralDescriptions,

    /// <summary>A description in base64 or quoted-printable, which RFC 3261 §7.4.1 makes needless.</summary>
    Encoded,

    /// <summary>A description of another disposition than "session", such as RFC 3959's early-session.</summary>
    OtherDisposition,
}

/// <summary>Where in a message body the session description stands.</summary>
/// <param name="Description">Its octets, counted from the body's start.</param>
/// <param name="ContentLength">The digits of its part's Content-Length header, empty without one.</param>
public readonly record struct SdpBodyPart(SdpSlice Description, SdpSlice ContentLength);

/// <summary>Finds the session description of a message: the body itself, or a part of a multipart body (RFC 5621).</summary>
public static class SdpBody
{
    public const int MaxDepth = 3;

    /// <summary>Most parts of a body, those of nested multiparts counted too.</summary>
    public const int MaxParts = 32;

    /// <summary>Finds the one description of a body.</summary>
    /// <param name="contentType">The message's Content-Type value.</param>
    /// <param name="body">The message's body.</param>
    /// <param name="part">Where it stands; default on a fault.</param>
    public static SdpBodyFault Locate(ReadOnlySpan<byte> contentType, ReadOnlySpan<byte> body, out SdpBodyPart part)
    {
        part = default;
        if (MimeType.Is(contentType, "application/sdp"u8))
        {
            part = new SdpBodyPart(new SdpSlice(0, body.Length), default);
            return SdpBodyFault.None;
        }

        if (!MimeType.IsMultipart(contentType))
        {
            return SdpBodyFault.NoDescription;
        }

        var search = new MultipartSearch(body);
        var fault = search.Run(contentType, 0, body.Length, depth: 1);
        if (fault != SdpBodyFault.None || !search.HasFound)
        {
            return fault == SdpBodyFault.None ? SdpBodyFault.NoDescription : fault;
        }

        part = search.Found;
        return SdpBodyFault.None;
    }

    /// <summary>Writes a body with another description in the place of its own, all other parts as they came.</summary>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public static int Replace(ReadOnlySpan<byte> body, in SdpBodyPart part, ReadOnlySpan<byte> description, Span<byte> destination)
    {
        Span<byte> digits = stackalloc byte[10];
        Utf8Formatter.TryFormat(description.Length, digits, out var count);
        var prefix = body[..part.Description.Offset];
        var suffix = body[part.Description.End..];
        var lengthened = part.ContentLength.IsEmpty ? 0 : count - part.ContentLength.Length;
        var length = prefix.Length + lengthened + description.Length + suffix.Length;
        if (length > destination.Length)
        {
            return -1;
        }

        if (part.ContentLength.IsEmpty)
        {
            prefix.CopyTo(destination);
        }
        else
        {
            prefix[..part.ContentLength.Offset].CopyTo(destination);
            digits[..count].CopyTo(destination[part.ContentLength.Offset..]);
            prefix[part.ContentLength.End..].CopyTo(destination[(part.ContentLength.Offset + count)..]);
        }

        var start = prefix.Length + lengthened;
        description.CopyTo(destination[start..]);
        suffix.CopyTo(destination[(start + description.Length)..]);
        return length;
    }
}
