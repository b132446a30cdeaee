using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Lanes;

/// <summary>Tells a call's lane that the relay has heard digits: one event however many there are, so that nothing is allocated for any.</summary>
internal sealed class HeardDigits : LaneEvent
{
    private readonly CallLane _lane;
    private readonly int _slot;
    private readonly uint _generation;
    private int _isPosted;

    public HeardDigits(CallLane lane, int slot, uint generation)
    {
        (_lane, _slot, _generation) = (lane, slot, generation);
        Signal = Post;
    }

    /// <summary>For relay threads.</summary>
    public Action Signal { get; }

    public override void Run(ILaneUser user)
    {
        // First the mark: what is heard from here on posts anew.
        Interlocked.Exchange(ref _isPosted, 0);
        _lane.OnDigitsHeard(_slot, _generation);
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0)
        {
            _lane.Lane.Lane.Post(this);
        }
    }
}
