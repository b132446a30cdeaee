using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

/// <summary>SDP may name the gateway's own ports. Packets cross two calls so, and leave; none comes back to where it was.</summary>
public sealed class ReturnTests : IDisposable
{
    private readonly RelayRig _rig = new(threads: 2);
    private readonly Phone _a;
    private readonly Phone _b;

    public ReturnTests() => (_a, _b) = (_rig.Phone("127.0.0.2"), _rig.Phone("127.0.0.3"));

    public void Dispose() => _rig.Dispose();

    private static IpEndpoint At(MediaPort port) => new(IpAddress.Parse(RelayRig.Address), port.Port);

    private void Aim(MediaPort port, IpEndpoint sdp, Phone? signalling = null) =>
        _rig.Relay.Aim(port, new MediaTarget { Rtp = sdp, Signalling = signalling?.Endpoint.Address ?? default });

    /// <summary>Packets go where SDP says, whoever sends.</summary>
    private void Open(MediaPort port, IpEndpoint sdp) => _rig.Relay.Aim(port, new MediaTarget { Rtp = sdp, Latching = Latching.Off });

    private (MediaPort A, MediaPort B) Joined(int place = 0)
    {
        var (portA, portB) = (_rig.Take(place: place), _rig.Take(place: place));
        _rig.Relay.Join(portA, portB);
        return (portA, portB);
    }

    private unsafe bool LeadsTo(MediaPort port, IpEndpoint target) => _rig.Pool.PairOf(port.Port)->Rtp.Target.ToEndpoint() == target;

    private void Crosses(Phone from, MediaPort into, Phone to, int sequence)
    {
        from.Send(Phone.Rtp(sequence), RelayRig.Address, into.Port);
        Assert.Equal(Phone.Rtp(sequence), to.Receive());
    }

    private SourceEvent NextTold()
    {
        SourceEvent told = default;
        Eventually.True(() => _rig.Relay.TryTakeSource(0, out told) && told.Change == SourceChange.LeadsBack, "told");
        return told;
    }

    /// <summary>Both ends are somebody's who has each name the port that the gateway showed the other.</summary>
    [Fact]
    public void A_call_whose_two_sides_name_its_own_ports_keeps_no_packet()
    {
        var (portA, portB) = Joined();
        Aim(portA, At(portB), _a);
        Aim(portB, At(portA), _b);
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.NoTarget);
        Assert.Equal((1, 0), (_rig.Rtp(portA).Totals.PacketsIn, _rig.Rtp(portB).Totals.PacketsIn));
        var told = NextTold();
        Assert.True(told.Port == portA.Port ? told.Source == At(portB) : told.Port == portB.Port && told.Source == At(portA), $"{told}");
    }

    [Fact]
    public void One_side_that_names_the_others_port_is_enough_to_come_back()
    {
        var (portA, portB) = Joined();
        Aim(portA, _a.Endpoint);
        Aim(portB, At(portA), _b);
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.NoTarget);
        Crosses(_b, portB, _a, 2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Two_calls_make_no_ring(int place)
    {
        var (a1, b1) = Joined();
        var (a2, b2) = Joined(place);
        Aim(a1, At(b2), _a);
        Aim(a2, At(b1), _a);
        Aim(b1, At(a2));
        Aim(b2, At(a1));
        for (var sequence = 0; sequence < 5; sequence++)
        {
            _a.Send(Phone.Rtp(sequence), RelayRig.Address, a1.Port);
        }

        Eventually.True(() => NoTarget(a1) + NoTarget(a2) + _rig.Rtp(a1).Totals.Dropped(DropReason.Stranger) == 5, "all are dropped");
        Assert.True(_rig.Rtp(a1).Totals.PacketsIn + _rig.Rtp(a2).Totals.PacketsIn <= 10);

        // Once the ring is open, each goes where it is told.
        Aim(b2, _b.Endpoint);
        Aim(a1, _a.Endpoint);
        Eventually.True(() => LeadsTo(b2, _b.Endpoint), "the order that opens it is taken over");
        _rig.Clock.AdvanceSeconds(0.01);
        Crosses(_a, a1, _b, 9);
    }

    /// <summary>A PBX with direct media hands the port of one of our calls to the other.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Two_calls_that_meet_at_their_ports_are_one_way_there_and_one_back(int place)
    {
        var (a1, b1) = Joined();
        var (a2, b2) = Joined(place);
        Aim(a1, _a.Endpoint);
        Aim(b1, At(a2));
        Aim(a2, At(b1));
        Aim(b2, _b.Endpoint);
        for (var sequence = 0; sequence < 10; sequence++)
        {
            Crosses(_a, a1, _b, sequence);
            Crosses(_b, b2, _a, sequence);
        }

        Assert.Equal(0, NoTarget(a1) + NoTarget(b1) + NoTarget(a2) + NoTarget(b2));
    }

    [Fact]
    public void An_echo_is_not_its_own()
    {
        var port = _rig.Take();
        Open(port, At(port));
        _rig.Relay.Loop(port);
        _a.Send(Phone.Rtp(1), RelayRig.Address, port.Port);
        _rig.AwaitDropped(port, DropReason.NoTarget);
        Assert.Equal(1, _rig.Rtp(port).Totals.PacketsIn);
    }

    [Fact]
    public void Two_echoes_are_not_each_others()
    {
        var (one, other) = (_rig.Take(), _rig.Take());
        Open(one, At(other));
        Open(other, At(one));
        _rig.Relay.Loop(one);
        _rig.Relay.Loop(other);
        _a.Send(Phone.Rtp(1), RelayRig.Address, one.Port);
        Eventually.True(() => NoTarget(one) + NoTarget(other) == 1, "dropped");
        Assert.True(_rig.Rtp(one).Totals.PacketsIn + _rig.Rtp(other).Totals.PacketsIn <= 2);
    }

    /// <summary>What does not speak RTP is relayed whatever it is, on the port of RTCP too.</summary>
    [Fact]
    public void Nor_does_the_port_of_rtcp_lead_back()
    {
        var (portA, portB) = Joined();
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint, Rtcp = _a.Endpoint, Signalling = _a.Endpoint.Address, PassesAll = true });
        _rig.Relay.Aim(portB, new MediaTarget { Rtp = _b.Endpoint, Rtcp = At(portA).WithPort((ushort)(portA.Port + 1)), PassesAll = true });
        _a.Send([1, 2, 3], RelayRig.Address, portA.Port + 1);
        Eventually.True(() => _rig.Rtcp(portA).Totals.Dropped(DropReason.NoTarget) == 1, "dropped");
        Assert.Equal(1, _rig.Rtcp(portA).Totals.PacketsIn);
    }

    /// <summary>A router leads the address that SDP shows back to the port.</summary>
    [Fact]
    public void The_address_that_sdp_shows_is_the_ports_too()
    {
        const string Shown = "127.61.0.7";
        Assert.Equal(PortTakeResult.Taken, _rig.Pool.TryTake(IpAddress.Parse(RelayRig.Address), 0, out var portA, shown: IpAddress.Parse(Shown)));
        var portB = _rig.Take();
        _rig.Relay.Join(portA, portB);
        Aim(portA, _a.Endpoint);
        Aim(portB, new IpEndpoint(IpAddress.Parse(Shown), portA.Port));
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.NoTarget);
    }

    [Fact]
    public void A_port_that_is_bound_to_all_addresses_has_every_one_of_the_host_and_no_other()
    {
        var (portA, portB) = (_rig.Take("0.0.0.0"), _rig.Take());
        _rig.Relay.Join(portA, portB);
        Aim(portA, _a.Endpoint);
        Aim(portB, new IpEndpoint(IpAddress.Parse("127.61.0.99"), portA.Port));
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.NoTarget);

        Aim(portB, new IpEndpoint(IpAddress.Parse("192.0.2.1"), portA.Port));
        _a.Send(Phone.Rtp(2), RelayRig.Address, portA.Port);
        Eventually.True(() => _rig.Rtp(portA).Totals.PacketsIn == 2, "second packet");
        Eventually.True(() => NoTarget(portA) == 1, "not for want of a target");
    }

    private long NoTarget(MediaPort port) => _rig.Rtp(port).Totals.Dropped(DropReason.NoTarget);
}
