using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>The dry run over HTTP.</summary>
public sealed class RouteApiTests
{
    [Fact]
    public async Task A_route_is_told_with_the_reasons_of_those_before_it()
    {
        await using var host = await RunningHost.StartAsync();

        var body = await AskAsync(host, new { called = "700", caller = "100" });

        Assert.Equal((true, "far", "peer far", "sip:127.0.0.1:9"), ((bool)body["routed"]!, (string?)body["route"], (string?)body["targets"]![0]!["target"], (string?)body["targets"]![0]!["address"]));
        Assert.EndsWith("d.yaml:3", (string?)body["at"], StringComparison.Ordinal);
        var passed = Assert.Single(body["passed"]!.AsArray())!;
        Assert.Equal("echo", (string?)passed["route"]);
        Assert.Contains("700", (string?)passed["reason"], StringComparison.Ordinal);
        Assert.Equal(0, host.Gateway.ActiveCalls);
    }

    [Fact]
    public async Task A_rejection_is_told_with_its_status()
    {
        await using var host = await RunningHost.StartAsync();

        var body = await AskAsync(host, new { called = "999" });

        Assert.Equal((false, 404, null), ((bool)body["routed"]!, (int)body["rejection"]!["status"]!, (string?)body["route"]));
        Assert.Equal(2, body["passed"]!.AsArray().Count);
    }

    [Fact]
    public async Task Changes_and_headers_are_told()
    {
        await using var host = await RunningHost.StartAsync();
        await File.WriteAllTextAsync(host.Folder.DialplanFile,
            """
            routes:
              - name: out
                emergency: true
                when: { called: '^0(?<n>[0-9]+)$', headers: { X-Group: '^sales$' }, time: 'Mon-Fri 08:00-18:00 Europe/Berlin' }
                set: { called: '+49${n}', caller: '+4930', headers: { X-Route: out, X-Internal: null } }
                to: [ { peer: far, no_answer: 20s } ]
            """);
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);

        var body = await AskAsync(host, new { called = "030123", headers = new Dictionary<string, string> { ["X-Group"] = "sales" }, at = "2026-03-02T09:00+01:00" });

        Assert.Equal(("+4930123", "+4930"), ((string?)body["changes"]!["called"], (string?)body["changes"]!["caller"]));
        Assert.Equal(["X-Route=out", "X-Internal="], body["changes"]!["headers"]!.AsArray().Select(header => $"{header!["name"]}={header["value"]}"));
        Assert.Equal(20, (double)body["targets"]![0]!["no_answer_seconds"]!);
        Assert.True((bool)body["emergency"]!);
        Assert.False((bool)(await AskAsync(host, new { called = "030123", at = "2026-03-01T09:00+01:00" }))["routed"]!);
    }

    [Theory]
    [InlineData("{\"called\":\"1\",\"peer\":\"nobody\"}", "there is no peer 'nobody'")]
    [InlineData("{\"called\":\"1\",\"user\":\"nobody\"}", "there is no user 'nobody'")]
    [InlineData("{\"called\":\"1\",\"realm\":\"nowhere\"}", "there is no realm 'nowhere'")]
    [InlineData("{\"called\":\"1\",\"source\":\"x\"}", "no IP address")]
    [InlineData("{\"called\":\"1\",\"at\":\"noon\"}", "no time")]
    [InlineData("{\"caller\":\"1\"}", "called")]
    [InlineData("{\"called\":5}", "of another kind")]
    [InlineData("{\"called\":\"1\",\"called_as\":\"2\"}", "called_as")]
    public async Task What_cannot_be_asked_is_told(string body, string expected)
    {
        await using var host = await RunningHost.StartAsync();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var answer = await host.Http.PostAsync(new Uri("api/v1/route", UriKind.Relative), content);

        Assert.Equal(400, (int)answer.StatusCode);
        Assert.Contains(expected, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"], StringComparison.Ordinal);
    }

    /// <summary>It changes nothing.</summary>
    [Fact]
    public async Task Who_may_look_may_ask()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        host.Http.DefaultRequestHeaders.Authorization = new("Bearer", "look");

        Assert.True((bool)(await AskAsync(host, new { called = "600" }))["routed"]!);
    }

    private static async Task<JsonNode> AskAsync(RunningHost host, object query)
    {
        using var content = JsonContent.Create(query);
        using var answer = await host.Http.PostAsync(new Uri("api/v1/route", UriKind.Relative), content);
        Assert.Equal(200, (int)answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
