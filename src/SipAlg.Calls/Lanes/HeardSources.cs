using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Lanes;

/// <summary>Tells a lane that the relay has learnt where streams come from: one event however many there are, so that nothing is allocated for any.</summary>
internal sealed class HeardSources(CallLane lane) : LaneEvent
{
    private int _isPosted;

    /// <summary>For relay threads.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
        {
            lane.Lane.Lane.Post(this);
        }
    }

    public override void Run(ILaneUser user)
    {
        // First the mark: what is told from here on posts anew.
        Interlocked.Exchange(ref _isPosted, 0);
        lane.TakeSources();
    }
}
