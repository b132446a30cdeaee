namespace SipAlg.Linux;

/// <summary>
/// Where packets come closely, a thread rests a moment after a turn, so that the next one finds several: to be woken costs about half as much as
/// a packet. Network cards do the same with their interrupts. Where they come seldom, each is served at once.
/// </summary>
/// <param name="second">Units of the clock in a second.</param>
/// <param name="dense">Packets a second from which it pays: two or three come during a rest.</param>
/// <param name="enough">Packets of a turn after which more are waiting already.</param>
public struct Coalescing(long second, int dense, int enough)
{
    private long _last;

    /// <summary>Whether to rest after a turn.</summary>
    /// <param name="packets">That the turn found.</param>
    /// <param name="start">When it began.</param>
    public bool Pays(int packets, long start)
    {
        var since = start - _last;
        _last = start;
        return packets > 0 && packets < enough && packets * second >= since * dense;
    }
}
