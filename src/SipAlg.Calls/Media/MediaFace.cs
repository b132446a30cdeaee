using SipAlg.Calls.Calls;
using SipAlg.Media;

namespace SipAlg.Calls.Media;

/// <summary>
/// The ports that face one far side of a call, one for each m= line. All early dialogs of the caller share one face; each target that
/// is asked has a face of its own.
/// </summary>
/// <param name="lane">Where ports come from.</param>
/// <param name="side">Which realm and addresses.</param>
/// <param name="place">The relay thread; the same for all faces of a call.</param>
/// <param name="isEmergency">May take the reserve.</param>
internal sealed partial class MediaFace(MediaLane lane, in MediaSide side, int place, bool isEmergency)
{
    private readonly MediaSide _side = lane.Choose(side);
    private MediaLine[] _lines = [];

    public ref readonly MediaSide Side => ref _side;

    /// <summary>Called on a relay thread when a digit of the far side can be heard; null where nobody listens.</summary>
    public Action? Heard { get; init; }

    /// <summary>What the relay calls its ports by; 0 for none.</summary>
    public ulong Owner { get; init; }

    /// <summary>The id of the call, for the log.</summary>
    public ulong Call { get; init; }

    /// <summary>The face that its streams flow to and from; null before the first.</summary>
    public MediaFace? Partner { get; private set; }

    /// <summary>M= lines that there are or were ports for.</summary>
    public int Lines => _lines.Length;

    /// <summary>The port that SDP announces; none where the stream has no port.</summary>
    public MediaPort Port(int index) => index < _lines.Length ? _lines[index].Port : default;

    /// <summary>The port that packets to the far side leave from.</summary>
    public MediaPort Exit(int index) => index < _lines.Length ? _lines[index].Exit : default;

    /// <summary>The port that SDP announces once the far side's offer is answered.</summary>
    public MediaPort ComingPort(int index) => index < _lines.Length ? _lines[index].Coming : default;

    /// <summary>Sees to it that the stream has a port.</summary>
    /// <param name="index">Its place in the description.</param>
    /// <param name="kind">What its figures are told under.</param>
    /// <param name="passesAll">What is offered is not RTP: so may be what comes before the answer.</param>
    public bool TryPort(int index, StreamKind kind, bool passesAll)
    {
        _figures.Name(index, kind);
        ref var line = ref LineAt(index);
        if (line.Port.IsNone)
        {
            return TryBegin(ref line, passesAll);
        }

        return !line.LacksNext || TryTake(!line.IsOther, out line.Next);
    }

    /// <summary>Makes the streams of the two faces flow between them, and no others: early media comes from one target at a time.</summary>
    public void Join(MediaFace other)
    {
        Leave();
        other.Leave();
        Partner = other;
        other.Partner = this;
        for (var index = 0; index < Math.Min(_lines.Length, other._lines.Length); index++)
        {
            JoinStream(index);
        }
    }

    /// <summary>One stream more, between faces that are joined already.</summary>
    public void JoinStream(int index)
    {
        if (Partner is { } other && !Port(index).IsNone && !other.Port(index).IsNone)
        {
            lane.Relay.Join(Exit(index), other.Exit(index));
            Feed(index);
            other.Feed(index);
        }
    }

    /// <summary>Gives a stream's ports back.</summary>
    public void Release(int index)
    {
        if (index < _lines.Length)
        {
            ref var line = ref _lines[index];
            KeepDigits(line.Port);
            Return(index, ref line.Port);
            Return(index, ref line.Next);
            Return(index, ref line.Away);
            line = new MediaLine { IsOther = line.IsOther };
            ReleaseKeys(index);
        }
    }

    /// <summary>Gives all ports back.</summary>
    public void Release()
    {
        Leave();
        foreach (ref readonly var line in _lines.AsSpan())
        {
            lane.Release(line.Port);
            lane.Release(line.Next);
            lane.Release(line.Away);
        }

        _lines = [];
        ReleaseKeys();
    }

    /// <summary>The far side's packets may come before its description (RFC 3264 §5.1): what is known of their sources holds from the beginning.</summary>
    private bool TryBegin(ref MediaLine line, bool passesAll)
    {
        if (!TryTake(line.IsOther, out line.Port))
        {
            return false;
        }

        lane.Relay.Aim(line.Port, _side.Undescribed with { PassesAll = passesAll });
        return true;
    }

    private bool TryTake(bool isOther, out MediaPort port) =>
        lane.TryTake(_side.Realm, _side.At(isOther), place, isEmergency, Owner, Call, out port);

    /// <summary>Gives one port back; what came by it is kept.</summary>
    private void Return(int index, ref MediaPort port)
    {
        _figures.Keep(lane.Relay, index, port);
        lane.Release(port);
        port = default;
    }

    /// <summary>A stream that is new begins in the family of the others.</summary>
    private ref MediaLine LineAt(int index)
    {
        if (_lines.Length <= index)
        {
            var (first, isOther) = (_lines.Length, IsOther);
            Array.Resize(ref _lines, index + 1);
            for (; first <= index; first++)
            {
                _lines[first].IsOther = isOther;
            }
        }

        return ref _lines[index];
    }

    private void Leave()
    {
        if (Partner is { } other)
        {
            Starve();
            other.Starve();
            other.Partner = Partner = null;
        }
    }
}
