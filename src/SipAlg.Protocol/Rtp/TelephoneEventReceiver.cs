namespace SipAlg.Protocol.Rtp;

/// <summary>An event that is over.</summary>
/// <param name="Code">Which.</param>
/// <param name="Duration">In units of the format's clock.</param>
public readonly record struct EndedEvent(byte Code, uint Duration);

/// <summary>
/// Makes events of the packets that tell of them (RFC 4733 §2.5.2): each once, however often its end is repeated and whatever of it is
/// lost. A packet's timestamp says which event it belongs to.
/// </summary>
public struct TelephoneEventReceiver
{
    /// <summary>A packet that is older by more is of a stream that began anew, not late: no event's segment is longer.</summary>
    private const int MostLate = ushort.MaxValue;

    private uint _ssrc;
    private uint _timestamp;
    private uint _before;
    private ushort _duration;
    private byte _code;
    private bool _isKnown;

    /// <summary>An event has begun, and its end has not been heard.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Whether a packet shows that the open event is over, since it tells of a later one: the packets of its end were lost.</summary>
    public bool TryLeave(uint ssrc, uint timestamp, byte code, out EndedEvent ended)
    {
        ended = new EndedEvent(_code, _before + _duration);
        if (!IsOpen || !IsLater(ssrc, timestamp) || IsNextSegment(ssrc, timestamp, code))
        {
            return false;
        }

        IsOpen = false;
        return true;
    }

    /// <summary>Takes what a packet tells; true when it ends the event.</summary>
    public bool TryEnd(uint ssrc, uint timestamp, in TelephoneEvent told, out EndedEvent ended)
    {
        if (IsLater(ssrc, timestamp))
        {
            Begin(ssrc, timestamp, told.Code);
        }

        ended = default;
        if (!IsOpen || timestamp != _timestamp || told.Code != _code)
        {
            // The end once more, or a packet that was overtaken.
            return false;
        }

        _duration = Math.Max(_duration, told.Duration);
        IsOpen = !told.IsEnd;
        ended = new EndedEvent(_code, _before + _duration);
        return told.IsEnd;
    }

    /// <summary>Nothing has been heard of the open event for long: it is over.</summary>
    public EndedEvent GiveUp()
    {
        IsOpen = false;
        return new EndedEvent(_code, _before + _duration);
    }

    private void Begin(uint ssrc, uint timestamp, byte code)
    {
        _before = IsNextSegment(ssrc, timestamp, code) ? _before + ushort.MaxValue : 0;
        (_ssrc, _timestamp, _code, _duration, _isKnown, IsOpen) = (ssrc, timestamp, code, 0, true, true);
    }

    private readonly bool IsLater(uint ssrc, uint timestamp)
    {
        var step = (int)(timestamp - _timestamp);
        return !_isKnown || ssrc != _ssrc || step > 0 || step < -MostLate;
    }

    /// <summary>RFC 4733 §2.5.1.3: an event too long for the field goes on as another one that begins where the field was full.</summary>
    private readonly bool IsNextSegment(uint ssrc, uint timestamp, byte code) =>
        IsOpen && ssrc == _ssrc && code == _code && timestamp - _timestamp == ushort.MaxValue;
}
