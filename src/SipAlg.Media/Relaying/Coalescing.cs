using SipAlg.Linux;

namespace SipAlg.Media.Relaying;

/// <summary>
/// Where packets come closely, the thread rests a moment after a turn, so that the next one finds several: to be woken costs about half as much as
/// a packet. Network cards do the same with their interrupts. Where they come seldom, each is served at once.
/// </summary>
internal struct Coalescing(long second)
{
    /// <summary>Packets a second from which it pays: two or three come during a rest.</summary>
    public const int Dense = 15_000;

    /// <summary>Packets of a turn after which more are waiting already.</summary>
    public const int Enough = 64;

    /// <summary>With what the timer adds (50 µs) the most that a packet waits for it.</summary>
    private const int RestNanoseconds = 100_000;

    private long _last;

    /// <summary>Whether to rest after a turn.</summary>
    /// <param name="packets">That the turn found.</param>
    /// <param name="start">When it began.</param>
    public bool Pays(int packets, long start)
    {
        var since = start - _last;
        _last = start;
        return packets is > 0 and < Enough && packets * second >= since * Dense;
    }

    public static void Rest() => ThreadSchedule.Rest(RestNanoseconds);
}
