using SipAlg.Media;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Calls.Media;

/// <content>Digits in the far side's streams: none of them vanishes with the port that it came by.</content>
internal sealed partial class MediaFace
{
    /// <summary>Heard by ports that are gone, and not taken yet; null before the first.</summary>
    private Queue<DtmfDigit>? _heard;

    /// <summary>By ports that are gone.</summary>
    private long _unheard;
    private long _unsent;

    /// <summary>The next digit that the far side sent as telephone event.</summary>
    public bool TryHear(out DtmfDigit digit)
    {
        if (_heard is not null && _heard.TryDequeue(out digit))
        {
            return true;
        }

        foreach (ref readonly var line in _lines.AsSpan())
        {
            if (lane.Relay.TryHear(line.Port, out digit))
            {
                return true;
            }
        }

        digit = default;
        return false;
    }

    /// <summary>Digits of the far side that nobody heard in time or will hear; read before the ports go.</summary>
    public long LostDigits()
    {
        var lost = _unheard + (_heard?.Count ?? 0);
        foreach (ref readonly var line in _lines.AsSpan())
        {
            lost += lane.Relay.UnheardDigits(line.Port);
        }

        return lost;
    }

    /// <summary>Digits that were taken for the stream of this side, and not sent; read before the ports go.</summary>
    public long UnsentDigits()
    {
        var unsent = _unsent;
        foreach (ref readonly var line in _lines.AsSpan())
        {
            unsent += lane.Relay.UnsentDigits(line.Port);
        }

        return unsent;
    }

    /// <summary>The stream passes as it comes from now on.</summary>
    public void LeaveEvents(int index)
    {
        KeepDigits(Port(index));
        lane.Relay.LeaveEvents(Port(index));
    }

    private void KeepDigits(in MediaPort port)
    {
        while (lane.Relay.TryHear(port, out var digit))
        {
            (_heard ??= new Queue<DtmfDigit>()).Enqueue(digit);
        }

        _unheard += lane.Relay.UnheardDigits(port);
        _unsent += lane.Relay.UnsentDigits(port);
    }
}
