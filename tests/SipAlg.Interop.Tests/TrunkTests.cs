using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Names;
using SipAlg.Interop.Tests.Pbx;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>The gateway as a customer of a carrier (Kamailio) that wants it registered and challenges REGISTER and INVITE.</summary>
[Trait("Run", "second")]
public sealed class TrunkTests
{
    private const string CallIn = "300";
    private const string CallOut = "200";

    private readonly IPEndPoint _outside = Ports.Free(Networks.Outside(70));
    private readonly IPEndPoint _inside = Ports.Free(Networks.Inside(70));
    private readonly IPEndPoint _carrier = Ports.Free(Networks.Inside(71));
    private readonly IPEndPoint _subscriber = Ports.Free(Networks.Inside(72));
    private readonly IPEndPoint _other = Ports.Free(Networks.Inside(73));
    private readonly IPEndPoint _phone = Ports.Free(Networks.Outside(74));
    private readonly IPEndPoint _server = Ports.Free(Networks.Inside(75));

    private static string Caller => Networks.Outside(76);

    /// <param name="address">Of the carrier.</param>
    /// <param name="more">Further keys of it.</param>
    private string Configuration(string address, string more) => $$"""
        sip: { t1: 50ms, dns: ['{{_server}}'] }
        realms:
          outside: { listen: ['udp://{{_outside}}'], media: { ports: 20000-20999 } }
          inside: { listen: ['udp://{{_inside}}', 'tcp://{{_inside}}'], media: { ports: 21000-21999 } }
        peers:
          callers: { realm: outside, accept_from: {{Caller}} }
          phone: { realm: outside, address: 'sip:{{_phone}}', accept_from: {{_phone.Address}} }
          other: { realm: inside, address: 'sip:{{_other}}' }
          carrier:
            realm: inside
            address: '{{address}}'
            domain: carrier.example
            accept_from: []
            credentials: { username: '4711', realm: carrier.example, password: secret }
            register: { aor: 'sip:4711@carrier.example', expires: 60s }
            {{more}}
        """;

    private static string Dialplan => $$"""
        routes:
          - { name: out, when: { realm: outside, called: ['{{CallOut}}'] }, to: [ { peer: carrier }, { peer: other } ] }
          - { name: in, when: { peer: carrier, called: ['{{CallIn}}'] }, to: [ { peer: phone } ] }
        """;

    private async Task WithGatewayAsync(string address, string more, Func<ScenarioFolder, GatewayProcess, Task> test)
    {
        var folder = ScenarioFolder.Create("trunk");
        await using var gateway = await GatewayProcess.StartAsync(
            $"{Configuration(address, more)}\nstate: {{ folder: '{folder["state"]}' }}", Dialplan, new SipProbe(IPAddress.Parse(Caller), _outside));
        try
        {
            await test(folder, gateway);
            await gateway.StopAsync();
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{fault.Message}\n{gateway.Log}", fault);
        }

        folder.Delete();
    }

    private string Carrier(string transport = "udp") => $"sip:{_carrier};transport={transport}";

    private Task<ChildProcess> StartCarrierAsync(ScenarioFolder folder) => Kamailio.StartCarrierAsync(folder, _carrier, _inside.Address, _subscriber);

    private static Task BecomesAsync(GatewayProcess gateway, string gauge, int value) => Eventually.TrueAsync(
        async () => (await gateway.MetricsAsync()).Sum(gauge, "peer=\"carrier\"") == value, text: $"{gauge} is {value}");

    /// <summary>From the gateway's caller, to whom it goes.</summary>
    private async Task CallsOutAsync(ScenarioFolder folder, IPEndPoint to)
    {
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), to));
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(Caller)) { Remote = _outside, Called = CallOut });
        await SippRun.AllSucceedAsync(calling, answering);
    }

    /// <summary>Somebody calls the carrier, which calls the contact that is registered with it.</summary>
    private async Task CallsInAsync(ScenarioFolder folder)
    {
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), _phone));
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(Networks.Inside(77))) { Remote = _carrier, Called = CallIn });
        await SippRun.AllSucceedAsync(calling, answering);
        var invite = answering.Received("INVITE ")[0].Text;
        Assert.StartsWith($"INVITE sip:{CallIn}@", invite, StringComparison.Ordinal);

        // The contact has 24 digits, the names that the gateway makes for a call have more.
        Assert.DoesNotMatch("sip:[0-9a-f]{24}@", invite);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public Task It_registers_calls_out_and_is_called(string transport) => WithGatewayAsync(Carrier(transport), "", async (folder, gateway) =>
    {
        await using var carrier = await StartCarrierAsync(folder);
        await BecomesAsync(gateway, "sipalg_peer_registered", 1);
        Assert.Equal(1, (await gateway.MetricsAsync()).Sum("sipalg_peer_up", "peer=\"carrier\""));
        Assert.Contains("\"registered\":true", await gateway.GetAsync("/api/v1/peers?limit=1&cursor=3"), StringComparison.Ordinal);
        await CallsOutAsync(folder, _subscriber);
        await CallsInAsync(folder);
    });

    /// <summary>A stop takes the registration back: the carrier does not know the contact any more.</summary>
    [Fact]
    public async Task A_stop_takes_the_registration_back()
    {
        var outer = ScenarioFolder.Create("carrier");
        await using var carrier = await StartCarrierAsync(outer);
        await WithGatewayAsync(Carrier(), "", async (_, gateway) => await BecomesAsync(gateway, "sipalg_peer_registered", 1));
        await using var calling = SippRun.Call(outer, new SippOptions(new SippScenario("caller-refused").With("status", "404"), Ports.Free(Networks.Inside(77))) { Remote = _carrier, Called = CallIn });
        await calling.AllSucceedAsync();
        outer.Delete();
    }

    [Fact]
    public Task A_carrier_that_dies_is_passed_over_and_comes_back_by_itself() => WithGatewayAsync(Carrier(), "ping: 5s", async (folder, gateway) =>
    {
        var starting = Prometheus.StartAsync(folder, gateway.Admin);
        var carrier = await StartCarrierAsync(folder);
        await BecomesAsync(gateway, "sipalg_peer_registered", 1);
        var registered = await RegisteredAsync(gateway);
        await using var prometheus = await starting;
        Assert.Empty(await prometheus.FiringAsync("SipalgPeerDown"));
        await carrier.DisposeAsync();
        await BecomesAsync(gateway, "sipalg_peer_up", 0);
        await Eventually.TrueAsync(async () => (await prometheus.FiringAsync("SipalgPeerDown")).Count == 1, text: "the alert fires");
        Assert.StartsWith("Peer carrier takes no calls", (string?)(await prometheus.FiringAsync("SipalgPeerDown"))[0]["annotations"]!["summary"], StringComparison.Ordinal);
        await Eventually.TrueAsync(() => gateway.Log.Contains("Peer carrier is down", StringComparison.Ordinal));
        var before = (await gateway.MetricsAsync()).Sum("sipalg_peer_attempts_total", "peer=\"carrier\"");
        await CallsOutAsync(folder, _other);
        Assert.Equal(before, (await gateway.MetricsAsync()).Sum("sipalg_peer_attempts_total", "peer=\"carrier\""));

        // It has forgotten who was registered.
        await using var again = await StartCarrierAsync(folder);
        await BecomesAsync(gateway, "sipalg_peer_up", 1);
        await Eventually.TrueAsync(async () => (await prometheus.FiringAsync("SipalgPeerDown")).Count == 0, text: "the alert is over");
        await CallsOutAsync(folder, _subscriber);
        await Eventually.TrueAsync(async () => await RegisteredAsync(gateway) is { Length: > 0 } answered && answered != registered, text: "it registers again");
        await CallsInAsync(folder);
    });

    /// <summary>When the registrar has answered last that it is registered; empty if it answered otherwise since.</summary>
    private static async Task<string> RegisteredAsync(GatewayProcess gateway) =>
        Regex.Match(await gateway.GetAsync("/api/v1/peers"), "\"outcome\":\"registered\",\"status\":200,\"answered\":\"([^\"]+)\"").Groups[1].Value;

    [Fact]
    public async Task When_the_first_server_is_dead_it_registers_with_the_second()
    {
        var zone = ScenarioFolder.Create("trunk-names");
        await using var names = await NameServer.StartAsync(zone, _server, $"""
            _sip._udp.sip SRV 10 1 {Ports.Free(Networks.Inside(78)).Port} dead
            _sip._udp.sip SRV 20 1 {_carrier.Port} carrier
            dead A {Networks.Inside(78)}
            carrier A {_carrier.Address}
            """);
        await WithGatewayAsync("sip:sip.example.test;transport=udp", "", async (folder, gateway) =>
        {
            await using var carrier = await StartCarrierAsync(folder);
            await BecomesAsync(gateway, "sipalg_peer_registered", 1);
            Assert.Contains($"\"endpoint\":\"udp:{_carrier}\"", await gateway.GetAsync("/api/v1/peers"), StringComparison.Ordinal);
            await CallsOutAsync(folder, _subscriber);
            await CallsInAsync(folder);
        });
        zone.Delete();
    }
}
