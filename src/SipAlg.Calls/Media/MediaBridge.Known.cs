using SipAlg.Media;

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
        var turned = new MediaBridge(lane, callee, caller) { _streams = _streams, _isAnswered = _isAnswered, _isSettled = _isSettled, Codecs = Codecs?.Turned() };
        foreach (ref var stream in _streams.AsSpan())
        {
            stream.Turn();
        }

        return turned;
    }

    private void ReleaseAt(int side, int index)
    {
        if (Known?.Side != side)
        {
            Face(side).Release(index);
        }
    }

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
