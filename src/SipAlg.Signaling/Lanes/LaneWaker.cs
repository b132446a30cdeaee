using SipAlg.Linux;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// Wakes a lane that sleeps in epoll. Producers outlive the lane, and a closed descriptor's number may serve another file by
/// then: so the descriptor is closed only when no producer is about to use it, and none uses it after.
/// </summary>
internal sealed class LaneWaker : IDisposable
{
    private const int Closed = int.MinValue / 2;

    private readonly Wakeup _wakeup = new();

    /// <summary>Producers inside <see cref="Wake"/>; far below zero once closed.</summary>
    private int _users;

    public int Descriptor => _wakeup.Descriptor;

    public void Wake()
    {
        if (Interlocked.Increment(ref _users) > 0)
        {
            _wakeup.Signal();
        }

        Interlocked.Decrement(ref _users);
    }

    public void Reset() => _wakeup.Reset();

    public void Dispose()
    {
        Interlocked.Add(ref _users, Closed);
        SpinWait.SpinUntil(() => Volatile.Read(ref _users) <= Closed);
        _wakeup.Dispose();
    }
}
