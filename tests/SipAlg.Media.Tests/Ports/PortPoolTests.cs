using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Ports;

public sealed class PortPoolTests
{
    private static readonly IpAddress Bind = IpAddress.Parse(RelayRig.Address);
    private static readonly IpAddress OtherBind = IpAddress.Parse("127.81.0.2");

    [Fact]
    public void Pairs_are_even_and_inside_the_range()
    {
        using var rig = new RelayRig(first: 24001, last: 24011);
        Assert.Equal(5, rig.Pool.Capacity);
        var ports = Enumerable.Range(0, 5).Select(_ => rig.Take().Port).Order();
        Assert.Equal(new ushort[] { 24002, 24004, 24006, 24008, 24010 }, ports);
    }

    [Fact]
    public void Both_ports_are_bound_before_the_answer()
    {
        using var rig = new RelayRig();
        var port = rig.Take();
        Assert.ThrowsAny<System.Net.Sockets.SocketException>(() => new Phone(RelayRig.Address, port.Port));
        Assert.ThrowsAny<System.Net.Sockets.SocketException>(() => new Phone(RelayRig.Address, port.Port + 1));
    }

    [Fact]
    public void Exhaustion_is_an_answer_and_ends_with_a_release()
    {
        using var rig = new RelayRig(first: 24000, last: 24003);
        var (first, _) = (rig.Take(), rig.Take());
        Assert.Equal(PortTakeResult.Exhausted, rig.Pool.TryTake(Bind, 0, out var none));
        Assert.True(none.IsNone);
        Assert.Equal(2, rig.Pool.InUse);
        rig.Relay.Release(first);
        Eventually.True(() => rig.Pool.InUse == 1, "one closed");
        Assert.Equal(first.Port, rig.Take().Port);
        Assert.Equal(1, rig.Pool.TakenBeforeRested);
    }

    [Fact]
    public void A_port_rests_after_its_release()
    {
        using var rig = new RelayRig(first: 24000, last: 24005);
        var port = rig.Take();
        rig.Relay.Release(port);
        rig.AwaitAllClosed();
        Assert.NotEqual(port.Port, rig.Take().Port);
        rig.Clock.AdvanceSeconds(5);
        Assert.Contains(port.Port, new[] { rig.Take().Port, rig.Take().Port });
        Assert.Equal(0, rig.Pool.TakenBeforeRested);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_pair_of_which_another_program_has_a_port_is_skipped(int offset)
    {
        using var rig = new RelayRig(first: 24000, last: 24007);
        using var first = new Phone(RelayRig.Address, 24000 + offset);
        using var second = new Phone(RelayRig.Address, 24004 + offset);
        var ports = new[] { rig.Take().Port, rig.Take().Port };
        Assert.Equal(new ushort[] { 24002, 24006 }, ports.Order());
        Assert.Equal(PortTakeResult.InUseElsewhere, rig.Pool.TryTake(Bind, 0, out _));
        second.Dispose();
        Assert.Equal(24004, rig.Take().Port);
        Assert.Equal(3, rig.Pool.InUse);
    }

    [Fact]
    public void An_address_of_another_host_is_an_answer()
    {
        using var rig = new RelayRig();
        Assert.Equal(PortTakeResult.NoSuchAddress, rig.Pool.TryTake(IpAddress.Parse("192.0.2.1"), 0, out _));
        Assert.Equal(0, rig.Pool.InUse);
    }

    [Fact]
    public void Both_families_share_one_account()
    {
        using var rig = new RelayRig(first: 24000, last: 24003);
        var ports = new[] { rig.Take(RelayRig.Address).Port, rig.Take(RelayRig.AddressV6).Port };
        Assert.NotEqual(ports[0], ports[1]);
        Assert.Equal(PortTakeResult.Exhausted, rig.Pool.TryTake(Bind, 0, out _));
    }

    [Fact]
    public void Lanes_divide_a_range_without_a_common_port()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        var pools = Enumerable.Range(0, 3).Select(lane => relay.OpenPool(new MediaRange(0, 24000, 24019), lane, 3)).ToList();
        Assert.Equal(10, pools.Sum(pool => pool.Capacity));
        var ports = new HashSet<ushort>();
        foreach (var pool in pools)
        {
            while (pool.TryTake(Bind, 0, out var port) == PortTakeResult.Taken)
            {
                Assert.True(ports.Add(port.Port));
            }
        }

        Assert.Equal(10, ports.Count);
    }

    [Fact]
    public void The_reserve_is_for_those_who_may_take_it()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24000, 24009, Reserve: 3), 0, 1);
        Assert.Equal((5, 2), (pool.Capacity, pool.Reserve));
        for (var taken = 0; taken < 3; taken++)
        {
            Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out _));
        }

        Assert.Equal(PortTakeResult.Exhausted, pool.TryTake(Bind, 0, out _));
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out _, mayTakeReserve: true));
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out _, mayTakeReserve: true));
        Assert.Equal(PortTakeResult.Exhausted, pool.TryTake(Bind, 0, out _, mayTakeReserve: true));
        Assert.Equal(2, pool.Refused(PortTakeResult.Exhausted));
        Assert.Equal(0, pool.Refused(PortTakeResult.NoSuchAddress));
    }

    [Fact]
    public void Each_lane_keeps_its_share_of_the_reserve()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        var pools = Enumerable.Range(0, 4).Select(lane => relay.OpenPool(new MediaRange(0, 24000, 24079, Reserve: 10), lane, 4)).ToList();
        Assert.All(pools, pool => Assert.Equal((10, 2), (pool.Capacity, pool.Reserve)));
        Assert.All(pools, pool => Assert.Equal((0, 8), pool.LaneUse));
    }

    /// <summary>Calls of one peer by UDP are all of one lane, which has its share of the ports and no more.</summary>
    [Fact]
    public void Scarcity_of_one_lane_is_told_before_its_calls_fail_though_others_have_plenty()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        PortPool[] pools = [relay.OpenPool(new MediaRange(0, 24000, 24039), 0, 2), relay.OpenPool(new MediaRange(0, 24000, 24039), 1, 2)];
        var told = 0;
        for (var taken = 1; taken <= 10; taken++)
        {
            Assert.Equal(PortTakeResult.Taken, pools[0].TryTake(Bind, 0, out _));
            told = pools[0].TakeScarcity() ? taken : told;
        }

        Assert.Equal(PortTakeResult.Exhausted, pools[0].TryTake(Bind, 0, out _));
        Assert.Equal(8, told);
        Assert.Equal(((10, 10), (0, 10)), (pools[0].LaneUse, pools[1].LaneUse));
    }

    /// <summary>Once over all addresses, and again only when there were plenty in between.</summary>
    [Fact]
    public void Scarcity_is_told_once_before_ports_run_out()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        PortPool[] pools = [relay.OpenPool(new MediaRange(0, 24000, 24023, Reserve: 4), 0, 1), relay.OpenPool(new MediaRange(0, 24000, 24023, Reserve: 4), 0, 1)];
        relay.Start();
        var taken = new List<MediaPort>();
        Assert.Equal([16], Fill(20));
        Release(5);
        Assert.Equal([], Fill(20));
        Release(9);
        Assert.Equal([16], Fill(20));

        List<int> Fill(int upTo)
        {
            var told = new List<int>();
            while (taken.Count < upTo)
            {
                var pool = pools[0].InUse <= pools[1].InUse ? pools[0] : pools[1];
                Assert.Equal(PortTakeResult.Taken, pool.TryTake(pool == pools[0] ? Bind : OtherBind, 0, out var port));
                taken.Add(port);
                if (pool.TakeScarcity())
                {
                    told.Add(taken.Count);
                }
            }

            return told;
        }

        void Release(int count)
        {
            taken.TakeLast(count).ToList().ForEach(port => relay.Release(port));
            taken.RemoveRange(taken.Count - count, count);
            Eventually.True(() => pools[0].LaneUse.InUse == taken.Count, "closed");
        }
    }

    [Fact]
    public void A_port_names_its_owner_until_it_is_given_back()
    {
        using var rig = new RelayRig();
        Assert.Equal(PortTakeResult.Taken, rig.Pool.TryTake(Bind, 0, out var port, owner: 7));
        Assert.False(rig.Pool.TryFind(8, out _));
        Assert.True(rig.Pool.TryFind(7, out var found));
        Assert.Equal(port, found);
        Assert.True(rig.Relay.TryRelease(found, out var owner));
        Assert.Equal(7UL, owner);
        Assert.False(rig.Pool.TryFind(7, out _));
        Assert.False(rig.Relay.TryRelease(found, out _));
    }

    [Theory]
    [InlineData(24000, 24000, 0, 1)]
    [InlineData(24000, 24001, 1, 2)]
    [InlineData(24002, 24000, 0, 1)]
    [InlineData(0, 1, 0, 1)]
    public void A_range_without_a_pair_for_the_lane_is_refused(int first, int last, int lane, int lanes)
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        Assert.Throws<ArgumentException>(() => relay.OpenPool(new MediaRange(0, (ushort)first, (ushort)last), lane, lanes));
    }

    [Fact]
    public void A_relay_that_stopped_gives_no_ports_and_holds_none()
    {
        var rig = new RelayRig();
        rig.Take();
        rig.Dispose();
        Assert.Equal(0, rig.Pool.InUse);
        Assert.Equal(PortTakeResult.Stopped, rig.Pool.TryTake(Bind, 0, out _));
    }

    [Fact]
    public void A_relay_that_never_started_closes_its_ports()
    {
        var before = Sockets.Open();
        var relay = new MediaRelay(new MediaRelayOptions { Threads = 2 }, new ManualTime());
        var opened = Sockets.Open();
        var pool = relay.OpenPool(new MediaRange(0, 24000, 24099), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 1, out _));
        Assert.Equal(opened + 2, Sockets.Open());
        relay.Dispose();
        Assert.Equal((0, before), (pool.InUse, Sockets.Open()));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    [InlineData(8, 2)]
    [InlineData(16, 4)]
    [InlineData(32, 8)]
    public void Threads_follow_the_processors(int cpus, int threads) => Assert.Equal(threads, MediaRelayOptions.ThreadsFor(cpus));
}
