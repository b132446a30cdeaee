using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>Lists that are asked for a part of what there is.</summary>
public sealed class ListFilterTests
{
    [Fact]
    public async Task Live_calls_are_chosen_by_what_is_known_of_them()
    {
        await using var host = await RunningHost.StartAsync();
        using var one = host.Phone();
        using var other = host.Phone();
        await one.CallAsync("600", caller: "+4930111");
        await other.CallAsync("600", caller: "+4930222");

        foreach (var (query, expected) in new[]
        {
            ("", 2), ("number=4930", 2), ("number=222", 1), ("number=600", 2), ("caller=111", 1), ("caller=600", 0), ("called=60", 2), ("called=4930", 0),
            ("peer=callers", 2), ("peer=far", 0), ("realm=phones", 2), ("realm=core", 0), ("user=alice", 0), ("since=2026-01-01T00:00:00Z", 2), ("since=2999-01-01", 0),
            ("outcome=answered", 0), ("verdict=completed", 0), ("state=answered", 2), ("state=setup", 0), ("number=111&peer=callers&realm=phones", 1),
        })
        {
            Assert.Equal((query, expected), (query, await CountAsync(host, query)));
        }

        Assert.Equal(400, (await host.GetAsync("api/v1/calls?since=yesterday")).Status);
    }

    [Fact]
    public async Task Ended_calls_are_chosen_by_how_they_went()
    {
        await using var host = await RunningHost.StartAsync();
        using var answered = host.Phone();
        using var rejected = host.Phone();
        await answered.CallAsync("600", caller: "+4930111");
        await answered.HangUpAsync();
        await rejected.CallAsync("999", caller: "+4930222");
        await Eventually.True(async () => await CountAsync(host, "state=ended") == 2, "both have ended");

        foreach (var (query, caller) in new[] { ("outcome=answered", "+4930111"), ("outcome=rejected", "+4930222"), ("verdict=no_route", "+4930222"), ("number=222", "+4930222"), ("called=600", "+4930111") })
        {
            var (_, body) = await host.GetAsync($"api/v1/calls?state=ended&{query}");
            Assert.Equal((query, caller), (query, (string?)Assert.Single(body!["items"]!.AsArray())!["caller"]));
        }

        Assert.Equal(0, await CountAsync(host, "state=ended&since=2999-01-01"));
        Assert.Equal(0, await CountAsync(host, "state=ended&realm=core"));

        var ended = (await host.GetAsync("api/v1/calls?state=ended&outcome=answered")).Body!["items"]![0]!["id"]!;
        var (status, refusal) = await host.AskAsync(HttpMethod.Delete, $"api/v1/calls/{ended}");
        Assert.Equal((404, "no_such_call", "This call has ended: there is nothing to hang up."), (status, (string?)refusal!["error"], (string?)refusal["message"]));
    }

    /// <summary>Who misspells a filter would believe that all calls are what was asked for.</summary>
    [Theory]
    [InlineData("GET", "calls?perr=far", "unknown_parameter", "There is no parameter 'perr' here; there are state, ")]
    [InlineData("GET", "peers?peer=far", "unknown_parameter", "There is no parameter 'peer' here; there are name, realm, up, limit, cursor.")]
    [InlineData("GET", "overview?limit=5", "unknown_parameter", "There is no parameter 'limit' here; there are none.")]
    [InlineData("DELETE", "drain?dry_run=true", "unknown_parameter", "There is no parameter 'dry_run' here; there are none.")]
    [InlineData("GET", "calls?peer=far&peer=callers", "repeated_parameter", "peer stands there more than once.")]
    [InlineData("GET", "calls?state=live&state=ended", "repeated_parameter", "state stands there more than once.")]
    public async Task A_parameter_that_there_is_none_of_is_refused(string method, string path, string error, string message)
    {
        await using var host = await RunningHost.StartAsync();
        var (status, body) = await host.AskAsync(new HttpMethod(method), $"api/v1/{path}");
        Assert.Equal((400, error), (status, (string?)body!["error"]));
        Assert.StartsWith(message, (string?)body["message"], StringComparison.Ordinal);
    }

    /// <summary>However small the pages are, and whatever is left out: all that are wanted come, once.</summary>
    [Fact]
    public async Task Pages_of_a_filtered_list_miss_nothing()
    {
        await using var host = await RunningHost.StartAsync();
        var phones = Enumerable.Range(0, 9).Select(_ => host.Phone()).ToArray();
        for (var index = 0; index < phones.Length; index++)
        {
            await phones[index].CallAsync("600", caller: index % 3 == 0 ? "+49301" : "+49402");
        }

        List<string> callers = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var (_, page) = await host.GetAsync($"api/v1/calls?limit=2&number=4940&cursor={cursor}");
            Assert.True(page!["items"]!.AsArray().Count <= 2);
            callers.AddRange(page["items"]!.AsArray().Select(call => (string)call!["id"]!));
            cursor = (string?)page["next"];
        }

        Assert.Equal((6, 6), (callers.Count, callers.Distinct().Count()));
        Array.ForEach(phones, phone => phone.Dispose());
    }

    [Fact]
    public async Task Peers_are_chosen_by_name_realm_and_state()
    {
        await using var host = await RunningHost.StartAsync();
        foreach (var (query, expected) in new[] { ("", "callers far"), ("name=FA", "far"), ("realm=phones", "callers far"), ("realm=x", ""), ("up=true", "callers far"), ("up=false", "") })
        {
            var (_, body) = await host.GetAsync($"api/v1/peers?{query}");
            Assert.Equal((query, expected), (query, string.Join(' ', Names(body!))));
        }

        var (_, first) = await host.GetAsync("api/v1/peers?limit=1&name=a");
        var (_, second) = await host.GetAsync($"api/v1/peers?limit=1&name=a&cursor={(string?)first!["next"]}");
        Assert.Equal(["callers", "far"], Names(first).Concat(Names(second!)));
        Assert.Null(second!["next"]);
    }

    private static IEnumerable<string> Names(JsonNode body) => body["items"]!.AsArray().Select(peer => (string)peer!["name"]!);

    private static async Task<int> CountAsync(RunningHost host, string query) => (await host.GetAsync($"api/v1/calls?{query}")).Body!["items"]!.AsArray().Count;
}
