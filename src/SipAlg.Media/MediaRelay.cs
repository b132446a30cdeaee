using SipAlg.Media.Kernel;
using SipAlg.Media.Ports;
using SipAlg.Media.Relaying;
using SipAlg.Media.Sharing;

namespace SipAlg.Media;

/// <summary>
/// Relays media between ports: some threads, each with its own sockets. Its callers are lanes: each opens its pools, and
/// only it gives orders about ports taken from them. No order waits for a relay thread; what concerns packets takes
/// effect on the next one. Counters and totals are readable by any thread without touching the packets' way.
/// </summary>
public sealed unsafe partial class MediaRelay : IDisposable
{
    private static readonly TimeSpan StopWait = TimeSpan.FromSeconds(2);

    private readonly RelayThread[] _threads;
    private readonly PoolTable _pools = new();
    private readonly KernelDrops _kernelDrops;
    private int _placed;
    private volatile bool _isStopping;

    /// <exception cref="Linux.SystemCallException">The system refuses a descriptor.</exception>
    public MediaRelay(MediaRelayOptions options, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Threads, 1);
        (Options, Time, Realms) = (options, time, new RealmTable(options.Threads));
        _kernelDrops = new KernelDrops(_pools);
        FastPathRefusal = "it is switched off";
        if (options.FastPath)
        {
            Kernel = KernelRelay.TryOpen(options.FastPathOnLoopback, options.FastPathWithoutTcx, options.Threads, options.ProgramLoader, out var refusal);
            FastPathRefusal = refusal;
        }

        SharingRefusal = "it is switched off";
        if (options.ShareSockets)
        {
            Steering = PortSteering.TryOpen(out var refusal);
            SharingRefusal = refusal;
        }

        MayNotRunFirst = options.RunsFirst && !RelayThread.MayRunFirst();
        _threads = [.. Enumerable.Range(0, options.Threads).Select(number => new RelayThread(number, _pools, time, Kernel, new ArrivalWatch(options.StampedShare > 0), Steering != null, options.RunsFirst))];
        Kernel?.Links.Changed = () => Array.ForEach(_threads, thread => thread.Wake());
    }

    internal KernelRelay? Kernel { get; }
    internal PortSteering? Steering { get; }
    internal MediaRelayOptions Options { get; }
    internal TimeProvider Time { get; }
    internal RealmTable Realms { get; }
    internal bool IsStopping => _isStopping;

    public void Start()
    {
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Opens a lane's share of a realm's ports; also while the relay runs.</summary>
    /// <exception cref="ArgumentException">The range has no pair for this lane.</exception>
    public PortPool OpenPool(MediaRange range, int lane, int lanes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(lane);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(lane, lanes);
        Realms.Add(range.Realm);
        return _pools.Add(number => new PortPool(this, number, range, lane, lanes, PortsOf(range.Realm, lane)));
    }

    /// <summary>Chooses the relay thread of a call, in turn. All ports of a call are taken with the same place.</summary>
    public int Place() => (int)((uint)Interlocked.Increment(ref _placed) % (uint)_threads.Length);

    /// <summary>
    /// What arrives at one leaves from the other to the other's target: RTP with RTP, RTCP with RTCP, also where only one
    /// side multiplexes them. Either one's former partner is separated.
    /// </summary>
    /// <exception cref="ArgumentException">The ports were taken with different places.</exception>
    public void Join(in MediaPort a, in MediaPort b)
    {
        var one = Held(a);
        var other = Held(b);
        if (one == null || other == null)
        {
            return;
        }

        CheckPlaces(one, other);
        LeavePartner(one, other);
        LeavePartner(other, one);
        one->JoinWith(other);
        other->JoinWith(one);
    }

    /// <summary>
    /// What arrives at one leaves from the other, and that is all: the other's partner is who it was. For an end that sends to one port
    /// and is sent to from another.
    /// </summary>
    /// <exception cref="ArgumentException">The ports were taken with different places.</exception>
    public void Feed(in MediaPort a, in MediaPort b)
    {
        var one = Held(a);
        var other = Held(b);
        if (one != null && other != null)
        {
            CheckPlaces(one, other);
            LeavePartner(one, other);
            one->JoinWith(other);
        }
    }

    /// <summary>The port, and its partner, pass nothing on any more: packets are counted and dropped.</summary>
    public void Separate(in MediaPort a) => Order(a, PairMode.Separate);

    /// <summary>What arrives goes back to the port's own target.</summary>
    public void Loop(in MediaPort a) => Order(a, PairMode.Loop);

    /// <summary>Sends a 440 Hz tone in packets of 20 ms to the port's target until it is ordered otherwise or released; what arrives is taken and dropped silently.</summary>
    /// <param name="payloadType">As negotiated, 0 to 127.</param>
    public void PlayTone(in MediaPort a, ToneCodec codec, byte payloadType)
    {
        var pair = Held(a);
        if (pair != null)
        {
            LeavePartner(pair);
            pair->PlayTone(codec, payloadType);
            Submit(pair);
        }
    }

    /// <summary>
    /// Says where the port's stream goes and where it may come from, from the next packet on. The same SDP endpoint as
    /// before keeps the source that was learnt; another starts afresh.
    /// </summary>
    public void Aim(in MediaPort a, in MediaTarget target)
    {
        var pair = Held(a);
        if (pair != null)
        {
            _pools[a.Pool].SetMediaFrom(pair, target.MediaFrom);
            _pools[a.Pool].SetClocks(pair, target.Clocks);
            _pools[a.Pool].SetKeys(pair, target.Keys);
            var former = pair->Orders.Rtp.ToEndpoint();
            pair->Aim(target);
            if (_pools[a.Pool].SecureOf(pair) is not null || _pools.Find(former, static _ => true) != null || _pools.Find(target.Rtp, static _ => true) != null)
            {
                // Not only with the next packet: keys that do not hold any more are not kept so long, and where ports of ours lead to one another
                // none may come before the others' threads have seen this.
                Submit(pair);
            }
        }
    }

    /// <summary>Gives the port back. Its pool counts it as in use until the relay thread has closed it.</summary>
    public void Release(in MediaPort a) => TryRelease(a, out _);

    /// <summary>As <see cref="Release"/>; false if it had been given back before.</summary>
    /// <param name="a">The port.</param>
    /// <param name="owner">Whom it was taken for.</param>
    public bool TryRelease(in MediaPort a, out ulong owner)
    {
        var pair = Held(a);
        owner = pair == null ? 0 : pair->Owner;
        if (pair == null)
        {
            return false;
        }

        LeavePartner(pair);
        Volatile.Write(ref pair->IsReleased, true);
        pair->Shut();
        Submit(pair);
        return true;
    }

    /// <summary>Reads a port's counters, from any thread; false once it was closed.</summary>
    public bool TryRead(in MediaPort a, out MediaCounters counters)
    {
        counters = default;
        if (a.IsNone)
        {
            return false;
        }

        var pool = _pools[a.Pool];
        var pair = pool.PairOf(a.Port);
        return PairReader.TryRead(pair, a.Generation, pool.ClocksOf(pair), Time, out counters);
    }

    /// <summary>When a packet of an accepted source came last to a port or its RTCP port, by the relay's clock; 0: never, or the port was closed. From any thread.</summary>
    public long LastHeard(in MediaPort a) => a.IsNone ? 0 : PairReader.LastHeard(_pools[a.Pool].PairOf(a.Port), a.Generation);

    /// <summary>How long ago that was.</summary>
    public long MillisecondsSince(long heard) => (long)Time.GetElapsedTime(heard).TotalMilliseconds;

    /// <summary>The same of a time in a stream's figures.</summary>
    public TimeSpan Since(DateTimeOffset heard) => Time.GetUtcNow() - heard;

    /// <summary>Closes all ports; the lanes have stopped before. Waits for each thread for at most 2 s.</summary>
    public void Dispose()
    {
        if (_isStopping)
        {
            return;
        }

        _isStopping = true;
        // It wakes the threads, which must still be there.
        Kernel?.Links.Stop();
        Array.ForEach(_threads, thread => thread.Stop());
        var hang = false;
        foreach (var thread in _threads)
        {
            // A thread that hangs keeps its memory and descriptors: it may still use them.
            if (thread.Join(StopWait))
            {
                thread.Dispose();
            }
            else
            {
                hang = true;
            }
        }

        if (!hang)
        {
            CloseShared();
            Kernel?.Dispose();
        }
    }

    private void CloseShared()
    {
        foreach (var pool in _pools.All)
        {
            pool.Shared?.Dispose();
        }

        Steering?.Dispose();
    }

    /// <summary>Wakes the relay threads that got orders since the last time; with <see cref="MediaRelayOptions.LanesAnnounce"/> a lane calls it once a turn.</summary>
    public void Announce()
    {
        foreach (var thread in _threads)
        {
            thread.Announce();
        }
    }

    private LanePorts PortsOf(int realm, int lane)
    {
        foreach (var pool in _pools.All)
        {
            if (pool.Realm == realm && pool.Lane == lane)
            {
                return pool.Ports;
            }
        }

        return new LanePorts();
    }

    internal RelayThread ThreadAt(int place) => _threads[place];

    internal void Submit(Pair* pair)
    {
        if (!_isStopping)
        {
            _threads[pair->Thread].Submit(pair);
            if (!Options.LanesAnnounce)
            {
                _threads[pair->Thread].Announce();
            }
        }
    }

    private static void CheckPlaces(Pair* one, Pair* other)
    {
        if (one->Thread != other->Thread)
        {
            throw new ArgumentException($"Ports {one->Port} and {other->Port} were taken with different places.");
        }
    }

    private void Order(in MediaPort a, PairMode mode)
    {
        var pair = Held(a);
        if (pair != null)
        {
            LeavePartner(pair);
            pair->SetMode(mode);
        }
    }

    /// <summary>The pair of a port that its lane has not released; else null.</summary>
    private Pair* Held(in MediaPort port)
    {
        if (port.IsNone)
        {
            return null;
        }

        var pair = _pools[port.Pool].PairOf(port.Port);
        return pair->Generation == port.Generation && !pair->IsReleased ? pair : null;
    }

    /// <summary>Separates the partner, unless it stays (<paramref name="next"/>): a renewed join loses no packet.</summary>
    private static void LeavePartner(Pair* pair, Pair* next = null)
    {
        var partner = pair->Orders.Partner;
        if (pair->Orders.Mode == PairMode.Join && partner != next && partner->Generation == pair->Orders.PartnerGeneration &&
            partner->Orders.Mode == PairMode.Join && partner->Orders.Partner == pair)
        {
            partner->SetMode(PairMode.Separate);
        }
    }
}
