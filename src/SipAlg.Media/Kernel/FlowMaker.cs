using SipAlg.Linux;
using SipAlg.Linux.Netlink;
using SipAlg.Media.Relaying;
using SipAlg.Media.Sharing;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Kernel;

/// <summary>
/// Makes and removes the flows of a relay thread's pairs. A packet that crossed in user space is the occasion to make one; an order
/// of the lane closes it before the lane goes on (<see cref="Pair.Shut"/>), and the next packet, which comes up, has it made anew.
/// </summary>
/// <param name="kernel">Where they are.</param>
/// <param name="pools">Of the pairs.</param>
/// <param name="second">Timestamps a second.</param>
/// <param name="ring">Number of the thread's ring (<see cref="Flow.Ring"/>); 0: it has none.</param>
internal sealed unsafe class FlowMaker(KernelRelay kernel, PoolTable pools, long second, int ring) : IDisposable
{
    /// <summary>Flows whose routes are looked at in one turn, some microseconds each.</summary>
    private const int MostChecks = 32;

    private readonly Routes _routes = new();
    private readonly RawSenders _senders = new(pools);
    private readonly List<nint> _flows = [];
    private int _version = kernel.Links.Version;
    private int _toCheck;
    private long _due;
    private long _packets;
    private long _withoutRoom;
    private int _count;
    private int _ringed;

    /// <summary>Flows that the kernel relays; any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Packets that the kernel has relayed, as of the last second; any thread.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>Flows whose packets come by the thread's ring; any thread.</summary>
    public int Ringed => Volatile.Read(ref _ringed);

    /// <summary>Packets that found no room there, as of the last second; any thread.</summary>
    public long WithoutRoom => Volatile.Read(ref _withoutRoom);

    /// <summary>No flow to look after.</summary>
    public bool IsIdle => _flows.Count == 0;

    /// <summary>How long the loop may sleep.</summary>
    public int MillisecondsToNext(long now) => _toCheck > 0 ? 0 : (int)Math.Clamp((((_due - now) * 1000) + second - 1) / second, 0, 1000);

    /// <summary>A packet of RTP has crossed from the settled source: the next ones may do so in the kernel.</summary>
    public void Consider(Pair* pair, Pair* partner)
    {
        // First the gates, then the orders: had the lane given new ones after the gates were read, the flow would be closed already.
        var (entry, exit) = (Volatile.Read(ref pair->Cell->Gate), Volatile.Read(ref partner->Cell->Gate));
        ref var state = ref pair->Flow;
        if ((state.IsTried && state.EntryGate == entry && state.ExitGate == exit && state.Version == _version) || !pair->IsUpToDate || !partner->IsUpToDate)
        {
            return;
        }

        Remove(pair);
        (state.IsTried, state.EntryGate, state.ExitGate, state.Version) = (true, entry, exit, _version);
        state.IsRinged = ring != 0 && IsSecure(pair, partner);
        if (MayCross(pair, partner) && WayOf(pair, partner) is { } way)
        {
            Install(pair, partner, way);
        }
    }

    /// <summary>The flow of what arrives at a pair is no more; what it has counted stands in the realm's totals.</summary>
    public void Remove(Pair* pair)
    {
        if (!pair->Flow.IsInstalled)
        {
            return;
        }

        _ = kernel.Flows.Delete(&pair->Flow.Key);
        kernel.Links.Leave(pair->Flow.Way.Entry);
        pair->Flow.IsInstalled = false;
        pair->Flow.IsTried = false;
        LeaveSender(pair);
        var last = (Pair*)_flows[^1];
        (_flows[pair->Flow.Place], last->Flow.Place) = ((nint)last, pair->Flow.Place);
        _flows.RemoveAt(_flows.Count - 1);
        Note(pair, -1);
        FoldBoth(pair);
    }

    /// <summary>Adds what the kernel has relayed of a pair to its realm's totals.</summary>
    public void Fold(Pair* pair)
    {
        var cell = pair->Cell;
        ref var folded = ref pair->Flow;
        var (packetsIn, octetsIn, packetsOut, octetsOut) = (Volatile.Read(ref cell->PacketsIn), Volatile.Read(ref cell->OctetsIn), Volatile.Read(ref cell->PacketsOut), Volatile.Read(ref cell->OctetsOut));
        pair->Realm->Crossed(packetsIn - folded.PacketsIn, octetsIn - folded.OctetsIn, packetsOut - folded.PacketsOut, octetsOut - folded.OctetsOut);
        Volatile.Write(ref _packets, _packets + packetsIn - folded.PacketsIn);
        (folded.PacketsIn, folded.OctetsIn, folded.PacketsOut, folded.OctetsOut) = (packetsIn, octetsIn, packetsOut, octetsOut);
        var withoutRoom = Volatile.Read(ref cell->WithoutRoom);
        Volatile.Write(ref _withoutRoom, _withoutRoom + withoutRoom - folded.WithoutRoom);
        folded.WithoutRoom = withoutRoom;
    }

    /// <summary>Once a second: totals, and flows that an order has closed and no packet has made anew. After changes of routes: flows that go elsewhere now.</summary>
    public void Look(long now)
    {
        if (_version != kernel.Links.Version)
        {
            (_version, _toCheck) = (kernel.Links.Version, _flows.Count);
        }

        for (var checks = 0; _toCheck > 0 && checks < MostChecks; checks++)
        {
            CheckRoute(--_toCheck);
        }

        if (now >= _due)
        {
            _due = now + second;
            FoldAll();
        }
    }

    public void Dispose()
    {
        _routes.Dispose();
        _senders.Dispose();
    }

    private void FoldAll()
    {
        for (var index = _flows.Count - 1; index >= 0; index--)
        {
            var pair = (Pair*)_flows[index];
            FoldBoth(pair);
            var partner = pair->Flow.Partner;
            if (pair->Flow.EntryGate != Volatile.Read(ref pair->Cell->Gate) || pair->Flow.ExitGate != Volatile.Read(ref partner->Cell->Gate))
            {
                Remove(pair);
            }
        }
    }

    /// <summary>Both ends of a pair's flow. A partner that was closed meanwhile has been seen to then.</summary>
    private void FoldBoth(Pair* pair)
    {
        Fold(pair);
        if (pair->Flow.Partner->Generation == pair->Flow.PartnerGeneration)
        {
            Fold(pair->Flow.Partner);
        }
    }

    private void CheckRoute(int index)
    {
        if (index >= _flows.Count)
        {
            return;
        }

        var pair = (Pair*)_flows[index];
        var partner = pair->Flow.Partner;
        if (partner->Generation != pair->Flow.PartnerGeneration || WayOf(pair, partner) != pair->Flow.Way)
        {
            Remove(pair);
        }
        else
        {
            pair->Flow.Version = _version;
        }
    }

    /// <summary>Whatever comes from the settled source crosses.</summary>
    private static bool MayCross(Pair* pair, Pair* partner) =>
        pair->CellIndex >= 0 && partner->CellIndex >= 0 &&
        pair->Active is { Mode: PairMode.Join, PassesAll: false, HasEvents: false, Latching: not Latching.Off } &&
        pair->Rtp.Latch.IsSettled && !partner->Rtp.Target.IsNone && (pair->Flow.IsRinged || IsPlain(pair, partner));

    /// <summary>Nothing has to be done with the stream but to send it on.</summary>
    private static bool IsPlain(Pair* pair, Pair* partner) =>
        !IsSecure(pair, partner) && pair->Rtp.Latch.Settled.Family == partner->Rtp.Target.Family;

    private static bool IsSecure(Pair* pair, Pair* partner) => pair->Active.IsSecure || partner->Active.IsSecure;

    private FlowWay? WayOf(Pair* pair, Pair* partner) => pair->Flow.IsRinged ? WayToRing(pair) : WayThrough(pair, partner);

    private FlowWay? WayThrough(Pair* pair, Pair* partner)
    {
        var (source, target) = (pair->Rtp.Latch.Settled.ToEndpoint(), partner->Rtp.Target.ToEndpoint());
        if (source.Scope != 0 || target.Scope != 0 ||
            _routes.Find(source.Address, pair->Flow.Bound) is not { } back || _routes.Find(target.Address, partner->Flow.Bound) is not { } on ||
            back.IsLocal != on.IsLocal || (back.IsLocal && !kernel.ServesLoopback))
        {
            return null;
        }

        var (entry, exit) = back.IsLocal ? (NetworkInterface.Loopback, NetworkInterface.Loopback) : (back.Interface, on.Interface);
        return Ethernet(entry) is not null && Ethernet(exit) is { } leavesBy
            ? new FlowWay(entry, exit, back.Source, on.Source, on.NextHop, on.Mtu == 0 ? leavesBy.Mtu : Math.Min(on.Mtu, leavesBy.Mtu))
            : null;
    }

    /// <summary>Where packets leave, their socket finds out.</summary>
    private FlowWay? WayToRing(Pair* pair)
    {
        var source = pair->Rtp.Latch.Settled.ToEndpoint();
        if (source.Scope != 0 || _routes.Find(source.Address, pair->Flow.Bound) is not { } back || (back.IsLocal && !kernel.ServesLoopback))
        {
            return null;
        }

        var entry = back.IsLocal ? NetworkInterface.Loopback : back.Interface;
        return Ethernet(entry) is null ? null : new FlowWay(entry, entry, back.Source, back.Source, default, RingPacket.MostOctets + IpLayout.Of(source.Address.IsV4).Octets);
    }

    /// <summary>The interface, if it is up and its packets are of the form that the program knows.</summary>
    private NetworkInterface? Ethernet(int index) =>
        kernel.Links.Find(index) is { IsUp: true, Kind: LinkKind.Ethernet or LinkKind.Loopback } link ? link : null;

    private void Install(Pair* pair, Pair* partner, FlowWay way)
    {
        var key = FlowKey.Of(pair->Rtp.Latch.Settled, SockAddr.From(new IpEndpoint(way.Local, pair->Port)));
        var flow = (pair->Flow.IsRinged ? ToRing(pair, way) : Through(key, partner, way)) with
        {
            Entry = (uint)pair->CellIndex,
            EntryGate = pair->Flow.EntryGate,
            Exit = (uint)partner->CellIndex,
            ExitGate = pair->Flow.ExitGate,
            MostOctets = (uint)way.MostOctets,
            Interface = way.Exit == NetworkInterface.Loopback ? 0 : (uint)way.Exit,
        };
        if (kernel.Flows.Update(&key, &flow) != 0)
        {
            return;
        }

        (pair->Flow.Key, pair->Flow.Way, pair->Flow.IsInstalled, pair->Flow.Place) = (key, way, true, _flows.Count);
        pair->Flow.Partner = partner;
        pair->Flow.PartnerGeneration = partner->Generation;
        _flows.Add((nint)pair);
        if (pair->Flow.IsRinged)
        {
            pair->Flow.Sender = partner->Sender = _senders.Use(partner);
        }

        Note(pair, 1);
        _due = _flows.Count == 1 ? 0 : _due;
        kernel.Links.Use(way.Entry);
    }

    private Flow Through(in FlowKey key, Pair* partner, in FlowWay way) =>
        Flow.Between(key, SockAddr.From(new IpEndpoint(way.From, partner->Port)), partner->Rtp.Target, pools[partner->Pool].Dscp) with { NextHop = Neighbour.Of(way.NextHop) };

    private Flow ToRing(Pair* pair, in FlowWay way) => new()
    {
        Ring = (uint)ring,
        Origin = new RingOrigin
        {
            Mark = RelayThread.MarkOf(pair), Source = pair->Rtp.Latch.Settled,
            PseudoSum = Checksum.PseudoSum(pair->Rtp.Latch.Settled, SockAddr.From(new IpEndpoint(way.Local, pair->Port))),
        },
    };

    private void LeaveSender(Pair* pair)
    {
        ref var state = ref pair->Flow;
        if (state.Sender != null && state.Partner->Generation == state.PartnerGeneration)
        {
            state.Partner->Sender = null;
        }

        _senders.Leave(state.Sender);
        state.Sender = null;
    }

    private void Note(Pair* pair, int change)
    {
        ref var count = ref pair->Flow.IsRinged ? ref _ringed : ref _count;
        Volatile.Write(ref count, count + change);
    }
}
