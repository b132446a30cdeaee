using SipAlg.Linux;
using SipAlg.Media.Events;
using SipAlg.Media.Kernel;
using SipAlg.Media.Ports;
using SipAlg.Media.Sharing;
using SipAlg.Media.Sources;
using SipAlg.Media.Srtp;
using SipAlg.Media.Statistics;
using SipAlg.Media.Tones;

namespace SipAlg.Media.Relaying;

/// <summary>
/// A thread that owns the sockets of its pairs: it alone watches, serves and closes them. A turn takes over what the
/// lanes queued, receives one packet of each readable port, and sends the tones and events that are due.
/// </summary>
internal sealed unsafe partial class RelayThread : IDisposable
{
    private const ulong WakeupMark = ulong.MaxValue;

    /// <summary>
    /// Events of a port carry its pair's address, whose lowest bits are free since it begins a cache line, and whose highest 16 Linux does not
    /// use unless it is asked to. These have some of the generation, so that an event of the last taking is told from one of this.
    /// </summary>
    private const ulong PortMark = 1;
    private const ulong RtcpMark = 2;
    private const ulong AddressOfMark = 0x0000_FFFF_FFFF_FFC0;

    /// <summary>Before lanes, the pool and the collector, whose delays are not heard. A real-time priority starves them when it is saturated, and is for who asks for it.</summary>
    private const int Nice = -10;

    /// <summary>The least of those that come before all fair threads.</summary>
    private const int First = 1;

    /// <summary>Packets a second from which the thread rests between its turns (docs/decisions/0042-a-rest-between-turns.md).</summary>
    private const int Dense = 15_000;

    private const int Enough = 64;

    /// <summary>With what the timer adds (50 µs) the most that a packet waits for it.</summary>
    private const int RestNanoseconds = 200_000;

    private static readonly TimeSpan _slice = TimeSpan.FromMilliseconds(0.1);

    private readonly Epoll _epoll = new();
    private readonly Wakeup _wakeup = new();
    private readonly PairQueue _queue = new();
    private readonly PoolTable _pools;
    private readonly TimeProvider _time;
    private readonly PacketPath _path;
    private readonly ToneSender _tones;
    private readonly EventRelay _events;
    private readonly SecurePath _secure;
    private readonly ReturnWatch _returns;
    private readonly ArrivalWatch _arrivals;
    private readonly FlowMaker? _flows;
    private readonly Thread _thread;
    private readonly int _number;
    private readonly bool _runsFirst;
    private Pair* _orders;
    private Coalescing _coalescing;
    private long _restedSince = long.MaxValue;
    private volatile bool _stops;
    private int _isUnannounced;
    private long _faults;
    private long _allocatedOctets;

    /// <exception cref="SystemCallException">The system refuses a descriptor.</exception>
    public RelayThread(int number, PoolTable pools, TimeProvider time, KernelRelay? kernel, ArrivalWatch arrivals, bool sharesSockets, bool runsFirst = false)
    {
        (_arrivals, _runsFirst) = (arrivals, runsFirst);
        (_number, _pools, _time) = (number, pools, time);
        _ring = OpenRing(kernel);
        _flows = kernel == null ? null : new FlowMaker(kernel, pools, time.TimestampFrequency, _ring == null ? 0 : _number + 1);
        _events = new EventRelay(pools, time.TimestampFrequency);
        _secure = new SecurePath(pools, time.TimestampFrequency);
        _returns = new ReturnWatch(pools, number, time.TimestampFrequency);
        _path = new PacketPath(new SourceJudge(pools, number, time.TimestampFrequency, _returns), _events, new StreamWatch(pools, time.TimestampFrequency), _flows, _secure, _returns);
        _tones = new ToneSender(_path, time.TimestampFrequency);
        Delay = new DelayCells(time.TimestampFrequency);
        _coalescing = new Coalescing(time.TimestampFrequency, Dense, Enough);
        _epoll.TryWatch(_wakeup.Descriptor, WakeupMark);
        if (sharesSockets)
        {
            (_batch, _icmpV4, _icmpV6) = (new PacketBatch(), OpenIcmp(isV4: true), OpenIcmp(isV4: false));
        }

        _thread = new Thread(Run) { Name = $"relay {number}", IsBackground = true };
    }

    /// <summary>Whether the system lets a thread of this process run before all others: one tries it.</summary>
    public static bool MayRunFirst()
    {
        var may = false;
        var trial = new Thread(() => may = ThreadSchedule.TryPutFirst(First)) { Name = "relay trial" };
        trial.Start();
        trial.Join();
        return may;
    }

    public DelayCells Delay { get; }

    /// <summary>How long packets of some ports have waited for this thread.</summary>
    public DelayCells Waits => _arrivals.Waits;

    /// <summary>Flows in the kernel, and packets that it has relayed.</summary>
    public (int Count, long Packets) Flows => (_flows?.Count ?? 0, _flows?.Packets ?? 0);

    /// <summary>Exceptions that the loop survived, and sockets that the system would not watch.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>What this thread has allocated on the managed heap, as of its last wake-up.</summary>
    public long AllocatedOctets => Volatile.Read(ref _allocatedOctets);

    public void Start() => _thread.Start();

    /// <summary>Hands a pair with new orders over; the thread sees it once <see cref="Announce"/> was called.</summary>
    public void Submit(Pair* pair)
    {
        if (_queue.Push(pair))
        {
            Volatile.Write(ref _isUnannounced, 1);
        }
    }

    /// <summary>Wakes the thread if something was handed over since the last time.</summary>
    public void Announce()
    {
        if (Volatile.Read(ref _isUnannounced) != 0 && Interlocked.Exchange(ref _isUnannounced, 0) != 0 && !_stops)
        {
            _wakeup.Signal();
        }
    }

    /// <summary>Something outside the lanes' orders is to be looked at.</summary>
    public void Wake() => _wakeup.Signal();

    public void Stop()
    {
        _stops = true;
        _wakeup.Signal();
    }

    /// <summary>Waits for the thread to have closed its ports; false when it did not within the time.</summary>
    public bool Join(TimeSpan atMost)
    {
        if (!_thread.ThreadState.HasFlag(ThreadState.Unstarted))
        {
            return _thread.Join(atMost);
        }

        CloseAll();
        return true;
    }

    /// <summary>Only after <see cref="Join"/> said true.</summary>
    public void Dispose()
    {
        _path.Dispose();
        _secure.Dispose();
        _returns.Dispose();
        _arrivals.Dispose();
        _tones.Dispose();
        _events.Dispose();
        _flows?.Dispose();
        _ring?.Dispose();
        _batch?.Dispose();
        _icmpV4?.Dispose();
        _icmpV6?.Dispose();
        _epoll.Dispose();
        _wakeup.Dispose();
    }

    private void Run()
    {
        _ = (_runsFirst && ThreadSchedule.TryPutFirst(First)) || ThreadSchedule.TryPrefer(Nice, _slice);
        while (!_stops)
        {
            try
            {
                Turn();
            }
            catch (Exception)
            {
                CountFault();
                // Orders that this turn left behind are not announced again.
                _wakeup.Signal();
            }
        }

        CloseAll();
    }

    private void Turn()
    {
        var ready = _epoll.Wait(MillisecondsToNext());
        var start = _time.GetTimestamp();
        _path.Now = start;
        var received = ServeRing() + Serve(ready);
        var packets = received + _tones.SendDue(start) + _events.SendDue(_path, start);
        _flows?.Look(start);
        if (packets > 0)
        {
            Delay.Observe(_time.GetTimestamp() - Math.Min(start, _restedSince));
        }

        _restedSince = long.MaxValue;
        if (_coalescing.Pays(received, start))
        {
            _restedSince = _time.GetTimestamp();
            ThreadSchedule.Rest(RestNanoseconds);
        }
    }

    private int MillisecondsToNext()
    {
        if (_ring != null && _ring.HasMore())
        {
            return 0;
        }

        if (_tones.IsEmpty && _events.IsIdle && (_flows is null || _flows.IsIdle))
        {
            return -1;
        }

        var now = _time.GetTimestamp();
        var next = Math.Min(_tones.IsEmpty ? int.MaxValue : _tones.MillisecondsToNext(now), _events.IsIdle ? int.MaxValue : _events.MillisecondsToNext(now));
        return Math.Min(next, _flows is null || _flows.IsIdle ? int.MaxValue : _flows.MillisecondsToNext(now));
    }

    private int Serve(int ready)
    {
        var packets = 0;
        for (var i = 0; i < ready; i++)
        {
            var mark = _epoll.Data(i);
            CacheLine.Fetch(PairOf(_epoll.Data(Math.Min(i + 1, ready - 1))));
            if (mark == WakeupMark)
            {
                // First the reset: what is queued afterwards signals anew.
                _wakeup.Reset();
                TakeOrders();
                Volatile.Write(ref _allocatedOctets, GC.GetAllocatedBytesForCurrentThread());
            }
            else if ((mark & PortMark) == 0)
            {
                packets += ServeShared(mark);
            }
            else if (TryFind(mark, out var pair, out var slot))
            {
                if (slot->IsStamped)
                {
                    _arrivals.Look(slot->Descriptor);
                }

                _path.Receive(pair, slot);
                packets++;
            }
        }

        return packets;
    }

    private void TakeOrders()
    {
        do
        {
            while (_orders != null)
            {
                Obey(PairQueue.Pop(ref _orders));
            }

            _orders = _queue.TakeAll();
        }
        while (_orders != null);
    }

    private void Obey(Pair* pair)
    {
        if (!pair->IsOpen)
        {
            return;
        }

        if (Volatile.Read(ref pair->IsReleased))
        {
            Close(pair);
            return;
        }

        if (!pair->IsWatched && pair->Shared == null)
        {
            Watch(pair);
        }

        _path.Refresh(pair);
        _secure.Look(pair);
        if (pair->Active.Mode == PairMode.Tone && !pair->IsTone)
        {
            _tones.Add(pair, _path.Now);
        }

        if (pair->Active.HasEvents)
        {
            _events.Look(pair, _path.Now);
        }
    }

    private void Watch(Pair* pair)
    {
        pair->IsWatched = true;
        if (!_epoll.TryWatch(pair->Rtp.Descriptor, MarkOf(pair)) || !_epoll.TryWatch(pair->Rtcp.Descriptor, MarkOf(pair) | RtcpMark))
        {
            CountFault();
        }
    }

    private void Close(Pair* pair)
    {
        if (pair->IsTone)
        {
            _tones.Remove(pair);
        }

        if (pair->IsBusy)
        {
            _events.Remove(pair);
        }

        if (_flows != null)
        {
            _flows.Remove(pair);
            _flows.Fold(pair);
        }

        var pool = _pools[pair->Pool];
        if (pair->Shared != null)
        {
            SharedPorts.Leave(pair->Shared, pair->Port);
            pair->Clear();
        }
        else
        {
            CloseSockets(pair);
        }

        pool.Closed(pair, _path.Now);
    }

    private static void CloseSockets(Pair* pair)
    {
        var (rtp, rtcp) = (pair->Rtp.Descriptor, pair->Rtcp.Descriptor);
        pair->Realm->Drop(DropReason.Kernel, SocketDrops.Of(rtp) + (long)SocketDrops.Of(rtcp));
        // First the generation: who reads it as it was afterwards has asked these sockets and no others.
        pair->Clear();
        Interlocked.MemoryBarrier();
        // Closing the only descriptor of a socket takes it out of epoll.
        _ = LibC.Close(rtp);
        _ = LibC.Close(rtcp);
    }

    private void CloseAll()
    {
        foreach (var pool in _pools.All)
        {
            foreach (var block in pool.Blocks)
            {
                CloseAll(block);
            }
        }
    }

    private void CloseAll(PairBlock block)
    {
        for (var at = 0; at < PairBlock.Pairs; at++)
        {
            var pair = block.PairAt(at);
            if (pair->IsOpen && pair->Thread == _number)
            {
                Close(pair);
            }
        }
    }

    private void CountFault() => Volatile.Write(ref _faults, _faults + 1);

    private static Pair* PairOf(ulong mark) => (Pair*)(mark & AddressOfMark);

    /// <summary>What an event of the pair's port of RTP carries.</summary>
    internal static ulong MarkOf(Pair* pair) => (ulong)pair | PortMark | ((ulong)pair->Generation << 48);

    private static bool TryFind(ulong mark, out Pair* pair, out Slot* slot)
    {
        pair = PairOf(mark);
        slot = (mark & RtcpMark) == 0 ? &pair->Rtp : &pair->Rtcp;
        return (ushort)pair->Generation == mark >> 48 && pair->IsOpen;
    }
}
