using System.Text.Json.Nodes;
using SipAlg.Admin.Overview;
using SipAlg.Calls.Calls;
using SipAlg.Journal;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>The figures of the console.</summary>
public sealed class OverviewTests
{
    [Fact]
    public async Task Calls_are_counted_while_they_stand_and_when_they_have_ended()
    {
        await using var host = await RunningHost.StartAsync();
        using var live = host.Phone();
        using var answered = host.Phone();
        using var rejected = host.Phone();
        await live.CallAsync("600");
        await answered.CallAsync("600");
        await answered.HangUpAsync();
        await rejected.CallAsync("999");

        JsonNode body = new JsonObject();
        await Eventually.True(
            async () => (int)(body = (await host.GetAsync("api/v1/overview")).Body!)["last_5_minutes"]!["calls"]! == 2 && body["series"]!["calls_active"]!.AsArray().Count > 0, "both calls have been judged");

        Assert.Equal(1, (int)body["calls_active"]!);
        Assert.Equal((1, 0.5, 0.5), ((int)body["last_5_minutes"]!["answered"]!, (double)body["last_5_minutes"]!["answer_seizure_ratio"]!, (double)body["last_5_minutes"]!["network_effectiveness"]!));
        Assert.Equal(body["last_5_minutes"]!.ToJsonString(), body["last_60_minutes"]!.ToJsonString());
        Assert.Equal((2, 2), ((int)body["peers_up"]!, (int)body["peers_total"]!));
        var realm = Assert.Single(body["realms"]!.AsArray())!;
        Assert.Equal("phones", (string?)realm["name"]);
        Assert.InRange((int)realm["ports_in_use"]!, 2, 4);
        Assert.True((int)realm["ports_capacity"]! > 100);
        Assert.True((long)body["memory_bytes"]! > 1 << 20);
        Assert.True((double)body["uptime_seconds"]! > 0);
        Assert.Single(body["series"]!.AsObject().Where(member => member.Value is JsonArray).Select(member => member.Value!.AsArray().Count).Distinct());
        Assert.False((bool)body["draining"]!);
        await host.AskAsync(HttpMethod.Post, "api/v1/drain");
        Assert.True((bool)(await host.GetAsync("api/v1/overview")).Body!["draining"]!);
    }

    [Fact]
    public async Task Before_the_first_call_there_are_no_ratios()
    {
        await using var host = await RunningHost.StartAsync();

        var (status, body) = await host.GetAsync("api/v1/overview");

        Assert.Equal((200, 0), (status, (int)body!["last_60_minutes"]!["calls"]!));
        Assert.Null(body["last_60_minutes"]!["answer_seizure_ratio"]);
        Assert.Null(body["last_60_minutes"]!["network_effectiveness"]);
    }

    /// <summary>Whoever is busy was reached; a route that leads nowhere, or a far side that fails, was not.</summary>
    [Theory]
    [InlineData(CallCause.CalleeRefused, 486, true)]
    [InlineData(CallCause.CalleeRefused, 480, true)]
    [InlineData(CallCause.CalleeRefused, 600, true)]
    [InlineData(CallCause.CalleeRefused, 603, true)]
    [InlineData(CallCause.CalleeRefused, 404, false)]
    [InlineData(CallCause.CalleeRefused, 500, false)]
    [InlineData(CallCause.CallerCancelled, 0, true)]
    [InlineData(CallCause.NoAnswer, 0, true)]
    [InlineData(CallCause.TargetTimedOut, 0, false)]
    [InlineData(CallCause.NoRoute, 0, false)]
    public void What_the_network_has_done_its_part_for(CallCause cause, int status, bool isEffective)
    {
        var tally = new CallTally();

        tally.Add(new JudgedCall(new CallRecord(1, "1"u8, "2"u8) { Cause = cause, TargetStatus = status }, null!));

        Assert.Equal(new CallCounts(1, 0, isEffective ? 1 : 0), tally.Read());
    }

    [Fact]
    public void Invites_that_became_no_call_count_for_nothing()
    {
        var tally = new CallTally();
        tally.Add(new JudgedCall(new CallRecord(1, "1"u8, "2"u8) { Refusal = new Refusal(default, default) }, null!));
        Assert.Equal(default, tally.Read());
    }

    [Fact]
    public void A_percentile_is_of_what_is_new()
    {
        var percentile = new Percentile([1, 2, 3]);

        Assert.Equal(0, percentile.Next([0, 0, 0, 0]));
        Assert.Equal(1, percentile.Next([1000, 1, 0, 0]));
        Assert.Equal(2, percentile.Next([1000, 2, 0, 0]));
        Assert.Equal(3, percentile.Next([1000, 2, 98, 0]));
        Assert.Equal(3, percentile.Next([1000, 2, 98, 5]));
        Assert.Equal(0, percentile.Next([1000, 2, 98, 5]));
        Assert.Equal(2, percentile.Next([1098, 4, 98, 5]));
    }
}
