using SipAlg.Media.Packets;

namespace SipAlg.Media.Relaying;

/// <content>
/// The way of a packet from an end whose packets are encrypted (SRTP): it is opened before anything else is made of it, so that who has no
/// key moves no latch and no figure, and whoever looks at the stream sees it as it was meant.
/// </content>
internal sealed unsafe partial class PacketPath
{
    private void PassSecure(Pair* pair, Slot* slot, PacketKind kind, int received)
    {
        if (WhyNotOpened(pair, slot, kind, ref received) is { } reason)
        {
            Drop(pair, slot, reason);
        }
        else if (!IsAccepted(pair, slot, StreamPosition.Of(new ReadOnlySpan<byte>(_buffer, received), kind, slot->Role)))
        {
            Drop(pair, slot, DropReason.Stranger);
        }
        else
        {
            slot->Accepted(Now);
            streams.Heard(pair, kind, _buffer, received, Now);
            Route(pair, slot, kind, received);
        }
    }

    /// <summary>What proves nothing (STUN) is taken only from where the stream comes from; other keys than those of SDP are none of this stream's.</summary>
    private DropReason? WhyNotOpened(Pair* pair, Slot* slot, PacketKind kind, ref int received) => kind switch
    {
        PacketKind.Rtp or PacketKind.Rtcp => secure.Open(pair, kind, _buffer, ref received, Now),
        PacketKind.Stun => slot->Latch.IsFrom(*_from) ? null : DropReason.Stranger,
        _ => DropReason.NotMedia,
    };
}
