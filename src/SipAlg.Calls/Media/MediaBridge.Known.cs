using SipAlg.Media;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>A side that comes from another session, and takes its ports and targets along (RFC 3725).</content>
internal sealed partial class MediaBridge
{
    /// <summary>
    /// Set while one side is still in another session: what is offered of it is what the gateway wrote there, so where its streams
    /// go is read there, and its ports stay that one's. Null again once the side has come over.
    /// </summary>
    public KnownSide? Known { get; set; }

    /// <summary>The same session with caller and callee exchanged.</summary>
    public MediaBridge Turned()
    {
        var turned = new MediaBridge(lane, callee, caller) { _streams = _streams, _isAnswered = _isAnswered, _isSettled = _isSettled, Codecs = Codecs?.Turned(), _events = _events, _security = _security };
        foreach (ref var stream in _streams.AsSpan())
        {
            stream.Turn();
        }

        foreach (ref var security in _security.AsSpan())
        {
            security.Turn();
        }

        return turned;
    }

    /// <summary>Writes a description of one side, which was written for a side that has its digits in INFO, with the telephone events that this one takes.</summary>
    /// <param name="side">Whose description it is.</param>
    /// <param name="description">What <see cref="SdpUnhold"/> wrote.</param>
    /// <param name="destination">Where to write; must not overlap.</param>
    /// <returns>Octets written, or −1 when they do not fit.</returns>
    public int WithEvents(int side, ReadOnlySpan<byte> description, Span<byte> destination)
    {
        var changes = lane.EventChanges.AsSpan(0, Math.Min(_streams.Length, lane.EventChanges.Length));
        for (var index = 0; index < changes.Length; index++)
        {
            TelephoneEventFormats formats = default;
            if (_events is not null && side == 1 - _infoSide && index < _events.Length && _events[index].Wanted is { } wanted)
            {
                formats.Add(wanted);
            }

            changes[index] = new SdpEventChange(false, formats);
        }

        return SdpEventEdit.Write(description, changes, destination);
    }

    /// <summary>The side that comes from another session brings nothing along of how its digits were converted there.</summary>
    private void LeaveEvents(int index)
    {
        if (Known is not null)
        {
            Face(0).LeaveEvents(index);
            Face(1).LeaveEvents(index);
        }
    }

    /// <summary>Null for the side that is still in another session: its ports, and in which family they are, are that one's.</summary>
    private MediaFace? OwnFace(int side) => Known?.Side == side ? null : Face(side);

    private void ReleaseAt(int side, int index) => OwnFace(side)?.Release(index);

    private MediaTarget AgreedTarget(int side, int index) => index < _streams.Length ? _streams[index].Target(side) : default;

    /// <summary>A side of this bridge that is a side of another one.</summary>
    /// <param name="Bridge">The other one.</param>
    /// <param name="SideThere">Which side it is there.</param>
    /// <param name="Side">Which side it is here.</param>
    internal sealed record KnownSide(MediaBridge Bridge, int SideThere, int Side)
    {
        public MediaTarget TargetOf(int index) => Bridge.AgreedTarget(SideThere, index);
    }
}
