using SipAlg.Calls.Lanes;

namespace SipAlg.Calls.Overload;

/// <summary>What is short of time.</summary>
public enum OverloadCause : byte
{
    /// <summary>A lane: signalling.</summary>
    Lane,

    /// <summary>The relay: media.</summary>
    Relay,
}

/// <summary>From the first refusal to the last: the log has a line at its beginning and one at its end, whatever is refused in between.</summary>
internal sealed class OverloadEpisode(CallLane lane, OverloadCause cause)
{
    private long _began = -1;

    /// <summary>Requests, since it began.</summary>
    public long Refused { get; set; }

    public void Follow(OverloadControl control, long waited)
    {
        if (control.IsActive && _began < 0)
        {
            (_began, Refused) = (lane.Lane.Now, 0);
            lane.Counters.CountOverload(cause);
            lane.Room.Log.OverloadBegan(lane.Lane.Number, cause, TimeSpan.FromMicroseconds(waited));
        }
        else if (!control.IsActive && _began >= 0)
        {
            lane.Room.Log.OverloadEnded(lane.Lane.Number, cause, TimeSpan.FromMilliseconds(lane.Lane.Now - _began), Refused);
            _began = -1;
        }
    }
}
