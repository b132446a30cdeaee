using SipAlg.Calls.Calls;
using SipAlg.Media;
using SipAlg.Protocol.Rtp;

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
    private readonly MediaSide _side = side;
    private MediaPort[] _ports = [];

    public ref readonly MediaSide Side => ref _side;

    /// <summary>Called on a relay thread when a digit of the far side can be heard; null where nobody listens.</summary>
    public Action? Heard { get; init; }

    /// <summary>What the relay calls its ports by; 0 for none.</summary>
    public ulong Owner { get; init; }

    /// <summary>The face that its streams flow to and from; null before the first.</summary>
    public MediaFace? Partner { get; private set; }

    /// <summary>None where the stream has no port.</summary>
    public MediaPort Port(int index) => index < _ports.Length ? _ports[index] : default;

    /// <summary>Sees to it that the stream has a port.</summary>
    public bool TryPort(int index, StreamKind kind)
    {
        _figures.Name(index, kind);
        ref var ports = ref _ports;
        var isOther = _isOther;
        if (_next is not null)
        {
            ports = ref _next;
            isOther = !isOther;
        }

        if (ports.Length <= index)
        {
            Array.Resize(ref ports, index + 1);
        }

        return !ports[index].IsNone || lane.TryTake(_side.Realm, _side.At(isOther).Bind, place, isEmergency, Owner, out ports[index]);
    }

    /// <summary>Makes the streams of the two faces flow between them, and no others: early media comes from one target at a time.</summary>
    public void Join(MediaFace other)
    {
        Leave();
        other.Leave();
        Partner = other;
        other.Partner = this;
        for (var index = 0; index < Math.Min(_ports.Length, other._ports.Length); index++)
        {
            JoinStream(index);
        }
    }

    /// <summary>One stream more, between faces that are joined already.</summary>
    public void JoinStream(int index)
    {
        if (Partner is { } other && !Port(index).IsNone && !other.Port(index).IsNone)
        {
            lane.Relay.Join(Port(index), other.Port(index));
        }
    }

    public void Release(int index)
    {
        if (index < _ports.Length)
        {
            _figures.Keep(lane.Relay, index, _ports[index]);
            lane.Release(_ports[index]);
            _ports[index] = default;
        }
    }

    /// <summary>Gives all ports back.</summary>
    public void Release()
    {
        Leave();
        StayInFamily();
        foreach (var port in _ports)
        {
            lane.Release(port);
        }

        _ports = [];
    }

    private void Leave()
    {
        if (Partner is { } other)
        {
            other.Partner = Partner = null;
        }
    }

    /// <summary>The next digit that the far side sent as telephone event.</summary>
    public bool TryHear(out DtmfDigit digit)
    {
        foreach (var port in _ports)
        {
            if (lane.Relay.TryHear(port, out digit))
            {
                return true;
            }
        }

        digit = default;
        return false;
    }

    /// <summary>Digits of the far side that were not heard in time; read before the ports go.</summary>
    public long LostDigits()
    {
        long lost = 0;
        foreach (var port in _ports)
        {
            lost += lane.Relay.LostDigits(port);
        }

        return lost;
    }
}
