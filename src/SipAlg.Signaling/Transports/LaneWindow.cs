namespace SipAlg.Signaling.Transports;

/// <summary>
/// How many messages of one connection wait in lanes. Its reader waits for room, lanes make room; without locks, since lanes
/// take none.
/// </summary>
internal sealed class LaneWindow(int size)
{
    private readonly int _resume = size / 2;
    private int _waiting;
    private bool _isClosed;
    private TaskCompletionSource? _parked;

    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Waits for room and takes it. The reader only.</summary>
    /// <returns>false: the connection was closed meanwhile.</returns>
    public async ValueTask<bool> EnterAsync()
    {
        while (Waiting >= size && !Volatile.Read(ref _isClosed))
        {
            await ParkAsync();
        }

        Interlocked.Increment(ref _waiting);
        return !Volatile.Read(ref _isClosed);
    }

    /// <summary>A turn has ended. Lanes; half of the window is free before the reader goes on, so that it is not woken for each.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _waiting) <= _resume)
        {
            Resume();
        }
    }

    /// <summary>Lets the reader go, to see that its connection is closed.</summary>
    public void Close()
    {
        Volatile.Write(ref _isClosed, true);
        Interlocked.MemoryBarrier();
        Resume();
    }

    private Task ParkAsync()
    {
        var parked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _parked, parked);
        if (Waiting <= _resume || Volatile.Read(ref _isClosed))
        {
            Resume();
        }

        return parked.Task;
    }

    private void Resume()
    {
        if (Volatile.Read(ref _parked) is not null)
        {
            Interlocked.Exchange(ref _parked, null)?.TrySetResult();
        }
    }
}
