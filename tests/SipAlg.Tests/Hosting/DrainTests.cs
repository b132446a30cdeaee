using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Hosting;
using SipAlg.Testing;

namespace SipAlg.Tests.Hosting;

/// <summary>A drain with a deadline, by a clock that the test moves.</summary>
public sealed class DrainTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task Calls_that_still_stand_at_the_deadline_are_ended_and_the_gateway_goes_on_draining()
    {
        await using var host = await RunningHost.StartAsync();
        await using var drain = new Drain(host.Gateway, NullLogger.Instance, _time);
        using var phone = host.Phone();
        await phone.CallAsync("600");
        drain.Begin(TimeSpan.FromMinutes(10));
        LookAt(drain, 599_999);
        Assert.Equal(new DrainDeadline(_time.GetUtcNow().AddMilliseconds(1), HasPassed: false), drain.Deadline);
        Assert.Equal(1, host.Gateway.ActiveCalls);

        LookAt(drain, 600_000);
        var bye = await phone.ExpectByeAsync();

        Assert.Equal("SIP;cause=503;text=\"Gateway drained\"", SipPhone.Field(bye, "Reason"));
        Assert.Equal(new DrainDeadline(_time.GetUtcNow(), HasPassed: true), drain.Deadline);
        await Eventually.True(async () => (await host.GetAsync("api/v1/calls?state=ended")).Body!["items"]!.AsArray().Count == 1, "its record is there");
        var record = (await host.GetAsync("api/v1/calls?state=ended")).Body!["items"]![0]!;
        Assert.Equal(("drain_deadline", "gateway", "answered", "drain_deadline"), ((string?)record["cause"], (string?)record["ended_by"], (string?)record["outcome"], (string?)record["verdict"]!["code"]));
        using var late = host.Phone();
        Assert.StartsWith("SIP/2.0 503 ", await late.CallAsync("600"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_that_is_lifted_ends_no_calls()
    {
        await using var host = await RunningHost.StartAsync();
        await using var drain = new Drain(host.Gateway, NullLogger.Instance, _time);
        using var phone = host.Phone();
        await phone.CallAsync("600");
        drain.Begin(TimeSpan.FromMinutes(10));
        Assert.True(drain.TryEnd());
        LookAt(drain, 600_000);

        Assert.Null(drain.Deadline);
        await host.Gateway.AllHeardAsync();
        await phone.HangUpAsync();
    }

    /// <summary>Who asks again to see how far it is takes nothing back.</summary>
    [Fact]
    public async Task A_deadline_stays_until_another_is_set()
    {
        await using var host = await RunningHost.StartAsync();
        await using var drain = new Drain(host.Gateway, NullLogger.Instance, _time);
        drain.Begin(TimeSpan.FromMinutes(10));
        var set = drain.Deadline;
        drain.Begin();
        Assert.Equal(set, drain.Deadline);
        LookAt(drain, 60_000);
        drain.Begin(TimeSpan.FromMinutes(5));
        Assert.Equal(_time.GetUtcNow().AddMinutes(5), drain.Deadline!.At);
        drain.Begin(deadline: null);
        Assert.Null(drain.Deadline);
        LookAt(drain, 3_600_000);
        Assert.Null(drain.Deadline);
    }

    /// <summary>After <c>calls.stop_wait</c>, which is its own.</summary>
    [Fact]
    public async Task A_stop_ends_calls_by_itself()
    {
        await using var host = await RunningHost.StartAsync();
        await using var drain = new Drain(host.Gateway, NullLogger.Instance, _time);
        drain.Begin(TimeSpan.FromMinutes(10));
        host.Gateway.BeginStop();
        LookAt(drain, 600_000);
        Assert.False(drain.Deadline!.HasPassed);
        Assert.False(drain.TryEnd());
    }

    [Fact]
    public async Task The_API_takes_a_deadline_and_shows_it()
    {
        await using var host = await RunningHost.StartAsync();
        var before = DateTimeOffset.UtcNow;
        Assert.Equal((false, null, false), Told((await host.GetAsync("api/v1/drain")).Body!));

        var (draining, deadline, hasPassed) = Told(await PostAsync(host, "10m"));

        Assert.True(draining);
        Assert.False(hasPassed);
        Assert.InRange(deadline!.Value, before.AddMinutes(10).AddMilliseconds(-1), DateTimeOffset.UtcNow.AddMinutes(10));
        Assert.Equal((true, deadline, false), Told((await host.GetAsync("api/v1/drain")).Body!));
        Assert.Equal(deadline, (DateTimeOffset?)(await host.GetAsync("api/v1/overview")).Body!["drain_deadline"]);
        Assert.Equal((true, deadline, false), Told((await host.AskAsync(HttpMethod.Post, "api/v1/drain")).Body!));
        Assert.Equal((true, null, false), Told(await PostAsync(host, "off")));
        Assert.Equal(["deadline off", null, "deadline 10m"], (await host.GetAsync("api/v1/audit")).Body!["items"]!.AsArray().Select(entry => (string?)entry!["detail"]));
        Assert.Equal((false, null, false), Told((await host.AskAsync(HttpMethod.Delete, "api/v1/drain")).Body!));
    }

    /// <summary>Whoever misspells the deadline does not want a drain without one.</summary>
    [Fact]
    public async Task A_member_that_there_is_not_changes_nothing()
    {
        await using var host = await RunningHost.StartAsync();
        using var content = JsonContent.Create(new { deadlin = "10m" });
        using var answer = await host.Http.PostAsync(new Uri("api/v1/drain", UriKind.Relative), content);
        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains("deadlin", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(host.Gateway.IsDraining);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("999ms")]
    [InlineData("8d")]
    [InlineData("tomorrow")]
    [InlineData("")]
    [InlineData("-5m")]
    public async Task A_deadline_that_makes_no_sense_changes_nothing(string deadline)
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Equal("bad_deadline", (string?)(await PostAsync(host, deadline))["error"]);
        Assert.False(host.Gateway.IsDraining);
    }

    private void LookAt(Drain drain, long milliseconds)
    {
        _time.MoveTo(milliseconds);
        drain.Look();
    }

    private static async Task<JsonNode> PostAsync(RunningHost host, string deadline)
    {
        using var answer = await host.Http.PostAsJsonAsync("api/v1/drain", new { deadline });
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static (bool Draining, DateTimeOffset? Deadline, bool HasPassed) Told(JsonNode body) => ((bool)body["draining"]!, (DateTimeOffset?)body["deadline"], (bool)body["deadline_passed"]!);
}
