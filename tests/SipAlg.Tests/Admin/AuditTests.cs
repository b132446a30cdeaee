using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>Who has changed what.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Every_change_is_written_down_with_who_and_what_came_of_it()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        await host.AskAsync(HttpMethod.Post, "api/v1/drain", "secret");
        await host.AskAsync(HttpMethod.Delete, "api/v1/drain", "look");
        await host.AskAsync(HttpMethod.Delete, "api/v1/calls/0123456789abcdef", "secret");
        await host.AskAsync(HttpMethod.Delete, "api/v1/drain");
        await host.GetAsync("api/v1/calls", "look");

        var (_, body) = await host.GetAsync("api/v1/audit", "look");

        Assert.Equal(
            ["token 127.0.0.1 DELETE /api/v1/calls/0123456789abcdef 404 refused", "read_token 127.0.0.1 DELETE /api/v1/drain 403 refused", "token 127.0.0.1 POST /api/v1/drain 200 done"],
            body!["items"]!.AsArray().Select(Text));
        Assert.Null(body["next"]);
    }

    [Fact]
    public async Task The_last_changes_come_in_pages_newest_first()
    {
        await using var host = await RunningHost.StartAsync();
        for (var change = 1; change <= 5; change++)
        {
            await host.AskAsync(HttpMethod.Delete, $"api/v1/registrations/{change}@example.com");
        }

        List<string> paths = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var (_, page) = await host.GetAsync($"api/v1/audit?limit=2&cursor={cursor}");
            paths.AddRange(page!["items"]!.AsArray().Select(entry => (string)entry!["path"]!));
            cursor = (string?)page["next"];
        }

        Assert.Equal(Enumerable.Range(1, 5).Reverse().Select(change => $"/api/v1/registrations/{change}@example.com"), paths);
        Assert.Equal("anybody", (string?)(await host.GetAsync("api/v1/audit")).Body!["items"]![0]!["who"]);
        Assert.Equal(400, (await host.GetAsync("api/v1/audit?cursor=x")).Status);
        Assert.Equal(400, (await host.GetAsync("api/v1/audit?limit=0")).Status);
    }

    private static string Text(JsonNode? entry) => $"{entry!["who"]} {entry["address"]} {entry["method"]} {entry["path"]} {entry["status"]} {entry["outcome"]}";
}
