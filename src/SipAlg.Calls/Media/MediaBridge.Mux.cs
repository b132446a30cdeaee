using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>
/// RTP and RTCP on one port (RFC 5761): what one side says of it crosses to the other. Only a side that can do nothing else (RFC 8858)
/// multiplexes alone, and then does so with the gateway.
/// </content>
internal sealed partial class MediaBridge
{
    private static void OfferMux(ref MediaStream stream, int from, in SdpMedia offer)
    {
        stream.IsMuxOffered = offer.HasRtcpMux;
        stream.IsMuxDemanded = offer.HasRtcpMuxOnly || (offer.HasRtcpMux && stream.IsMuxAlone(from));
        stream.IsMuxAdded = !offer.HasRtcpMux && stream.IsMuxAlone(1 - from);
    }

    /// <summary>What a side sees of a=rtcp-mux in what the other says, where one of them multiplexes alone.</summary>
    private static SdpMux ShownMux(ref MediaStream stream, int to, in SdpMedia media) =>
        stream.IsMuxAlone(to) && !media.HasRtcpMux ? SdpMux.Add : stream.IsMuxAlone(1 - to) ? SdpMux.Drop : SdpMux.Keep;

    /// <summary>RFC 5761 §5.1.1: multiplexed if both the offer and the answer say so, as each side has seen them.</summary>
    /// <param name="stream">Offered.</param>
    /// <param name="from">Who answers.</param>
    /// <param name="answer">What it says.</param>
    /// <param name="offerer">Whether the side that offered multiplexes.</param>
    /// <param name="shown">What of the answer's a=rtcp-mux that one sees.</param>
    /// <returns>Whether the side that answers multiplexes.</returns>
    private static bool AgreeOnMux(ref MediaStream stream, int from, in SdpMedia answer, out bool offerer, out SdpMux shown)
    {
        var answerer = (stream.IsMuxOffered || stream.IsMuxAdded) && answer.HasRtcpMux;
        offerer = stream.IsMuxOffered && (answerer || stream.IsMuxDemanded);
        shown = offerer == answer.HasRtcpMux || !(stream.IsMuxDemanded || stream.IsMuxAdded) ? SdpMux.Keep : offerer ? SdpMux.Add : SdpMux.Drop;
        stream.IsMuxAlone(1 - from) = offerer && !answerer;
        stream.IsMuxAlone(from) = answerer && !offerer;
        return answerer;
    }
}
