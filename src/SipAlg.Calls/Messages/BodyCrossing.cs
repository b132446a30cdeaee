using SipAlg.Calls.Lanes;
using SipAlg.Calls.Media;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Messages;

/// <summary>A body on its way to the other leg.</summary>
/// <param name="octets">As it will be sent; valid until the next body is crossed.</param>
/// <param name="description">The SDP in it; empty without.</param>
internal readonly ref struct CrossedBody(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> description)
{
    public ReadOnlySpan<byte> Octets { get; } = octets;
    public ReadOnlySpan<byte> Description { get; } = description;
    public bool HasDescription => !Description.IsEmpty;
}

/// <summary>Takes a message's body across: its SDP rewritten by the media bridge, also inside multipart; any other body as it came.</summary>
internal static class BodyCrossing
{
    /// <summary>A body that may hold an offer.</summary>
    public static BridgeResult TryOffer(CallLane lane, MediaBridge media, int from, SipMessage message, out CrossedBody body) =>
        TryCross(lane, media, from, message, isOffer: true, isFinal: false, out body);

    /// <summary>A body that may hold an answer.</summary>
    public static BridgeResult TryAnswer(CallLane lane, MediaBridge media, int from, SipMessage message, bool isFinal, out CrossedBody body) =>
        TryCross(lane, media, from, message, isOffer: false, isFinal, out body);

    /// <summary>A body that takes no part in offer/answer; SDP in it would show addresses and stays behind (RFC 3261 §13.2.1).</summary>
    public static ReadOnlySpan<byte> Opaque(CallLane lane, SipMessage message) =>
        message.Has(HeaderId.ContentType) && SdpBody.Locate(message.First(HeaderId.ContentType), message.BodyOctets, out _) == SdpBodyFault.NoDescription
            ? WithoutMessage(lane, message)
            : default;

    /// <summary>A body that is itself a SIP message (RFC 3420) shows the addresses of one side: of a response its status crosses, of a request nothing.</summary>
    private static ReadOnlySpan<byte> WithoutMessage(CallLane lane, SipMessage message)
    {
        var type = message.First(HeaderId.ContentType);
        if (!MimeType.Is(type, "message/sipfrag"u8) && !MimeType.Is(type, "message/sip"u8))
        {
            return message.BodyOctets;
        }

        var writer = new MessageWriter(lane.Body);
        if (SipFragment.TryParse(message.BodyOctets, out var fragment))
        {
            fragment.WriteHarmless(ref writer);
        }

        return writer.Written;
    }

    /// <summary>Whether SDP is in the body, be it readable or not.</summary>
    public static bool HasDescription(SipMessage message) =>
        message.Has(HeaderId.ContentType) && SdpBody.Locate(message.First(HeaderId.ContentType), message.BodyOctets, out _) == SdpBodyFault.None;

    /// <summary>RFC 3261 §8.2.3: an encoded body, or one whose type is not said (§20.15), would hide its addresses from the gateway.</summary>
    public static bool IsKnown(SipMessage message) => message.Body.IsEmpty || (message.Has(HeaderId.ContentType) &&
        (!message.Has(HeaderId.ContentEncoding) || System.Text.Ascii.EqualsIgnoreCase(message.First(HeaderId.ContentEncoding), "identity"u8)));

    /// <summary>Reads the description in a message that goes no further; false if there is none, or none that can be read.</summary>
    public static bool TryRead(SdpDescription description, SipMessage message) =>
        SdpBody.Locate(message.First(HeaderId.ContentType), message.BodyOctets, out var part) == SdpBodyFault.None && Parse(description, message, part) == SdpFault.None;

    private static SdpFault Parse(SdpDescription description, SipMessage message, in SdpBodyPart part) =>
        SdpParser.Parse(description, message.Buffer, message.Body.Start + part.Description.Offset, part.Description.Length);

    private static BridgeResult TryCross(CallLane lane, MediaBridge media, int from, SipMessage message, bool isOffer, bool isFinal, out CrossedBody body)
    {
        body = default;
        var octets = message.BodyOctets;
        if (octets.IsEmpty || !message.Has(HeaderId.ContentType))
        {
            // Without its type (RFC 3261 §20.15) nobody knows what a body shows.
            return BridgeResult.Done;
        }

        var fault = SdpBody.Locate(message.First(HeaderId.ContentType), octets, out var part);
        if (fault == SdpBodyFault.NoDescription)
        {
            body = new CrossedBody(WithoutMessage(lane, message), default);
            return BridgeResult.Done;
        }

        var description = lane.Room.Media.Description;
        if (fault != SdpBodyFault.None || Parse(description, message, part) != SdpFault.None)
        {
            return BridgeResult.Malformed;
        }

        var scratch = lane.Room.Media.Scratch;
        var result = isOffer
            ? media.Offer(from, description, scratch, out var length)
            : media.Answer(from, description, isFinal, scratch, out length);
        if (result != BridgeResult.Done)
        {
            return result;
        }

        ReadOnlySpan<byte> written = scratch.AsSpan(0, length);
        if (part.Description.Length == octets.Length)
        {
            body = new CrossedBody(written, written);
            return BridgeResult.Done;
        }

        var whole = SdpBody.Replace(octets, part, written, lane.Body);
        body = new CrossedBody(lane.Body.AsSpan(0, Math.Max(whole, 0)), written);
        return whole < 0 ? BridgeResult.TooLarge : BridgeResult.Done;
    }
}
