namespace SipAlg.Media.Tests.Relaying;

public class RelayTests : IDisposable
{
    private readonly RelayRig _rig;
    private readonly Phone _a;
    private readonly Phone _b;

    public RelayTests()
        : this(shares: false)
    {
    }

    private protected RelayTests(bool shares)
    {
        _rig = new RelayRig(shares: shares);
        (_a, _b) = (_rig.Phone("127.0.0.2"), _rig.Phone("127.0.0.3"));
    }

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void What_arrives_at_one_port_leaves_from_the_other()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        for (var i = 0; i < 20; i++)
        {
            Crosses(_a, portA, _b, portB, Phone.Rtp(i));
            Crosses(_b, portB, _a, portA, Phone.Rtp(i, 9));
        }
    }

    [Fact]
    public void Ipv4_and_ipv6_meet()
    {
        var v6 = _rig.Phone("::1");
        var (portA, portB) = (_rig.Take(), _rig.Take(RelayRig.AddressV6));
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint });
        _rig.Relay.Aim(portB, new MediaTarget { Rtp = v6.Endpoint });
        _rig.Relay.Join(portA, portB);
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        Assert.Equal(Phone.Rtp(1), v6.Receive());
        RelayRig.CameFrom(v6, RelayRig.AddressV6, portB.Port);
        v6.Send(Phone.Rtp(2), RelayRig.AddressV6, portB.Port);
        Assert.Equal(Phone.Rtp(2), _a.Receive());
        Assert.Equal(v6.Endpoint, _rig.Rtp(portB).Source);
    }

    /// <summary>An end that was announced one port and wants packets in the other family: there are two towards it.</summary>
    [Fact]
    public void What_is_fed_goes_one_way_and_the_other_goes_where_it_is_joined()
    {
        var (v4, v6) = (_rig.Phone("127.0.0.4"), _rig.Phone("::1"));
        var (portA, announced, away) = (_rig.Take(), _rig.Take(), _rig.Take(RelayRig.AddressV6));
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint });
        _rig.Relay.Aim(announced, new MediaTarget { Rtp = v6.Endpoint, Signalling = v4.Endpoint.Address });
        _rig.Relay.Aim(away, new MediaTarget { Rtp = v6.Endpoint });
        _rig.Relay.Join(portA, announced);
        _rig.Relay.Join(portA, away);
        _rig.Relay.Feed(announced, portA);
        Crosses(_a, portA, v6, away, Phone.Rtp(1), RelayRig.Address, RelayRig.AddressV6);
        Crosses(v4, announced, _a, portA, Phone.Rtp(2));
        Crosses(v6, away, _a, portA, Phone.Rtp(3), RelayRig.AddressV6, RelayRig.Address);

        // Back to one port: the other may go at any time.
        _rig.Relay.Join(portA, announced);
        v4.Send(Phone.Rtp(4), RelayRig.Address, announced.Port);
        Assert.Equal(Phone.Rtp(4), _a.Receive());
        v6.Send(Phone.Rtp(5), RelayRig.AddressV6, away.Port);
        _rig.AwaitDropped(away, DropReason.NoPartner);
    }

    [Fact]
    public void The_largest_datagrams_cross()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        var packet = Phone.Rtp(1, payload: 60_000);
        Random.Shared.NextBytes(packet.AsSpan(12));
        Crosses(_a, portA, _b, portB, packet);
        Crosses(_a, portA, _b, portB, Phone.Rtp(2, payload: 65_507 - 12));
    }

    [Fact]
    public void A_stranger_is_dropped_and_counted()
    {
        var stranger = _rig.Phone("127.0.0.4");
        var (portA, portB) = _rig.Call(_a, _b);
        Crosses(_a, portA, _b, portB, Phone.Rtp(1));
        for (var i = 0; i < 5; i++)
        {
            stranger.Send(Phone.Rtp(2), RelayRig.Address, portA.Port);
        }

        _rig.AwaitDropped(portA, DropReason.Stranger, 5);
        Crosses(_a, portA, _b, portB, Phone.Rtp(3));
        Assert.Equal(7, _rig.Rtp(portA).Totals.PacketsIn);
        Eventually.True(() => _rig.Rtp(portB).Totals.PacketsOut == 2, "sent, which is counted afterwards");
        Assert.True(_b.HasNothing);
    }

    [Fact]
    public void An_end_behind_nat_is_answered_where_it_sends_from()
    {
        var nat = _rig.Phone("127.0.0.5");
        var (portA, portB) = _rig.Call(_a, _b);
        nat.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.Stranger);
        _rig.Clock.AdvanceSeconds(1);
        Crosses(nat, portA, _b, portB, Phone.Rtp(2));
        Crosses(_b, portB, nat, portA, Phone.Rtp(3));
        Assert.Equal(nat.Endpoint, _rig.Rtp(portA).Source);
        Assert.True(_a.HasNothing);
    }

    [Fact]
    public void Signalling_and_media_networks_settle_at_once()
    {
        var nat = _rig.Phone("127.0.0.5");
        var carrier = _rig.Phone("127.0.9.9");
        var (portA, portB) = _rig.Call(_a, _b);
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint, Signalling = nat.Endpoint.Address });
        _rig.Relay.Aim(portB, new MediaTarget { Rtp = _b.Endpoint, MediaFrom = [new(carrier.Endpoint.Address, 24)] });
        Crosses(nat, portA, _b, portB, Phone.Rtp(1));
        Crosses(carrier, portB, nat, portA, Phone.Rtp(1));
    }

    [Theory]
    [InlineData(Latching.Strict)]
    [InlineData(Latching.Off)]
    public void Without_learning_packets_go_where_sdp_says(Latching latching)
    {
        var carrier = _rig.Phone("127.0.9.9");
        var (portA, portB) = _rig.Call(_a, _b);
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint, Latching = latching, MediaFrom = [new(carrier.Endpoint.Address, 32)] });
        Crosses(carrier, portA, _b, portB, Phone.Rtp(1));
        Crosses(_b, portB, _a, portA, Phone.Rtp(2));
    }

    [Fact]
    public void What_is_no_media_is_dropped_and_counted_unless_the_stream_is_not_rtp()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        byte[] udptl = [70, 1, 2, 3];
        _a.Send(udptl, RelayRig.Address, portA.Port);
        _a.Send([], RelayRig.Address, portA.Port);
        _a.Send([0x80], RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.NotMedia);
        _rig.AwaitDropped(portA, DropReason.Runt, 2);
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint, PassesAll = true });
        Crosses(_a, portA, _b, portB, udptl);
    }

    [Fact]
    public void A_port_without_partner_passes_nothing()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        Crosses(_a, portA, _b, portB, Phone.Rtp(1));
        _rig.Relay.Separate(portB);
        _a.Send(Phone.Rtp(2), RelayRig.Address, portA.Port);
        _b.Send(Phone.Rtp(2), RelayRig.Address, portB.Port);
        _rig.AwaitDropped(portA, DropReason.NoPartner);
        _rig.AwaitDropped(portB, DropReason.NoPartner);
    }

    [Fact]
    public void A_released_partner_is_none_also_when_its_pair_is_taken_again()
    {
        using var rig = new RelayRig(first: 24400, last: 24403, shares: _rig.Relay.SharesSockets);
        var (portA, portB) = rig.Call(_a, _b);
        rig.Relay.Release(portB);
        Eventually.True(() => rig.Pool.InUse == 1, "closed");
        Assert.Equal(portB.Port, rig.Take().Port);
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        rig.AwaitDropped(portA, DropReason.NoPartner);
    }

    [Fact]
    public void A_third_party_takes_the_place_of_a_partner()
    {
        var third = _rig.Phone("127.0.0.6");
        var (portA, portB) = _rig.Call(_a, _b);
        var portC = _rig.Take();
        _rig.Relay.Aim(portC, new MediaTarget { Rtp = third.Endpoint });
        _rig.Relay.Join(portA, portC);
        Crosses(_a, portA, third, portC, Phone.Rtp(1));
        _b.Send(Phone.Rtp(2), RelayRig.Address, portB.Port);
        _rig.AwaitDropped(portB, DropReason.NoPartner);
    }

    [Fact]
    public void Echo_comes_back()
    {
        var port = _rig.Take();
        _rig.Relay.Aim(port, new MediaTarget { Rtp = _a.Endpoint });
        _rig.Relay.Loop(port);
        Crosses(_a, port, _a, port, Phone.Rtp(1));
    }

    [Fact]
    public void A_target_that_does_not_listen_stops_nothing()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        var gone = _b.Endpoint;
        _b.Dispose();
        for (var i = 0; i < 50; i++)
        {
            _a.Send(Phone.Rtp(i), RelayRig.Address, portA.Port);
        }

        Eventually.True(() => _rig.Rtp(portA).Totals.PacketsIn == 50, "all received");
        var back = _rig.Phone("127.0.0.3", gone.Port);
        Crosses(_a, portA, back, portB, Phone.Rtp(99));
        Crosses(back, portB, _a, portA, Phone.Rtp(99));
    }

    /// <summary>RFC 1122 §4.1.3.3: what comes back is counted; it costs neither the port nor the packet that was to be sent next.</summary>
    [Theory]
    [InlineData(RelayRig.Address, "127.0.0.3")]
    [InlineData(RelayRig.AddressV6, RelayRig.AddressV6)]
    public void Icmp_errors_are_counted_and_cost_no_packet(string bind, string address)
    {
        const int Rounds = 20;
        var (portA, portB) = (_rig.Take(), _rig.Take(bind));
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint });
        _rig.Relay.Join(portA, portB);
        int port;
        using (var first = new Phone(address))
        {
            port = first.Endpoint.Port;
        }

        _rig.Relay.Aim(portB, new MediaTarget { Rtp = new(SipAlg.Protocol.Addresses.IpAddress.Parse(address), (ushort)port) });
        for (var round = 1; round <= Rounds; round++)
        {
            _a.Send(Phone.Rtp(round), RelayRig.Address, portA.Port);
            Eventually.True(() => _rig.Rtp(portB).Totals.PacketsOut == (2 * round) - 1, "sent");
            using var back = new Phone(address, port);
            _a.Send(Phone.Rtp(round + 1000), RelayRig.Address, portA.Port);
            Assert.Equal(Phone.Rtp(round + 1000), back.Receive());
        }

        Eventually.True(() => _rig.Relay.Read(0).IcmpErrors == Rounds, "each error counted");
        Assert.Equal((Rounds, 0), (_rig.Rtp(portB).Totals.IcmpErrors, _rig.Relay.Read(0).DroppedInAll));
    }

    /// <summary>Packets that wait are sent before the relay looks at the error: each is tried again.</summary>
    [Fact]
    public void An_icmp_error_that_a_send_meets_costs_no_packet()
    {
        const int Packets = 100;
        var (portA, portB) = _rig.Call(_a, _b);
        _b.Dispose();
        for (var packet = 0; packet < Packets; packet++)
        {
            _a.Send(Phone.Rtp(packet), RelayRig.Address, portA.Port);
        }

        Eventually.True(() => _rig.Rtp(portB).Totals.PacketsOut + _rig.Relay.Read(0).DroppedInAll == Packets, "all sent or dropped");
        Assert.Equal(0, _rig.Relay.Read(0).DroppedInAll);
    }

    [Fact]
    public void Dtls_passes_where_the_sdp_speaks_of_it()
    {
        byte[] hello = [22, 254, 255, .. new byte[60]];
        var (portA, portB) = _rig.Call(_a, _b);
        Crosses(_a, portA, _b, portB, hello);
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = _a.Endpoint, RefusesDtls = true });
        _a.Send(hello, RelayRig.Address, portA.Port);
        _rig.AwaitDropped(portA, DropReason.NotMedia);
        Crosses(_a, portA, _b, portB, Phone.Rtp(1));
    }

    [Fact]
    public void A_target_of_another_family_is_counted()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        _rig.Relay.Aim(portB, new MediaTarget { Rtp = _rig.Phone("::1").Endpoint });
        _a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        Eventually.True(() => _rig.Rtp(portA).Totals.DroppedInAll == 1, "counted");
    }

    [Fact]
    public void Times_of_the_first_and_the_last_packet_are_the_clocks()
    {
        var (portA, portB) = _rig.Call(_a, _b);
        Assert.False(_rig.Rtp(portA).HasAccepted);
        var first = _rig.Clock.GetTimestamp();
        Crosses(_a, portA, _b, portB, Phone.Rtp(1));
        _rig.Clock.AdvanceSeconds(3);
        Crosses(_a, portA, _b, portB, Phone.Rtp(2));
        var counters = _rig.Rtp(portA);
        Assert.Equal((true, first, _rig.Clock.GetTimestamp()), (counters.HasAccepted, counters.FirstAccepted, counters.LastAccepted));
    }

    /// <summary>One sends, the other receives it from its own port of the relay.</summary>
    private static void Crosses(
        Phone from, MediaPort entry, Phone to, MediaPort exit, byte[] packet, string entryAddress = RelayRig.Address, string exitAddress = RelayRig.Address)
    {
        from.Send(packet, entryAddress, entry.Port);
        Assert.Equal(packet, to.Receive());
        RelayRig.CameFrom(to, exitAddress, exit.Port);
    }
}
