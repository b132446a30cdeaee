using SipAlg.Calls.Lanes;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Bodies;

/// <summary>
/// Takes the bodies of NOTIFY and PUBLISH across: those that are known to name dialogs and hosts are written anew for their reader, any
/// other crosses as it came.
/// </summary>
internal static class EventBodies
{
    /// <param name="lane">Whose room it is written into.</param>
    /// <param name="message">As it came.</param>
    /// <param name="reader">Where it goes.</param>
    /// <param name="body">Valid until the next body is crossed.</param>
    /// <returns>Why it cannot cross; 0 if it can.</returns>
    public static int Cross(CallLane lane, SipMessage message, scoped in BodyReader reader, out ReadOnlySpan<byte> body)
    {
        body = BodyCrossing.Opaque(lane, message);
        if (body.IsEmpty || message.Method is not (SipMethod.Notify or SipMethod.Publish))
        {
            return 0;
        }

        var type = message.First(HeaderId.ContentType);
        var writer = new MessageWriter(lane.Body);
        if (MimeType.Is(type, "application/simple-message-summary"u8))
        {
            MessageSummary.Write(ref writer, body, new EventUris(lane, reader));
        }
        else if (!IsXml(type))
        {
            return 0;
        }
        else if (!new XmlEvents(lane, reader).TryWrite(ref writer, body))
        {
            return 400;
        }

        body = lane.Body.AsSpan(0, writer.Length);
        return writer.Overflowed ? 513 : 0;
    }

    /// <summary>dialog-info (RFC 4235) and pidf (RFC 3863).</summary>
    private static bool IsXml(ReadOnlySpan<byte> type) => MimeType.Is(type, "application/dialog-info+xml"u8) || MimeType.Is(type, "application/pidf+xml"u8);

    /// <summary>Whether an encoding hides from the gateway what is in a body that it has to write anew.</summary>
    public static bool IsHidden(SipMessage message) => message.Method is SipMethod.Notify or SipMethod.Publish && message.Has(HeaderId.ContentEncoding) &&
        !System.Text.Ascii.EqualsIgnoreCase(message.First(HeaderId.ContentEncoding), "identity"u8);
}
