using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing;

namespace SipAlg.Calls.Tests.Model;

public sealed class PeerTableTests
{
    [Fact]
    public void The_longest_prefix_decides_whatever_the_order()
    {
        var table = Table(Peer("wide", "10.0.0.0/8"), Peer("narrow", "10.1.0.0/16"), Peer("one", "10.1.2.3"));

        Assert.Equal("one", Find(table, "10.1.2.3"));
        Assert.Equal("narrow", Find(table, "10.1.2.4"));
        Assert.Equal("wide", Find(table, "10.2.0.1"));
    }

    [Theory]
    [InlineData("a.example.com", "a")]
    [InlineData("B.EXAMPLE.COM", "b")]
    [InlineData("other.example", "any")]
    public void Among_peers_at_one_source_the_request_uri_decides(string host, string expected)
    {
        var table = Table(Peer("a", "10.0.0.0/8", "a.example.com"), Peer("any", "10.0.0.0/8"), Peer("b", "10.0.0.0/8", "b.example.com"));

        Assert.Equal(expected, Find(table, "10.0.0.1", host));
    }

    [Fact]
    public void The_first_written_decides_when_nothing_else_does()
    {
        Assert.Equal("first", Find(Table(Peer("first", "10.0.0.1"), Peer("second", "10.0.0.1")), "10.0.0.1"));
        Assert.Equal("first", Find(Table(Peer("first", "10.0.0.1", "a.example"), Peer("second", "10.0.0.1", "b.example")), "10.0.0.1", "c.example"));
    }

    /// <summary>Its own host is a domain then, unless it is an address.</summary>
    [Fact]
    public void Who_has_an_outbound_proxy_calls_in_from_there()
    {
        Assert.True(PeerAddress.TryParse("sip:10.0.0.1", out var address, out _));
        Assert.True(PeerAddress.TryParse("sip:edge.example", out var named, out _));
        Assert.True(PeerAddress.TryParse("sip:10.0.0.2", out var numeric, out _));
        var peer = new Peer { Index = 0, Name = "p", Realm = 0, Address = address, OutboundProxy = named, AcceptsResolvedAddress = true };
        var table = new PeerTable([peer]).WithResolved(0, [IpAddress.Parse("10.0.0.3")]);
        Assert.Equal(("p", "p", null), (Find(table, "10.0.0.1"), Find(table, "10.0.0.3"), Find(table, "10.0.0.2")));

        table = new PeerTable([peer with { OutboundProxy = numeric }]);
        Assert.Equal(("p", "p", null), (Find(table, "10.0.0.1"), Find(table, "10.0.0.2"), Find(table, "10.0.0.3")));
    }

    [Fact]
    public void A_match_does_not_outweigh_a_longer_prefix()
    {
        var table = Table(Peer("named", "10.0.0.0/8", "a.example"), Peer("near", "10.0.0.1"));

        Assert.Equal("near", Find(table, "10.0.0.1", "a.example"));
    }

    [Fact]
    public void A_source_known_in_another_realm_only_is_a_stranger()
    {
        var table = Table(Peer("a", "10.0.0.1"));

        Assert.Null(table.Find(1, IpAddress.Parse("10.0.0.1"), default));
    }

    [Fact]
    public void Families_are_kept_apart()
    {
        var table = Table(Peer("v6", "::/0"));

        Assert.Null(Find(table, "10.0.0.1"));
        Assert.Equal("v6", Find(table, "2001:db8::1"));
    }

    [Fact]
    public void Without_accept_from_the_address_decides()
    {
        var literal = Peer("literal") with { AcceptsResolvedAddress = true, Address = Address("sip:192.0.2.1:5080") };
        var named = Peer("named") with { AcceptsResolvedAddress = true, Address = Address("sip:pbx.example") };
        var table = Table(literal, named);

        Assert.Equal("literal", Find(table, "192.0.2.1"));
        Assert.Null(Find(table, "192.0.2.2"));

        var resolved = table.WithResolved(1, [IpAddress.Parse("192.0.2.2"), IpAddress.Parse("2001:db8::2")]);
        Assert.Equal("named", Find(resolved, "192.0.2.2"));
        Assert.Equal("named", Find(resolved, "2001:db8::2"));
        Assert.Null(Find(resolved.WithResolved(1, []), "192.0.2.2"));
    }

    [Fact]
    public void What_an_address_resolves_to_does_not_widen_a_written_accept_from()
    {
        var peer = Peer("a", "10.0.0.1") with { Address = Address("sip:pbx.example") };

        Assert.Null(Find(Table(peer).WithResolved(0, [IpAddress.Parse("192.0.2.2")]), "192.0.2.2"));
    }

    [Fact]
    public void Agrees_with_a_plain_search()
    {
        var networks = from octets in Gen.Choose(0, 255).ArrayOf(4)
                       from bits in Gen.Choose(0, 32)
                       select Prefixes.Normalise(new IpNetwork(IpAddress.FromOctets([(byte)octets[0], (byte)(octets[1] & 3), 0, (byte)(octets[3] & 3)]), bits));
        var cases = from list in networks.NonEmptyListOf()
                    from octets in Gen.Choose(0, 255).ArrayOf(4)
                    select (list.ToArray(), IpAddress.FromOctets([(byte)octets[0], (byte)(octets[1] & 3), 0, (byte)(octets[3] & 3)]));

        Prop.ForAll(cases.ToArbitrary(), sample =>
        {
            var (list, source) = sample;
            var table = Table([.. list.Select((network, i) => Peer($"{i}") with { AcceptFrom = [network] })]);
            var expected = list.Select((network, i) => (network, i)).Where(pair => pair.network.Contains(source))
                .OrderByDescending(pair => pair.network.PrefixLength).Select(pair => $"{pair.i}").FirstOrDefault();
            return Find(table, source.ToString()) == expected;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        var table = Table(Peer("a", "10.0.0.0/8", "a.example"), Peer("b", "10.0.0.0/8"));
        var source = IpAddress.Parse("10.9.9.9");
        Assert.Equal(0, Allocations.Of(() => table.Find(0, source, "b.example"u8)));
    }

    private static string? Find(PeerTable table, string source, string host = "gateway.example") =>
        table.Find(0, IpAddress.Parse(source), Encoding.ASCII.GetBytes(host))?.Name;

    private static PeerTable Table(params Peer[] peers) => new([.. peers.Select((peer, index) => peer with { Index = index })]);

    private static Peer Peer(string name, string? network = null, string? domain = null) => new()
    {
        Index = 0,
        Name = name,
        Realm = 0,
        AcceptFrom = network is not null && IpNetwork.TryParse(network, out var block) ? [block] : [],
        MatchDomains = domain is null ? [] : ImmutableArray.Create(domain),
    };

    private static PeerAddress Address(string text)
    {
        Assert.True(PeerAddress.TryParse(text, out var address, out _));
        return address!;
    }
}
