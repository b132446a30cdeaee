using System.Text;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Resolution.Dns;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>RFC 3263 §4 and §5, and RFC 3263's own example.</summary>
public sealed class SipResolverTests
{
    private static readonly HopReach Plain = HopReach.Of([(Transport.Udp, true), (Transport.Tcp, true)]);
    private static readonly HopReach Both = HopReach.Of([(Transport.Udp, true), (Transport.Tcp, true), (Transport.Udp, false), (Transport.Tls, true)]);

    private readonly MemoryServers _dns = new();
    private readonly ManualTime _time = new();
    private readonly SipResolver _resolver;
    private HostsFile _hosts = HostsFile.Empty;

    public SipResolverTests()
    {
        var file = ResolverFile.Parse("nameserver 192.0.2.53\nsearch corp.example");
        var counters = new ResolverCounters();
        var client = new DnsClient(file.Servers, file.Timeout, 1, _dns, counters);
        _resolver = new SipResolver(new DnsCache(client.AskAsync, counters, _time), file, () => _hosts, _time);
        _dns.Address("gw1.example.com", "192.0.2.1");
        _dns.Address("gw2.example.com", "192.0.2.2");
    }

    private async Task<SipHops> FindAsync(string uri, HopReach? reach = null)
    {
        Assert.True(SipUri.TryParse(Encoding.ASCII.GetBytes(uri), out var parsed));
        Assert.True(SipTarget.TryOf(parsed, out var target));
        return await _resolver.FindAsync(target, reach ?? Plain);
    }

    private static string Text(SipHops hops) => hops.Outcome == HopOutcome.Found
        ? string.Join(' ', hops.All.Select(hop => $"{TransportNames.Text(hop.Transport)}/{hop.Endpoint}"))
        : hops.Outcome.ToString();

    [Theory]
    [InlineData("sip:192.0.2.9", "udp/192.0.2.9:5060")]
    [InlineData("sip:192.0.2.9:5070", "udp/192.0.2.9:5070")]
    [InlineData("sip:192.0.2.9;transport=tcp", "tcp/192.0.2.9:5060")]
    [InlineData("sip:192.0.2.9;transport=TLS", "NoTransport")]
    [InlineData("sip:[2001:db8::9]", "NoTransport")]
    [InlineData("sips:192.0.2.9", "NoTransport")]
    [InlineData("sip:gw1.example.com;maddr=192.0.2.7", "udp/192.0.2.7:5060")]
    public async Task An_address_needs_no_server(string uri, string hops)
    {
        Assert.Equal(hops, Text(await FindAsync(uri)));
        Assert.Empty(_dns.Asked);
    }

    [Theory]
    [InlineData("sips:192.0.2.9", "tls/192.0.2.9:5061")]
    [InlineData("sips:192.0.2.9;transport=tcp", "tls/192.0.2.9:5061")]
    [InlineData("sips:192.0.2.9;transport=udp", "NoTransport")]
    [InlineData("sip:192.0.2.9;transport=tls", "tls/192.0.2.9:5061")]
    [InlineData("sip:[2001:db8::9]", "udp/[2001:db8::9]:5060")]
    public async Task A_secure_uri_goes_over_TLS_alone(string uri, string hops) => Assert.Equal(hops, Text(await FindAsync(uri, Both)));

    [Fact]
    public async Task A_realm_without_UDP_takes_what_it_has() =>
        Assert.Equal("tcp/192.0.2.9:5060", Text(await FindAsync("sip:192.0.2.9", HopReach.Of([(Transport.Tcp, true)]))));

    /// <summary>As behind a wall that lets no question for AAAA through.</summary>
    [Theory]
    [InlineData(true, "udp/192.0.2.1:5070")]
    [InlineData(false, "udp/[2001:db8::1]:5070")]
    public async Task A_family_that_is_never_answered_does_not_keep_the_other_waiting(bool isV6, string hops)
    {
        _dns.Address("gw1.example.com", "2001:db8::1");
        var never = new TaskCompletionSource();
        _dns.GateOf = type => type == (isV6 ? DnsType.Aaaa : DnsType.A) ? never.Task : Task.CompletedTask;
        var finding = FindAsync("sip:gw1.example.com:5070", Both);
        for (var waited = 0; waited < 1000 && !finding.IsCompleted; waited++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(1);
        }

        Assert.Equal(hops, Text(await finding.WaitAsync(TimeSpan.FromSeconds(5))));
        never.SetResult();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, (await FindAsync("sip:gw1.example.com:5070", Both)).All.Length);
    }

    [Fact]
    public async Task With_a_port_there_are_addresses_only()
    {
        _dns.Service("_sip._udp.gw1.example.com", 1, 1, 5090, "gw2.example.com");

        Assert.Equal("udp/192.0.2.1:5070", Text(await FindAsync("sip:gw1.example.com:5070")));
        Assert.Equal("tcp/192.0.2.1:5070", Text(await FindAsync("sip:gw1.example.com:5070;transport=tcp")));
        Assert.Equal(["A GW1.EXAMPLE.COM"], _dns.Names);
    }

    [Fact]
    public async Task With_a_transport_there_is_no_NAPTR()
    {
        _dns.Pointer("example.com", 1, 1, "SIP+D2U", "_sip._udp.example.com");
        _dns.Service("_sip._tcp.example.com", 2, 1, 5071, "gw2.example.com");
        _dns.Service("_sip._tcp.example.com", 1, 1, 5070, "gw1.example.com");

        Assert.Equal("tcp/192.0.2.1:5070 tcp/192.0.2.2:5071", Text(await FindAsync("sip:example.com;transport=tcp")));
        Assert.Equal("SRV _SIP._TCP.EXAMPLE.COM", _dns.Names.First());
    }

    [Fact]
    public async Task NAPTR_names_the_transport_in_its_order()
    {
        // RFC 3263 §4.1's example: TLS first, which a plain realm has not; then TCP before UDP.
        _dns.Pointer("example.com", 50, 50, "SIPS+D2T", "_sips._tcp.example.com");
        _dns.Pointer("example.com", 100, 50, "SIP+D2U", "_sip._udp.example.com");
        _dns.Pointer("example.com", 90, 50, "SIP+D2T", "_sip._tcp.example.com");
        _dns.Service("_sip._udp.example.com", 0, 1, 5060, "gw1.example.com");
        _dns.Service("_sip._tcp.example.com", 0, 1, 5060, "gw2.example.com");
        _dns.Service("_sips._tcp.example.com", 0, 1, 5061, "gw2.example.com");

        Assert.Equal("tcp/192.0.2.2:5060", Text(await FindAsync("sip:example.com")));
        Assert.Equal("tls/192.0.2.2:5061", Text(await FindAsync("sips:example.com", Both)));

        // Who speaks TLS keeps the services that are reached by it, for a sip URI too.
        Assert.Equal("tls/192.0.2.2:5061", Text(await FindAsync("sip:example.com", Both)));
    }

    [Fact]
    public async Task Within_an_order_the_preference_decides_and_the_others_follow()
    {
        _dns.Pointer("example.com", 1, 20, "SIP+D2T", "_sip._tcp.example.com");
        _dns.Pointer("example.com", 1, 10, "sip+d2u", "_sip._udp.other.example", "S");
        _dns.Pointer("example.com", 2, 10, "SIP+D2U", "_sip._udp.example.com");
        _dns.Service("_sip._udp.other.example", 0, 1, 5070, "gw1.example.com");
        _dns.Service("_sip._tcp.example.com", 0, 1, 5060, "gw2.example.com");
        _dns.Service("_sip._udp.example.com", 0, 1, 5060, "gw2.example.com");

        Assert.Equal("udp/192.0.2.1:5070 tcp/192.0.2.2:5060", Text(await FindAsync("sip:example.com")));
    }

    [Theory]
    [InlineData("u", "SIP+D2T")]
    [InlineData("a", "SIP+D2T")]
    [InlineData("s", "E2U+sip")]
    [InlineData("s", "SIP+D2W")]
    public async Task Pointers_of_another_use_are_discarded(string flags, string service)
    {
        _dns.Pointer("example.com", 1, 1, service, "_sip._tcp.example.com", flags);
        _dns.Service("_sip._tcp.example.com", 0, 1, 5060, "gw2.example.com");
        _dns.Service("_sip._udp.example.com", 0, 1, 5060, "gw1.example.com");

        Assert.Equal("udp/192.0.2.1:5060", Text(await FindAsync("sip:example.com")));
    }

    [Fact]
    public async Task A_pointer_that_leads_to_nothing_is_followed_by_the_next()
    {
        _dns.Pointer("example.com", 1, 1, "SIP+D2U", "_sip._udp.gone.example");
        _dns.Pointer("example.com", 2, 1, "SIP+D2T", "_sip._tcp.example.com");
        _dns.Service("_sip._tcp.example.com", 0, 1, 5060, "gw2.example.com");

        Assert.Equal("tcp/192.0.2.2:5060", Text(await FindAsync("sip:example.com")));
    }

    [Fact]
    public async Task Without_NAPTR_the_transport_with_SRV_records_is_taken()
    {
        _dns.Service("_sip._tcp.example.com", 0, 1, 5070, "gw2.example.com");
        _dns.Address("example.com", "192.0.2.3");

        Assert.Equal("tcp/192.0.2.2:5070", Text(await FindAsync("sip:example.com")));
        Assert.Equal(["NAPTR EXAMPLE.COM", "SRV _SIP._UDP.EXAMPLE.COM", "SRV _SIP._TCP.EXAMPLE.COM", "A GW2.EXAMPLE.COM"], _dns.Names);
    }

    [Fact]
    public async Task Without_SRV_there_are_the_addresses_at_the_usual_port()
    {
        _dns.Address("example.com", "192.0.2.3");

        Assert.Equal("udp/192.0.2.3:5060", Text(await FindAsync("sip:example.com")));
        Assert.Equal("tls/192.0.2.3:5061", Text(await FindAsync("sips:example.com", Both)));
        Assert.Equal("tcp/192.0.2.3:5060", Text(await FindAsync("sip:example.com;transport=tcp")));
    }

    [Fact]
    public async Task A_domain_that_does_not_offer_it_is_believed()
    {
        _dns.Service("_sip._udp.example.com", 0, 0, 0, "");
        _dns.Address("example.com", "192.0.2.3");

        Assert.Equal("NotOffered", Text(await FindAsync("sip:example.com")));
        Assert.Equal("tcp/192.0.2.3:5060", Text(await FindAsync("sip:example.com;transport=tcp")));
    }

    [Fact]
    public async Task Both_families_are_used_where_the_realm_has_both()
    {
        _dns.Address("dual.example.com", "192.0.2.4");
        _dns.Address("dual.example.com", "2001:db8::4");

        Assert.Equal("udp/[2001:db8::4]:5060 udp/192.0.2.4:5060", Text(await FindAsync("sip:dual.example.com", Both)));
        Assert.Equal("udp/192.0.2.4:5060", Text(await FindAsync("sip:dual.example.com")));
        Assert.Equal("tcp/192.0.2.4:5060", Text(await FindAsync("sip:dual.example.com;transport=tcp", Both)));
    }

    [Fact]
    public async Task Local_IPv6_addresses_come_behind_IPv4()
    {
        _dns.Address("dual.example.com", "fd00::4");
        _dns.Address("dual.example.com", "192.0.2.4");

        Assert.Equal("udp/192.0.2.4:5060 udp/[fd00::4]:5060", Text(await FindAsync("sip:dual.example.com", Both)));
    }

    [Fact]
    public async Task It_holds_as_long_as_the_shortest_of_what_it_is_made_of()
    {
        _dns.Service("_sip._udp.example.com", 0, 1, 5060, "gw9.example.com", 200);
        _dns.Address("gw9.example.com", "192.0.2.9", 40);

        // The missing NAPTR holds 60 s.
        Assert.Equal(TimeSpan.FromSeconds(40), (await FindAsync("sip:example.com")).Holds);
    }

    [Theory]
    [InlineData("sip:nobody.example.com", "NoName")]
    [InlineData("sip:v6.example.com", "NoAddress")]
    public async Task What_is_not_there_is_said_as_it_is(string uri, string outcome)
    {
        _dns.Address("v6.example.com", "2001:db8::6");

        Assert.Equal(outcome, Text(await FindAsync(uri)));
    }

    [Fact]
    public async Task Servers_that_fail_are_no_proof_that_there_is_nothing()
    {
        _dns.MakeSilent(MemoryServers.First);

        Assert.Equal("Failed", Text(await FindAsync("sip:gw1.example.com")));
    }

    [Fact]
    public async Task A_server_that_knows_no_SRV_still_has_addresses()
    {
        _dns.Make(MemoryServers.First, (query, _) => MemoryServers.Read(query, query.Question.Type == DnsType.A
            ? _dns.Answer(query)
            : DnsMessage.Answer(query, DnsCode.NotImplemented, [], [])));

        Assert.Equal("udp/192.0.2.1:5060", Text(await FindAsync("sip:gw1.example.com")));
    }

    [Fact]
    public async Task What_was_found_is_given_out_while_the_servers_fail()
    {
        await FindAsync("sip:gw1.example.com:5060");
        _time.Advance(TimeSpan.FromSeconds(301));
        _dns.MakeSilent(MemoryServers.First);

        var hops = await FindAsync("sip:gw1.example.com:5060");
        Assert.Equal(("udp/192.0.2.1:5060", true), (Text(hops), hops.IsStale));
    }

    [Fact]
    public async Task The_hosts_file_goes_before_all_servers()
    {
        _hosts = HostsFile.Parse("10.0.0.5 example.com\n::1 example.com");

        Assert.Equal("udp/10.0.0.5:5060", Text(await FindAsync("sip:example.com")));
        Assert.Empty(_dns.Asked);
    }

    [Fact]
    public async Task A_short_name_is_looked_for_in_the_search_domains()
    {
        _dns.Address("pbx.corp.example", "10.0.0.7");

        Assert.Equal("udp/10.0.0.7:5060", Text(await FindAsync("sip:pbx")));
        Assert.Equal("pbx", (await FindAsync("sip:pbx")).Host);
    }

    [Theory]
    [InlineData(Transport.Udp, "192.0.2.9", 5070, "udp/192.0.2.9:5070")]
    [InlineData(Transport.Tcp, "gw1.example.com", 0, "tcp/192.0.2.2:5099")]
    [InlineData(Transport.Tcp, "gw1.example.com", 5070, "tcp/192.0.2.1:5070")]
    [InlineData(Transport.Udp, "gw1.example.com", 0, "udp/192.0.2.1:5060")]
    [InlineData(Transport.Tls, "gw1.example.com", 0, "tls/192.0.2.1:5061")]
    public async Task A_response_goes_where_sent_by_leads(Transport transport, string host, int port, string hops)
    {
        _dns.Service("_sip._tcp.gw1.example.com", 1, 1, 5099, "gw2.example.com");

        Assert.Equal(hops, Text(await _resolver.FindAsync(SipTarget.ForResponse(transport, host, (ushort)port), Both)));
    }

    [Fact]
    public void A_transport_that_nobody_knows_is_no_target()
    {
        _ = SipUri.TryParse("sip:example.com;transport=sctp"u8, out var uri);
        Assert.False(SipTarget.TryOf(uri, out _));
        _ = SipUri.TryParse("tel:+4930123"u8, out uri);
        Assert.False(SipTarget.TryOf(uri, out _));
    }
}
