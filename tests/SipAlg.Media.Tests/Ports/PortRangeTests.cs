using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Ports;

/// <summary>A pool that gets another range while calls have ports of it.</summary>
public sealed class PortRangeTests
{
    private static readonly IpAddress Bind = IpAddress.Parse(RelayRig.Address);

    [Fact]
    public void Ports_of_a_call_outlast_their_range_and_go_on_relaying()
    {
        using var rig = new RelayRig(first: 24000, last: 24003);
        using var a = new Phone(RelayRig.Address);
        using var b = new Phone(RelayRig.Address);
        var (portA, portB) = rig.Call(a, b);

        rig.Pool.Resize(new MediaRange(0, 24010, 24019));

        a.Send([0x80, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1], RelayRig.Address, portA.Port);
        Assert.Equal(12, b.Receive().Length);
        Assert.Equal((5, 2, 5), (rig.Pool.Capacity, rig.Pool.InUse, rig.Pool.Free));
        Assert.InRange(rig.Take().Port, 24010, 24018);
        rig.Relay.Release(portA);
        rig.Relay.Release(portB);
        Eventually.True(() => rig.Pool.InUse == 1, "the old ones are closed");
        rig.Take();
        Assert.Equal(3, rig.Pool.Free);
    }

    [Fact]
    public void The_account_is_exact_when_ranges_overlap()
    {
        using var rig = new RelayRig(first: 24000, last: 24009);
        var held = Enumerable.Range(0, 5).Select(_ => rig.Take()).ToList();

        rig.Pool.Resize(new MediaRange(0, 24006, 24013));
        Assert.Equal((4, 2, (5, 4)), (rig.Pool.Capacity, rig.Pool.Free, rig.Pool.LaneUse));
        Assert.Equal(new ushort[] { 24010, 24012 }, new[] { rig.Take().Port, rig.Take().Port }.Order());
        Assert.Equal((PortTakeResult.Exhausted, 0L), (rig.Pool.TryTake(Bind, 0, out _), rig.Pool.FoundInUseElsewhere));

        held.ForEach(port => rig.Relay.Release(port));
        Eventually.True(() => rig.Pool.InUse == 2, "the old ones are closed");
        Assert.Equal(new ushort[] { 24006, 24008 }, new[] { rig.Take().Port, rig.Take().Port }.Order());
        Assert.Equal(PortTakeResult.Exhausted, rig.Pool.TryTake(Bind, 0, out _));
    }

    [Fact]
    public void Every_lane_keeps_its_ports_in_whatever_range()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        var pools = Enumerable.Range(0, 3).Select(lane => relay.OpenPool(new MediaRange(0, 24000, 24019), lane, 3)).ToList();
        var before = pools.Select(TakeAll).ToList();
        pools.ForEach(pool => pool.Resize(new MediaRange(0, 24002, 24041)));

        Assert.Equal(20, pools.Sum(pool => pool.Capacity));
        Assert.Equal(20 - 9, pools.Select(TakeAll).Sum(ports => ports.Count));
        Assert.All(pools, pool => Assert.Equal(0, pool.FoundInUseElsewhere));
        Assert.Equal(10, before.Sum(ports => ports.Count));
    }

    [Fact]
    public void A_realm_that_has_a_pool_no_more_counts_it_no_more_but_a_call_goes_on_with_it()
    {
        using var rig = new RelayRig(first: 24000, last: 24009);
        rig.Take();
        rig.Pool.Retire();
        Assert.Equal((0, 1, (1, 0)), (rig.Pool.Capacity, rig.Pool.InUse, rig.Pool.LaneUse));
        Assert.InRange(rig.Take().Port, 24000, 24008);

        rig.Pool.Resize(new MediaRange(0, 24000, 24019));
        Assert.Equal((10, 8, (2, 10)), (rig.Pool.Capacity, rig.Pool.Free, rig.Pool.LaneUse));
    }

    [Fact]
    public void The_reserve_may_change()
    {
        using var rig = new RelayRig(first: 24000, last: 24009);
        rig.Pool.Resize(new MediaRange(0, 24000, 24009, Reserve: 6));
        Assert.Equal((5, 3, 2), (rig.Pool.Capacity, rig.Pool.Reserve, rig.Pool.Free));
        rig.Take();
        rig.Take();
        Assert.Equal(PortTakeResult.Exhausted, rig.Pool.TryTake(Bind, 0, out _));
    }

    private static List<ushort> TakeAll(PortPool pool)
    {
        var ports = new List<ushort>();
        while (pool.TryTake(Bind, 0, out var port) == PortTakeResult.Taken)
        {
            ports.Add(port.Port);
        }

        return ports;
    }
}
