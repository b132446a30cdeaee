namespace SipAlg.Signaling.Lanes;

/// <summary>
/// Events for a lane from any thread, without locks. Unbounded by design: each event answers a request or belongs to a call, and
/// what comes from the network is bounded before it. Events of one producer, and of two producers of whom one waited for
/// the other, run in the order in which they were posted.
/// </summary>
/// <param name="wake">Called by a producer that found the inbox empty, so once for a batch.</param>
internal sealed class LaneInbox(Action wake)
{
    /// <summary>The newest event, each linking to the one before it.</summary>
    private LaneEvent? _newest;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    public void Post(LaneEvent laneEvent)
    {
        var seen = Volatile.Read(ref _newest);
        while (true)
        {
            laneEvent.Next = seen;
            var before = Interlocked.CompareExchange(ref _newest, laneEvent, seen);
            if (ReferenceEquals(before, seen))
            {
                break;
            }

            seen = before;
        }

        if (seen is null)
        {
            wake();
        }
    }

    /// <summary>Takes all that is there, oldest first, linked by <see cref="LaneEvent.Next"/>. The consumer's thread only.</summary>
    public LaneEvent? TakeAll()
    {
        var newest = Interlocked.Exchange(ref _newest, null);
        LaneEvent? oldest = null;
        while (newest is not null)
        {
            (newest.Next, oldest, newest) = (oldest, newest, newest.Next);
        }

        return oldest;
    }
}
