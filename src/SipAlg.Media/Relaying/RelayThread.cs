using SipAlg.Linux;
using SipAlg.Media.Events;
using SipAlg.Media.Kernel;
using SipAlg.Media.Sources;
using SipAlg.Media.Statistics;
using SipAlg.Media.Tones;

namespace SipAlg.Media.Relaying;

/// <summary>
/// A thread that owns the sockets of its pairs: it alone watches, serves and closes them. A turn takes over what the
/// lanes queued, receives one packet of each readable port, and sends the tones and events that are due.
/// </summary>
internal sealed unsafe class RelayThread : IDisposable
{
    /// <summary>No pool has this number, so no port this mark.</summary>
    private const ulong WakeupMark = ulong.MaxValue;

    private readonly Epoll _epoll = new();
    private readonly Wakeup _wakeup = new();
    private readonly PairQueue _queue = new();
    private readonly PoolTable _pools;
    private readonly TimeProvider _time;
    private readonly PacketPath _path;
    private readonly ToneSender _tones;
    private readonly EventRelay _events;
    private readonly ArrivalWatch _arrivals;
    private readonly FlowMaker? _flows;
    private readonly Thread _thread;
    private readonly int _number;
    private Pair* _orders;
    private volatile bool _stops;
    private int _isUnannounced;
    private long _faults;
    private long _allocatedOctets;

    /// <exception cref="SystemCallException">The system refuses a descriptor.</exception>
    public RelayThread(int number, PoolTable pools, TimeProvider time, KernelRelay? kernel, ArrivalWatch arrivals)
    {
        _arrivals = arrivals;
        _flows = kernel == null ? null : new FlowMaker(kernel, pools, time.TimestampFrequency);
        (_number, _pools, _time) = (number, pools, time);
        _events = new EventRelay(pools, time.TimestampFrequency);
        _path = new PacketPath(new SourceJudge(pools, number, time.TimestampFrequency), _events, new StreamWatch(pools, time.TimestampFrequency), _flows);
        _tones = new ToneSender(_path, time.TimestampFrequency);
        Delay = new DelayCells(time.TimestampFrequency);
        _epoll.TryWatch(_wakeup.Descriptor, WakeupMark);
        _thread = new Thread(Run) { Name = $"relay {number}", IsBackground = true };
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
        _arrivals.Dispose();
        _tones.Dispose();
        _events.Dispose();
        _flows?.Dispose();
        _epoll.Dispose();
        _wakeup.Dispose();
    }

    private void Run()
    {
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
        var ready = _epoll.Wait(_tones.IsEmpty && _events.IsIdle && (_flows is null || _flows.IsIdle) ? -1 : MillisecondsToNext());
        var start = _time.GetTimestamp();
        _path.Now = start;
        var packets = Serve(ready) + _tones.SendDue(start) + _events.SendDue(_path, start);
        _flows?.Look(start);
        if (packets > 0)
        {
            Delay.Observe(_time.GetTimestamp() - start);
        }
    }

    private int MillisecondsToNext()
    {
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
            if (mark == WakeupMark)
            {
                // First the reset: what is queued afterwards signals anew.
                _wakeup.Reset();
                TakeOrders();
                Volatile.Write(ref _allocatedOctets, GC.GetAllocatedBytesForCurrentThread());
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

        if (!pair->IsWatched)
        {
            Watch(pair);
        }

        pair->Refresh();
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
        if (!_epoll.TryWatch(pair->Rtp.Descriptor, MarkOf(pair, 0)) || !_epoll.TryWatch(pair->Rtcp.Descriptor, MarkOf(pair, 1)))
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
        var (rtp, rtcp) = (pair->Rtp.Descriptor, pair->Rtcp.Descriptor);
        pair->Realm->Drop(DropReason.Kernel, SocketDrops.Of(rtp) + (long)SocketDrops.Of(rtcp));
        // First the generation: who reads it as it was afterwards has asked these sockets and no others.
        pair->Clear();
        Interlocked.MemoryBarrier();
        // Closing the only descriptor of a socket takes it out of epoll.
        _ = LibC.Close(rtp);
        _ = LibC.Close(rtcp);
        pool.Closed(pair, _path.Now);
    }

    private void CloseAll()
    {
        foreach (var pool in _pools.All)
        {
            for (var i = 0; i < pool.Capacity; i++)
            {
                var pair = pool.PairAt(i);
                if (pair->IsOpen && pair->Thread == _number)
                {
                    Close(pair);
                }
            }
        }
    }

    private void CountFault() => Volatile.Write(ref _faults, _faults + 1);

    private bool TryFind(ulong mark, out Pair* pair, out Slot* slot)
    {
        var port = (ushort)mark;
        pair = _pools[(ushort)(mark >> 16)].PairOf(port);
        slot = (port & 1) == 0 ? &pair->Rtp : &pair->Rtcp;
        return pair->Generation == (uint)(mark >> 32) && pair->IsOpen;
    }

    private static ulong MarkOf(Pair* pair, uint offset) => ((ulong)pair->Generation << 32) | ((ulong)pair->Pool << 16) | (pair->Port + offset);
}
