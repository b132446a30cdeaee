using System.Text.Json.Nodes;

namespace SipAlg.Tests.Hosting;

/// <summary>Draining, and the orderly end of calls.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_draining_gateway_refuses_new_calls_and_keeps_those_that_stand()
    {
        await using var host = await RunningHost.StartAsync();
        using var standing = host.Phone();
        using var late = host.Phone();
        await standing.CallAsync("600");

        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/drain")).Status);
        var refusal = await late.CallAsync("600");

        Assert.StartsWith("SIP/2.0 503 ", refusal, StringComparison.Ordinal);
        Assert.Equal("5", SipPhone.Field(refusal, "Retry-After"));
        Assert.Equal(1, host.Gateway.ActiveCalls);
        var (status, body) = await host.GetAsync("readyz");
        Assert.Equal((503, "draining"), (status, (string?)body!["reasons"]![0]));
    }

    /// <summary>The lanes are held up: only what needs none of them is answered.</summary>
    [Fact]
    public async Task A_drain_is_answered_when_the_lanes_know_of_it()
    {
        await using var host = await RunningHost.StartAsync();
        using var held = new ManualResetEventSlim();
        host.Gateway.ForEachLane(_ => held.Wait());

        var asked = host.AskAsync(HttpMethod.Post, "api/v1/drain");
        await Eventually.True(() => host.Gateway.IsDraining, "the drain begins");
        Assert.Equal(503, (await host.GetAsync("readyz")).Status);
        Assert.False(asked.IsCompleted);
        held.Set();

        Assert.Equal(200, (await asked).Status);
        Assert.True(await host.Gateway.AskAsync(0, lane => lane.IsDraining));
    }

    [Fact]
    public async Task A_drain_that_is_taken_back_takes_calls_again()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await host.AskAsync(HttpMethod.Post, "api/v1/drain");

        var (status, body) = await host.AskAsync(HttpMethod.Delete, "api/v1/drain");

        Assert.Equal((200, false), (status, (bool)body!["draining"]!));
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        Assert.Equal(200, (await host.GetAsync("readyz")).Status);
    }

    [Fact]
    public async Task A_stop_sends_BYE_and_writes_the_record()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");

        var stop = host.Host.StopAsync(default);
        await phone.ExpectByeAsync();

        Assert.True(await stop);
        Assert.Equal("gateway_stopped", (string?)Records(host).Single()["cause"]);
    }

    [Fact]
    public async Task A_call_whose_BYE_nobody_answers_has_its_record_all_the_same()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");
        using var now = new CancellationTokenSource();

        var stop = host.Host.StopAsync(now.Token);
        await phone.ExpectByeAsync(answers: false);
        await now.CancelAsync();

        Assert.True(await stop);
        var record = Records(host).Single();
        Assert.Equal(("gateway_stopped", "answered"), ((string?)record["cause"], (string?)record["outcome"]));
        Assert.NotNull(record["ended"]);
    }

    [Fact]
    public async Task A_stop_waits_for_calls_to_end_by_themselves()
    {
        await using var host = await RunningHost.StartAsync(more: "calls: { stop_wait: 1h }");
        using var phone = host.Phone();
        await phone.CallAsync("600");

        var stop = host.Host.StopAsync(default);
        await Eventually.True(() => host.Gateway.IsStopping, "the stop begins");
        Assert.Equal(409, (await host.AskAsync(HttpMethod.Delete, "api/v1/drain")).Status);
        await phone.HangUpAsync();

        Assert.True(await stop);
        Assert.Equal("caller_hung_up", (string?)Records(host).Single()["cause"]);
    }

    [Fact]
    public async Task The_wait_for_calls_can_be_cut_short()
    {
        await using var host = await RunningHost.StartAsync(more: "calls: { stop_wait: 1h }");
        using var phone = host.Phone();
        await phone.CallAsync("600");
        using var now = new CancellationTokenSource();

        var stop = host.Host.StopAsync(now.Token);
        await now.CancelAsync();
        await phone.ExpectByeAsync(answers: false);

        Assert.True(await stop);
    }

    private static IEnumerable<JsonNode> Records(RunningHost host) => File.ReadLines(host.CdrFile).Select(line => JsonNode.Parse(line)!);
}
