using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Names;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>RFC 3263 with a real name server: where peers and URIs are that are named by host, and what a change of the zone does.</summary>
public sealed class NameTests(NameTests.Gateway gateway) : GatewayTests<NameTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        private readonly ScenarioFolder _folder = ScenarioFolder.Create("names");
        private readonly IPEndPoint _server = Ports.Free(Networks.Inside(53));

        internal NameServer Names { get; private set; } = null!;

        internal Callee Naptr { get; }
        internal Callee Srv { get; }
        internal Callee Weights { get; }
        internal Callee Failover { get; }
        internal Callee Moving { get; }
        internal Callee Six { get; }
        internal Callee Gone { get; }
        internal string UriNumber { get; }
        internal string NobodyNumber { get; }

        /// <summary>Whom peers inside call.</summary>
        internal Callee Called { get; }
        internal string NumberInside { get; }

        internal IPEndPoint First { get; } = Ports.Free(Networks.Inside(41));
        internal IPEndPoint Second { get; } = Ports.Free(Networks.Inside(42));
        internal IPEndPoint SixAt { get; } = Ports.Free("::1");

        /// <summary>Where no other name leads.</summary>
        internal IPEndPoint Before { get; } = Ports.Free(Networks.Inside(43));
        internal IPEndPoint After => new(IPAddress.Parse(Networks.Inside(44)), Before.Port);

        public Gateway()
        {
            Naptr = AddNamed("naptr");
            Srv = AddNamed("srv", ";transport=udp");
            Weights = AddNamed("weights", ";transport=udp");
            Failover = AddNamed("failover", ";transport=udp");
            Moving = AddNamed("moving", $":{Before.Port}");
            Six = AddNamed("six", ";transport=udp", "inside_v6");
            Gone = AddNamed("gone");
            UriNumber = AddRoute("uri: 'sip:ext@naptr.example.test', realm: inside");
            NobodyNumber = AddRoute("uri: 'sip:ext@nobody.example.test', realm: inside");
            Called = AddCallee("called");
            NumberInside = AddRouteFrom("inside", "", "peer: called");
        }

        private Callee AddNamed(string name, string rest = "", string realm = "inside") =>
            AddNamedCallee(name, $"sip:{name}.example.test{rest}", First, realm);

        internal override string SipSettings => $", dns: ['{_server}']";

        internal string Records(string moving) => $"""
            naptr NAPTR 5 50 "s" "SIPS+D2T" "" _sips._tcp.naptr
            naptr NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp.naptr
            naptr NAPTR 10 50 "s" "SIP+D2T" "" _sip._tcp.naptr
            _sip._tcp.naptr SRV 1 1 {First.Port} a
            _sip._udp.naptr SRV 1 1 {Second.Port} b
            _sip._udp.srv SRV 20 100 {Second.Port} b
            _sip._udp.srv SRV 10 1 {First.Port} a
            _sip._udp.weights SRV 10 10 {First.Port} a
            _sip._udp.weights SRV 10 30 {Second.Port} b
            _sip._udp.failover SRV 10 1 {First.Port} a
            _sip._udp.failover SRV 20 1 {Second.Port} b
            _sip._udp.six SRV 1 1 {SixAt.Port} six
            six AAAA ::1
            a A {First.Address}
            b A {Second.Address}
            moving A {moving}
            """;

        public override async Task InitializeAsync()
        {
            Names = await NameServer.StartAsync(_folder, _server, Records($"{Before.Address}"));
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await Names.DisposeAsync();
            _folder.Delete();
        }
    }

    private IPEndPoint First => Fixture.First;
    private IPEndPoint Second => Fixture.Second;

    /// <summary>Waits until the gateway has looked for all of its peers.</summary>
    private async Task KnowsAsync(string peer, string endpoint) =>
        await Eventually.TrueAsync(async () => (await Fixture.Gateway.GetAsync("/api/v1/peers")).Contains($"\"name\":\"{peer}\"", StringComparison.Ordinal) &&
            Entry(await Fixture.Gateway.GetAsync("/api/v1/peers"), peer).Contains(endpoint, StringComparison.Ordinal), text: $"{peer} is {endpoint}");

    private static string Entry(string list, string peer)
    {
        var from = list.IndexOf($"\"name\":\"{peer}\"", StringComparison.Ordinal);
        var to = list.IndexOf("\"name\":", from + 1, StringComparison.Ordinal);
        return to < 0 ? list[from..] : list[from..to];
    }

    private static Task<SippRun> AnswerAsync(ScenarioFolder folder, IPEndPoint at, bool isTcp = false, int calls = 1, bool keeps = true) =>
        SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), at) { IsTcp = isTcp, Calls = calls, KeepsMessages = keeps });

    /// <summary>Repeated INVITEs are the same call.</summary>
    private static int CallsAt(SippRun callee) =>
        callee.Received("INVITE ").Select(invite => invite.Field("Call-ID")).Distinct().Count();

    private async Task TakesAsync(ScenarioFolder folder, string called, IPEndPoint at, bool isTcp = false)
    {
        await using var answering = await AnswerAsync(folder, at, isTcp);
        await using var calling = Fixture.Call(folder, new SippScenario("caller"), called);
        await SippRun.AllSucceedAsync(calling, answering);
        Assert.Equal(1, CallsAt(answering));
        Assert.NotEqual(0, answering.Count($"INVITE [^\r]*\r\nVia: SIP/2.0/{(isTcp ? "TCP" : "UDP")} "));
    }

    [Fact]
    public Task NAPTR_chooses_the_transport_by_its_order() => Scenario(async folder =>
    {
        await KnowsAsync("naptr", $"tcp:{First}");
        await TakesAsync(folder, Fixture.Naptr.Number, First, isTcp: true);
    });

    [Fact]
    public Task SRV_records_go_by_priority() => Scenario(async folder =>
    {
        await KnowsAsync("srv", $"[\"udp:{First}\",\"udp:{Second}\"]");
        await TakesAsync(folder, Fixture.Srv.Number, First);
    });

    /// <summary>RFC 2782: a quarter and three quarters, within what chance makes of 200 draws (five deviations).</summary>
    [Fact]
    public Task SRV_records_of_one_priority_share_calls_by_weight() => Scenario(async folder =>
    {
        const int Calls = 200;
        await KnowsAsync("weights", $"udp:{Second}");
        await using var light = await AnswerAsync(folder, First, calls: 1000);
        await using var heavy = await AnswerAsync(folder, Second, calls: 1000);
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Weights.Number, Calls = Calls, Rate = 50,
        });
        await calling.AllSucceedAsync(TimeSpan.FromMinutes(1));

        var share = CallsAt(light);
        Assert.Equal(Calls, share + CallsAt(heavy));
        Assert.InRange(share, 20, 82);
    });

    [Fact]
    public Task When_the_first_server_is_dead_the_second_takes_the_call() => Scenario(async folder =>
    {
        await KnowsAsync("failover", $"udp:{Second}");
        await TakesAsync(folder, Fixture.Failover.Number, Second);
    });

    [Fact]
    public Task AAAA_records_lead_to_IPv6() => Scenario(async folder =>
    {
        await KnowsAsync("six", $"udp:{Fixture.SixAt}");
        await TakesAsync(folder, Fixture.Six.Number, Fixture.SixAt);
    });

    [Fact]
    public Task A_uri_is_found_while_its_call_waits() => Scenario(folder => TakesAsync(folder, Fixture.UriNumber, First, isTcp: true));

    [Fact]
    public Task A_name_that_does_not_exist_fails_the_call_and_is_counted() => Scenario(async folder =>
    {
        var before = (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_dns_lookups_total", "no_name");
        await using var calling = Fixture.Call(folder, new SippScenario("caller-refused").With("status", "503"), Fixture.NobodyNumber);
        await calling.AllSucceedAsync();
        Assert.True((await Fixture.Gateway.MetricsAsync()).Sum("sipalg_dns_lookups_total", "no_name") > before);
        await Eventually.TrueAsync(() => Fixture.Gateway.Log.Contains("gone.example.test cannot be resolved: there is no such name", StringComparison.Ordinal));
    });

    /// <summary>Calls follow the name; who calls in from the address that it had before is still known, as who calls from the one that it has.</summary>
    [Fact]
    public Task A_name_that_changes_is_followed() => Scenario(async folder =>
    {
        await KnowsAsync("moving", $"udp:{Fixture.Before}");
        await TakesAsync(folder, Fixture.Moving.Number, Fixture.Before);

        await Fixture.Names.SetAsync(Fixture.Records($"{Fixture.After.Address}"));
        await KnowsAsync("moving", $"udp:{Fixture.After}");
        await TakesAsync(folder, Fixture.Moving.Number, Fixture.After);
        await CallsInAsync(folder, Fixture.Before);
        await CallsInAsync(folder, Fixture.After);
        await Eventually.TrueAsync(async () => Regex.Count(await Fixture.Gateway.GetAsync("/api/v1/calls?state=ended&peer=moving"), "\"from_peer\":\"moving\"") == 2, text: "both are the peer's calls");
    });

    private async Task CallsInAsync(ScenarioFolder folder, IPEndPoint from)
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), Fixture.Called);
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), from) { Remote = Fixture.Inside, Called = Fixture.NumberInside });
        await SippRun.AllSucceedAsync(calling, answering);
    }
}
