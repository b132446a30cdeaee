namespace SipAlg.Signaling.Lanes;

/// <summary>
/// Something for a lane to do, posted from any thread: the end of asynchronous work, or a message of another lane.
/// It is its own queue node and so is posted once at a time.
/// </summary>
public abstract class LaneEvent
{
    internal LaneEvent? Next { get; set; }

    /// <summary>On the lane's clock.</summary>
    internal long PostedAt { get; set; }

    /// <summary>Runs on the lane's thread as one turn. What it throws is counted and reported by <see cref="ILaneUser.OnFault"/>.</summary>
    public abstract void Run(ILaneUser user);

    /// <summary>Called after the turn, with everything it raised, has ended: the place to give buffers back.</summary>
    protected internal virtual void TurnEnded()
    {
    }
}
