using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Protection;

/// <summary>What accounts have used, as operators see it, and what they forget of it.</summary>
public sealed class AccountsApiTests
{
    private const string Limits = "fraud: { numbers: { six: { prefix: '6' }, none: { prefix: '0900' } }, peers: { calls: 9, calls_per_hour: { alarm: 1, block: 2 }, to: { six: { minutes_per_day: 30 }, none: { calls: 0 } } } }";

    private static async Task<JsonNode[]> ListAsync(RunningHost host, string query = "") =>
        [.. (await host.GetAsync($"api/v1/accounts?{query}")).Body!["items"]!.AsArray().Select(item => item!)];

    private static async Task<string> CallAsync(RunningHost host)
    {
        using var phone = host.Phone();
        var answer = await phone.CallAsync("600");
        if (answer.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal))
        {
            await phone.HangUpAsync();
            await Eventually.True(() => host.Gateway.ActiveCalls == 0, "the call is over");
        }

        return answer;
    }

    private static (double, int?, int?) Use(JsonNode line, string what) => ((double)line[what]!["used"]!, (int?)line[what]!["alarm"], (int?)line[what]!["block"]);

    [Fact]
    public async Task An_account_says_how_much_it_has_used_and_is_forgotten()
    {
        await using var host = await RunningHost.StartAsync(more: Limits);
        Assert.Empty(await ListAsync(host));
        await CallAsync(host);

        var account = Assert.Single(await ListAsync(host));
        Assert.Equal(("peer callers", "alarm"), ((string?)account["account"], (string?)account["standing"]));
        var (all, six) = (account["lines"]![0]!, account["lines"]![1]!);
        Assert.Equal((null, (0, 8, 9), (1, 1, 2), (0, null, null)), ((string?)all["numbers"], Use(all, "calls"), Use(all, "calls_per_hour"), Use(all, "minutes_per_day")));
        Assert.Equal(("six", "fine", (1, null, null), (0, 24, 30)), ((string?)six["numbers"], (string?)six["standing"], Use(six, "calls_per_hour"), Use(six, "minutes_per_day")));

        var none = account["lines"]![2]!;
        Assert.Equal(("none", "fine", (0, null, 0)), ((string?)none["numbers"], (string?)none["standing"], Use(none, "calls")));

        await CallAsync(host);
        Assert.StartsWith("SIP/2.0 403 ", await CallAsync(host), StringComparison.Ordinal);
        Assert.Equal("blocked", (string?)Assert.Single(await ListAsync(host, "standing=blocked&account=CALL"))["standing"]);
        Assert.Empty(await ListAsync(host, "standing=fine"));
        Assert.Empty(await ListAsync(host, "account=alice"));

        Assert.Equal(204, (await host.AskAsync(HttpMethod.Delete, "api/v1/accounts/peer%20callers")).Status);
        Assert.Equal("fine", (string?)Assert.Single(await ListAsync(host))["standing"]);
        Assert.StartsWith("SIP/2.0 200 ", await CallAsync(host), StringComparison.Ordinal);
        var (status, refusal) = await host.AskAsync(HttpMethod.Delete, "api/v1/accounts/alice");
        Assert.Equal((404, "no_account"), (status, (string?)refusal!["error"]));
        Assert.Single((await host.GetAsync("api/v1/audit?path=accounts/peer&outcome=done")).Body!["items"]!.AsArray());
    }

    /// <summary>A call that stands is one more call at once, also when what was used is forgotten in its midst.</summary>
    [Fact]
    public async Task Calls_that_stand_are_not_forgotten()
    {
        await using var host = await RunningHost.StartAsync(more: Limits);
        using var phone = host.Phone();
        await phone.CallAsync("600");
        Assert.Equal(204, (await host.AskAsync(HttpMethod.Delete, "api/v1/accounts/peer%20callers")).Status);
        var line = Assert.Single(await ListAsync(host))["lines"]![0]!;
        Assert.Equal((1, 0), ((int)line["calls"]!["used"]!, (int)line["calls_per_hour"]!["used"]!));

        await phone.HangUpAsync();
        await Eventually.True(async () => (int)Assert.Single(await ListAsync(host))["lines"]![0]!["calls"]!["used"]! == 0, "the call is over");
    }

    [Fact]
    public async Task Pages_follow_each_other_by_name_and_who_is_no_longer_limited_is_not_shown()
    {
        await using var host = await RunningHost.StartAsync(more: "users: { u1: { password: x }, u2: { password: x }, u3: { password: x }, u4: { password: x, fraud: {} } }\nfraud: { users: { calls: 3 } }");
        foreach (var name in (string[])["user u3", "user u1", "user gone", "peer far", "user u2", "user u4"])
        {
            host.Gateway.Ledger.Of(name);
        }

        List<string> seen = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var (status, page) = await host.GetAsync($"api/v1/accounts?limit=2&cursor={Uri.EscapeDataString(cursor)}");
            Assert.Equal(200, status);
            seen.AddRange(page!["items"]!.AsArray().Select(item => (string)item!["account"]!));
            cursor = (string?)page["next"];
        }

        Assert.Equal(["user u1", "user u2", "user u3"], seen);
        Assert.Equal(400, (await host.GetAsync("api/v1/accounts?limit=0")).Status);
    }
}
