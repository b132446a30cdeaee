using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Testing;

namespace SipAlg.Signaling.Tests.Gate;

public sealed class SourceGateTests
{
    private readonly GateBoard _board = new(TimeProvider.System, 1, 2);
    private readonly SourceGate _gate;

    public SourceGateTests()
    {
        _gate = new SourceGate(_board);
        _gate.Take([0, 0, 1]);
    }

    [Fact]
    public void Without_rules_everybody_is_heard() => Assert.True(_gate.Admits(2, Ip("192.0.2.1"), GateCharge.Request, 0));

    [Fact]
    public void A_list_holds_in_its_realm_alone()
    {
        _board.Rules = Rules(new RealmGate { Deny = Set("192.0.2.0/24") }, new RealmGate { Allow = Set("198.51.100.0/24") });
        Assert.False(Hears(0, "192.0.2.1"));
        Assert.True(Hears(0, "198.51.100.1"));
        Assert.True(Hears(2, "198.51.100.1"));
        Assert.False(Hears(2, "203.0.113.1"));
        Assert.Equal((1, 1), (_gate.Counters.Dropped(0, GateVerdict.Denied), _gate.Counters.Dropped(1, GateVerdict.Denied)));
    }

    [Fact]
    public void What_is_denied_is_denied_to_a_peer_and_to_who_is_allowed()
    {
        _board.Rules = Rules(new RealmGate { Allow = Set("192.0.2.0/24"), Deny = Set("192.0.2.1"), Peers = Set("192.0.2.1") });
        Assert.False(Hears(0, "192.0.2.1"));
        Assert.True(Hears(0, "192.0.2.2"));
    }

    [Fact]
    public void New_rules_hold_from_the_next_datagram_on()
    {
        _board.Rules = Rules(new RealmGate());
        Assert.True(Hears(0, "192.0.2.1"));
        _board.Rules = Rules(new RealmGate { Deny = Set("192.0.2.1") });
        Assert.False(Hears(0, "192.0.2.1"));
        _board.Rules = Rules(new RealmGate());
        Assert.True(Hears(0, "192.0.2.1"));
    }

    [Theory]
    [InlineData(GateCharge.Packet, GateVerdict.SourcePackets)]
    [InlineData(GateCharge.Request, GateVerdict.SourceRequests)]
    [InlineData(GateCharge.Connection, GateVerdict.SourceConnections)]
    public void A_stranger_has_so_many_at_once_and_so_many_a_second(GateCharge charge, GateVerdict reason)
    {
        _board.Rules = Rules(new RealmGate { Strangers = Few });
        Assert.Equal(10, Taken(charge, "192.0.2.1", 0));
        Assert.Equal(0, Taken(charge, "192.0.2.1", 100));
        Assert.Equal(1, Taken(charge, "192.0.2.1", 200));
        Assert.Equal(10, Taken(charge, "192.0.2.1", 60_000));
        Assert.Equal(10, Taken(charge, "192.0.2.2", 60_000));
        Assert.True(_gate.Counters.Dropped(0, reason) > 0);
    }

    [Fact]
    public void An_IPv6_household_is_one_stranger()
    {
        _board.Rules = Rules(new RealmGate { Strangers = Few });
        var taken = Enumerable.Range(1, 100).Count(host => _gate.Admits(0, Ip($"2001:db8::{host}"), GateCharge.Packet, 0));
        Assert.Equal(10, taken);
        Assert.True(_gate.Admits(0, Ip("2001:db8:0:1::1"), GateCharge.Packet, 0));
    }

    [Fact]
    public void Peers_and_who_is_known_are_not_counted()
    {
        _board.Rules = Rules(new RealmGate { Strangers = Few, Peers = Set("192.0.2.0/30") });
        _board.Known.Add(Ip("198.51.100.1"), 0, 60_000);
        Assert.Equal(100, Taken(GateCharge.Request, "192.0.2.1", 0));
        Assert.Equal(100, Taken(GateCharge.Request, "198.51.100.1", 0));
        Assert.Equal(10, Taken(GateCharge.Request, "198.51.100.1", 62_000));
    }

    [Fact]
    public void All_strangers_together_ask_no_more_than_they_may()
    {
        _board.Rules = Rules(new RealmGate { Strangers = Few with { AllRequests = new GateRate(10, 20) } });
        var taken = Enumerable.Range(1, 100).Count(host => _gate.Admits(0, Ip($"192.0.2.{host}"), GateCharge.Request, 0));
        Assert.Equal(20, taken);
        Assert.Equal(80, _gate.Counters.Dropped(0, GateVerdict.StrangerRequests));
        Assert.True(_gate.Admits(0, Ip("192.0.2.200"), GateCharge.Request, 100));
    }

    [Fact]
    public void What_else_keeps_sources_out_is_not_asked_about_peers()
    {
        var others = new Others();
        _board.Other = others;
        _board.Rules = Rules(new RealmGate { Peers = Set("192.0.2.1") });
        _board.Known.Add(Ip("192.0.2.3"), 0, 60_000);
        Assert.True(Hears(0, "192.0.2.1"));
        Assert.False(Hears(0, "192.0.2.2"));
        Assert.True(Hears(0, "192.0.2.3"));
        Assert.Equal(1, _gate.Counters.Dropped(0, GateVerdict.Banned));
    }

    [Fact]
    public void A_flood_from_everywhere_neither_allocates_nor_frees_who_floods()
    {
        _board.Rules = Rules(new RealmGate { Strangers = Few });
        _ = Taken(GateCharge.Packet, "203.0.113.1", 0);
        Assert.Equal(0, Allocations.Of(() =>
        {
            for (var source = 0u; source < 200_000; source++)
            {
                _gate.Admits(0, IpAddress.FromV4(0x0A000000 + source), GateCharge.Packet, source / 1000);
            }
        }));
        Assert.InRange(Taken(GateCharge.Packet, "203.0.113.1", 200), 0, 1);
    }

    private static StrangerLimits Few { get; } = new()
    {
        Packets = new GateRate(5, 10), Requests = new GateRate(5, 10), Connections = new GateRate(5, 10), AllRequests = null,
    };

    private bool Hears(int listener, string source) => _gate.Admits(listener, Ip(source), GateCharge.Packet, 0);

    private int Taken(GateCharge charge, string source, long now) => Enumerable.Range(0, 100).Count(_ => _gate.Admits(0, Ip(source), charge, now));

    private static GateRules Rules(params RealmGate?[] realms) => new(ImmutableArray.Create(realms));

    private static IpAddress Ip(string text) => IpAddress.Parse(text);

    private static AddressSet Set(params string[] blocks) => new(blocks.Select(text => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text)));

    /// <summary>Bans whoever is not known.</summary>
    private sealed class Others : IGateRule
    {
        public GateVerdict Judge(int realm, in IpAddress source, bool isKnown, GateCharge charge, long now) => isKnown ? GateVerdict.Pass : GateVerdict.Banned;
    }
}
