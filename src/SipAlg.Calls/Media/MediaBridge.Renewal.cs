using SipAlg.Media;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>Offers of the gateway's own, which repeat to one side what it knows of the other: its answer concerns this side alone.</content>
internal sealed partial class MediaBridge
{
    /// <summary>Takes the answer to such an offer. The side's streams go where it says now; the other side's stay as they are.</summary>
    /// <param name="side">The side that answers.</param>
    /// <param name="answer">Its description.</param>
    /// <param name="before">What the other side was sent last of this one.</param>
    /// <param name="offered">What was offered.</param>
    /// <returns>True if the other side has to hear of it, since more has changed than where the streams go.</returns>
    public bool Renew(int side, SdpDescription answer, ReadOnlySpan<byte> before, ReadOnlySpan<byte> offered)
    {
        lane.Comparison.Read(before, offered);
        var isChanged = false;
        for (var index = 0; index < Math.Min(_streams.Length, answer.MediaCount); index++)
        {
            ref var stream = ref _streams[index];
            if (stream.IsAccepted)
            {
                stream.IsAccepted = IsRelayed(answer.Media(index)) && RenewKeys(side, answer, index);
                stream.Target(side) = Renewed(stream.Target(side), answer, index, side, stream.IsAccepted);
                stream.Direction(side) = DirectionOf(answer.Media(index));
                Aim(0, index);
                Aim(1, index);
                isChanged |= !stream.IsAccepted || lane.Comparison.IsChanged(index, answer);
            }
        }

        return isChanged;
    }

    /// <summary>Nothing is sent to a stream that is refused; RTCP stays on a port of its own unless both sides had agreed otherwise (RFC 5761 §5.1.1).</summary>
    private MediaTarget Renewed(in MediaTarget target, SdpDescription answer, int index, int side, bool isAccepted) => isAccepted
        ? TargetOf(answer, index, side) with { RtcpMux = target.RtcpMux && answer.Media(index).HasRtcpMux, Clocks = target.Clocks, Keys = AgreedKeys(side, index) }
        : target with { Rtp = default };

    /// <summary>Writes such an answer as an offer to the other side.</summary>
    /// <param name="side">The side that answered.</param>
    /// <param name="answer">Its description.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="length">Octets written.</param>
    public BridgeResult Tell(int side, SdpDescription answer, Span<byte> destination, out int length)
    {
        length = 0;
        var codecs = Filter(1 - side, answer, isOffer: true);
        if (codecs is not null && HasNoCodec(answer, codecs))
        {
            return BridgeResult.NoCodec;
        }

        var written = lane.Streams.AsSpan(0, answer.MediaCount);
        for (var index = 0; index < written.Length; index++)
        {
            written[index] = default;
            if (index < _streams.Length && _streams[index].IsAccepted)
            {
                TellKeys(side, index);
                var mux = ShownMux(ref _streams[index], 1 - side, answer.Media(index));
                written[index] = Shown(1 - side, index, SharesPort(answer.Media(index), mux), mux);
            }
        }

        return Write(1 - side, answer, written, isFirstOffer: false, codecs, destination, out length);
    }
}
