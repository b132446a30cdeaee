using System.Text.Json.Nodes;
using SipAlg.Commands;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>What the API and the commands tell of a call afterwards: its messages, the decision, the verdict, a capture.</summary>
[Collection("environment")]
public sealed class CallTraceTests
{
    private static async Task<JsonNode> EndedAsync(RunningHost host, string state = "ended")
    {
        JsonNode? call = null;
        await Eventually.True(async () => (call = (await host.GetAsync($"api/v1/calls?state={state}")).Body!["items"]!.AsArray().FirstOrDefault()) is not null, "the call is in the list");
        return (await host.GetAsync($"api/v1/calls/{call!["id"]}")).Body!;
    }

    private static string[] Ladder(JsonNode call) =>
        [.. call["messages"]!.AsArray().Select(message => $"{message!["direction"]} {string.Join(' ', ((string)message["message"]!).Split(' ')[..2]).Replace("SIP/2.0 ", "", StringComparison.Ordinal).Split(' ')[0]}")];

    [Fact]
    public async Task A_call_has_its_messages_its_decision_and_a_verdict()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600", caller: "+4930");
        await phone.HangUpAsync();
        var call = await EndedAsync(host);

        Assert.Equal(["in INVITE", "out 200", "in ACK", "in BYE", "out 200"], Ladder(call));
        var invite = call["messages"]![0]!;
        Assert.Equal(("phones", "udp", $"127.0.0.1:{phone.Port}"), ((string?)invite["realm"], (string?)invite["transport"], (string?)invite["remote"]));
        Assert.Equal("echo", (string?)call["decision"]!["route"]);
        Assert.Equal("completed", (string?)call["verdict"]!["code"]);
    }

    [Fact]
    public async Task A_call_without_a_route_says_which_ones_were_passed_over()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("no-such-number");
        var call = await EndedAsync(host);

        Assert.Equal("no_route", (string?)call["verdict"]!["code"]);
        Assert.Null(call["decision"]!["route"]);
        var passed = call["decision"]!["passed"]!.AsArray();
        Assert.NotEmpty(passed);
        Assert.Contains(passed, route => (string?)route!["route"] == (string?)call["verdict"]!["evidence"]!["nearest_route"]);
        Assert.All(passed, route => Assert.NotEmpty((string)route!["reason"]!));
        Assert.Single((await host.GetAsync("api/v1/calls?state=ended&verdict=no_route&number=such")).Body!["items"]!.AsArray());
        Assert.Empty((await host.GetAsync("api/v1/calls?state=ended&verdict=completed")).Body!["items"]!.AsArray());
        Assert.Empty((await host.GetAsync("api/v1/calls?state=ended&number=12345")).Body!["items"]!.AsArray());
        Assert.Empty((await host.GetAsync("api/v1/calls?state=ended&peer=nobody")).Body!["items"]!.AsArray());
        Assert.Empty((await host.GetAsync("api/v1/calls?state=ended&outcome=answered")).Body!["items"]!.AsArray());
        Assert.Single((await host.GetAsync("api/v1/calls?state=ended&outcome=rejected")).Body!["items"]!.AsArray());
    }

    [Fact]
    public async Task A_live_list_can_be_filtered_too()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600", caller: "+4930");

        Assert.Single((await host.GetAsync("api/v1/calls?number=4930&peer=callers")).Body!["items"]!.AsArray());
        Assert.Empty((await host.GetAsync("api/v1/calls?number=4931")).Body!["items"]!.AsArray());
        Assert.Empty((await host.GetAsync("api/v1/calls?verdict=completed")).Body!["items"]!.AsArray());
    }

    [Fact]
    public async Task A_capture_has_a_packet_for_each_message()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        var call = await EndedAsync(host);
        var capture = await host.Http.GetByteArrayAsync(new Uri($"api/v1/calls/{call["id"]}/pcap", UriKind.Relative));

        Assert.Equal((0xA1B2C3D4, 101), (BitConverter.ToUInt32(capture), BitConverter.ToInt32(capture, 20)));
        var packets = 0;
        for (var at = 24; at < capture.Length; packets++)
        {
            Assert.Equal((0x45, 17), (capture[at + 16], capture[at + 16 + 9]));
            at += 16 + BitConverter.ToInt32(capture, at + 8);
        }

        Assert.Equal(Ladder(call).Length, packets);
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Get, "api/v1/calls/0123456789abcdef/pcap")).Status);
    }

    [Fact]
    public async Task Without_memory_nothing_is_kept()
    {
        await using var host = await RunningHost.StartAsync(more: "trace: { memory: off }\n");
        using var phone = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        var call = await EndedAsync(host);
        Assert.Empty(call["messages"]!.AsArray());
        Assert.Equal("completed", (string?)call["verdict"]!["code"]);
    }

    [Fact]
    public async Task The_commands_say_it_in_a_shell()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("no-such-number");
        var id = (string)(await EndedAsync(host))["id"]!;
        Environment.SetEnvironmentVariable("SIPALG_ADMIN_ADDRESS", host.Http.BaseAddress!.Authority);
        try
        {
            var (why, exit) = await RunAsync("why", id);
            Assert.Equal(0, exit);
            Assert.Contains("No route of the dialplan matches", why, StringComparison.Ordinal);
            Assert.Equal("no_route", (string?)JsonNode.Parse((await RunAsync("why", id, "--json")).Output)!["verdict"]!["code"]);
            Assert.Contains("INVITE sip:no-such-number", (await RunAsync("trace", id)).Output, StringComparison.Ordinal);
            Assert.Contains(id, (await RunAsync("calls", "--state", "ended")).Output, StringComparison.Ordinal);
            Assert.Equal(1, (await RunAsync("hangup", id)).Exit);
            Assert.Equal(1, (await RunAsync("why", "0")).Exit);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SIPALG_ADMIN_ADDRESS", null);
        }
    }

    private static async Task<(string Output, int Exit)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        var exit = await GatewayCommands.InvokeAsync(arguments, (_, _) => Task.FromResult(99), TimeProvider.System, output, output);
        return (output.ToString(), exit);
    }
}
