using SipAlg.Linux;
using SipAlg.Linux.Netlink;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Kernel;

/// <summary>
/// Makes and removes the flows of a relay thread's pairs. A packet that crossed in user space is the occasion to make one; an order
/// of the lane closes it before the lane goes on (<see cref="Pair.Shut"/>), and the next packet, which comes up, has it made anew.
/// </summary>
internal sealed unsafe class FlowMaker(KernelRelay kernel, PoolTable pools, long second) : IDisposable
{
    /// <summary>Flows whose routes are looked at in one turn, some microseconds each.</summary>
    private const int MostChecks = 32;

    private readonly Routes _routes = new();
    private readonly List<nint> _flows = [];
    private int _version = kernel.Links.Version;
    private int _toCheck;
    private long _due;
    private long _packets;
    private int _count;

    /// <summary>Flows in the kernel; any thread.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Packets that the kernel has relayed, as of the last second; any thread.</summary>
    public long Packets => Volatile.Read(ref _packets);

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
        if (IsPlain(pair, partner) && WayOf(pair, partner) is { } way)
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
        var last = (Pair*)_flows[^1];
        (_flows[pair->Flow.Place], last->Flow.Place) = ((nint)last, pair->Flow.Place);
        _flows.RemoveAt(_flows.Count - 1);
        Volatile.Write(ref _count, _flows.Count);
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

    public void Dispose() => _routes.Dispose();

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

    /// <summary>Nothing has to be done with the stream but to send it on.</summary>
    private static bool IsPlain(Pair* pair, Pair* partner) =>
        pair->CellIndex >= 0 && partner->CellIndex >= 0 &&
        pair->Active is { Mode: PairMode.Join, PassesAll: false, HasEvents: false, Latching: not Latching.Off } &&
        pair->Rtp.Latch.IsSettled && !partner->Rtp.Target.IsNone &&
        pair->Rtp.Latch.Settled.Family == partner->Rtp.Target.Family;

    private FlowWay? WayOf(Pair* pair, Pair* partner)
    {
        var (source, target) = (pair->Rtp.Latch.Settled.ToEndpoint(), partner->Rtp.Target.ToEndpoint());
        if (source.Scope != 0 || target.Scope != 0 ||
            _routes.Find(source.Address, pair->Flow.Bound) is not { } back || _routes.Find(target.Address, partner->Flow.Bound) is not { } on ||
            back.IsLocal != on.IsLocal || (back.IsLocal && !kernel.ServesLoopback))
        {
            return null;
        }

        var (entry, exit) = back.IsLocal ? (NetworkInterface.Loopback, NetworkInterface.Loopback) : (back.Interface, on.Interface);
        return kernel.Links.Find(entry) is { IsUp: true } comesBy && kernel.Links.Find(exit) is { IsUp: true } leavesBy && HasEthernet(comesBy) && HasEthernet(leavesBy)
            ? new FlowWay(entry, exit, back.Source, on.Source, on.Mtu == 0 ? leavesBy.Mtu : Math.Min(on.Mtu, leavesBy.Mtu))
            : null;
    }

    private static bool HasEthernet(NetworkInterface link) => link.Kind is LinkKind.Ethernet or LinkKind.Loopback;

    private void Install(Pair* pair, Pair* partner, FlowWay way)
    {
        var key = FlowKey.Of(pair->Rtp.Latch.Settled, SockAddr.From(new IpEndpoint(way.Local, pair->Port)));
        var flow = Flow.Between(key, SockAddr.From(new IpEndpoint(way.From, partner->Port)), partner->Rtp.Target, pools[partner->Pool].Dscp) with
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
        Volatile.Write(ref _count, _flows.Count);
        _due = _flows.Count == 1 ? 0 : _due;
        kernel.Links.Use(way.Entry);
    }
}
