namespace SipAlg.Signaling.Lanes;

/// <summary>
/// How many messages of other lanes wait in a lane: what one lane receives faster than another serves it is dropped, as the kernel does at
/// a full socket, since it is sent again (RFC 3261 §17).
/// </summary>
internal sealed class HandOvers
{
    /// <summary>Some 3 MB, and a tenth of a second of work.</summary>
    public const int Most = 4096;

    private int _waiting;
    private long _dropped;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Messages that found no room.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _waiting) <= Most)
        {
            return true;
        }

        Leave();
        Interlocked.Increment(ref _dropped);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _waiting);
}
