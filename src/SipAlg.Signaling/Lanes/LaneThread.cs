using SipAlg.Linux;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>Drives one lane: a thread that sleeps in epoll over the lane's UDP sockets, its inbox and its next timer.</summary>
internal sealed class LaneThread : IDisposable
{
    /// <summary>Longest sleep, so that the age of the last round tells a stuck lane from an idle one.</summary>
    private const int LongestWaitMilliseconds = 1000;

    /// <summary>Above the longest datagram (65,507 octets), so that none is cut.</summary>
    private const int BufferSize = 64 * 1024;

    /// <summary>Datagrams a second from which the thread rests between its rounds (docs/decisions/0042-a-rest-between-turns.md).</summary>
    private const int Dense = 5000;

    private const int Enough = 16;

    /// <summary>With what the timer adds (50 µs) the most that a message waits for it.</summary>
    private const int RestNanoseconds = 400_000;

    private const ulong Inbox = 0;

    private readonly Epoll _epoll = new();
    private readonly UdpListener[] _listeners;
    private readonly LaneWaker _waker;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly Thread _thread;
    private Coalescing _coalescing;
    private volatile bool _stopping;
    private long _nextCount;

    /// <param name="waker">What the lane wakes when its inbox is no longer empty; owned from here on, as are the listeners.</param>
    public LaneThread(Lane lane, LaneWaker waker, IReadOnlyList<UdpListener> listeners)
    {
        (Lane, _waker, _listeners) = (lane, waker, [.. listeners]);
        _coalescing = new Coalescing(lane.TicksPerSecond, Dense, Enough);
        Watch(waker.Descriptor, Inbox);
        for (var index = 0; index < _listeners.Length; index++)
        {
            Watch(_listeners[index].Descriptor, (ulong)index + 1);
        }

        _thread = new Thread(Run) { Name = $"lane {lane.Number}", IsBackground = true };
    }

    public Lane Lane { get; }

    public void Start() => _thread.Start();

    /// <summary>Lets the turn that runs end, and then the thread.</summary>
    /// <returns>false: the thread did not end in time.</returns>
    public bool Stop(TimeSpan within)
    {
        _stopping = true;
        _waker.Wake();
        return !_thread.IsAlive || _thread.Join(within);
    }

    /// <summary>Closes the descriptors. Only after <see cref="Stop"/> has returned true.</summary>
    public void Dispose()
    {
        _waker.Dispose();
        _epoll.Dispose();
        foreach (var listener in _listeners)
        {
            listener.Dispose();
        }
    }

    private void Watch(int descriptor, ulong data)
    {
        if (!_epoll.TryWatch(descriptor, data))
        {
            throw new SystemCallException("epoll_ctl", LibC.Errno);
        }
    }

    private void Run()
    {
        while (!_stopping)
        {
            var wait = (uint)Lane.WaitMilliseconds;
            var ready = _epoll.Wait((int)Math.Min(wait, LongestWaitMilliseconds));
            Lane.BeginRound();
            var taken = 0;
            for (var index = 0; index < ready; index++)
            {
                taken += Serve(_epoll.Data(index), _epoll.IsError(index));
            }

            Lane.RunEvents();
            Lane.RunTimers();
            CountDrops();
            if (_coalescing.Pays(taken, Lane.RoundBegan))
            {
                Lane.BeginRest();
                ThreadSchedule.Rest(RestNanoseconds);
            }
        }
    }

    /// <summary>Once a second at most.</summary>
    private void CountDrops()
    {
        if (Lane.Now < _nextCount)
        {
            return;
        }

        _nextCount = Lane.Now + LongestWaitMilliseconds;
        foreach (var listener in _listeners)
        {
            listener.CountDrops();
        }
    }

    /// <returns>Datagrams taken.</returns>
    private int Serve(ulong source, bool isError)
    {
        if (source == Inbox)
        {
            _waker.Reset();
            return 0;
        }

        return _listeners[source - 1].Serve(Lane, _buffer, isError);
    }
}
