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
    private const int RestNanoseconds = 1_000_000;

    private const ulong Inbox = 0;

    /// <summary>With it a listener's number means its socket for strangers.</summary>
    private const ulong Strangers = 1UL << 32;

    private readonly Epoll _epoll = new();
    private readonly LaneNetwork _network;
    private readonly LaneWaker _waker;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);
    private readonly Thread _thread;
    private readonly Func<bool> _isLosing;
    private Coalescing _coalescing;
    private volatile bool _stopping;
    private long _nextCount;

    /// <param name="waker">What the lane wakes when its inbox is no longer empty; owned from here on.</param>
    /// <param name="network">Whose sockets it serves once it is told to watch them; owned likewise.</param>
    public LaneThread(Lane lane, LaneWaker waker, LaneNetwork network)
    {
        (Lane, _waker, _network, _isLosing) = (lane, waker, network, network.IsLosing);
        _coalescing = new Coalescing(lane.TicksPerSecond, Dense, Enough);
        Watch(waker.Descriptor, Inbox);
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
        _network.CloseAll();
    }

    /// <summary>Serves the UDP sockets of these listeners from now on; from any thread.</summary>
    public void Watch(IEnumerable<int> listeners)
    {
        foreach (var listener in listeners)
        {
            Watch(_network.UdpAt(listener)!.Descriptor, (ulong)listener + 1);
            if (_network.StrangersAt(listener) is { } strangers)
            {
                Watch(strangers.Descriptor, Strangers | ((ulong)listener + 1));
            }
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
            var waiting = 0;
            for (var index = 0; index < ready; index++)
            {
                var source = _epoll.Data(index);
                waiting += source < Strangers ? 0 : 1;
                taken += source < Strangers ? Serve(source, _epoll.IsError(index)) : 0;
            }

            taken += waiting == 0 ? 0 : ServeStrangers(ready);
            Lane.RunEvents();
            Lane.RunTimers();
            CountDrops();
            Lane.EndRound(_isLosing);
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
        _network.CountDrops();
    }

    /// <summary>After all others, and a few each.</summary>
    /// <returns>Datagrams taken.</returns>
    private int ServeStrangers(int ready)
    {
        var taken = 0;
        for (var index = 0; index < ready; index++)
        {
            var source = _epoll.Data(index);
            taken += source < Strangers ? 0 : _network.StrangersAt((int)(source & ~Strangers) - 1)?.Serve(Lane, _buffer, _epoll.IsError(index)) ?? 0;
        }

        return taken;
    }

    /// <returns>Datagrams taken.</returns>
    private int Serve(ulong source, bool isError)
    {
        if (source == Inbox)
        {
            _waker.Reset();
            return 0;
        }

        // One that was closed earlier in this round.
        return _network.UdpAt((int)source - 1)?.Serve(Lane, _buffer, isError) ?? 0;
    }
}
