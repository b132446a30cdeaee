using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>The admin server over real HTTP, before a gateway that carries calls.</summary>
public sealed class AdminServerTests
{
    [Fact]
    public async Task A_live_call_is_listed_found_and_hung_up()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600", caller: "+4930");

        var (_, list) = await host.GetAsync("api/v1/calls?state=live");
        var call = Assert.Single(list!["items"]!.AsArray())!;
        Assert.Null(list["next"]);
        Assert.Equal(("answered", "+4930", "600", "phones", "callers", "echo"), Texts(call, "state", "caller", "called", "from_realm", "from_peer", "route"));
        Assert.Null(call["ended"]);
        Assert.Null(call["cause"]);

        var id = (string?)call["id"];
        Assert.Equal(id, (string?)(await host.GetAsync($"api/v1/calls/{id}")).Body!["id"]);
        Assert.Equal("audio", (string?)(await host.GetAsync($"api/v1/calls/{id}")).Body!["media"]![0]!["type"]);
        Assert.Equal(204, (await host.AskAsync(HttpMethod.Delete, $"api/v1/calls/{id}")).Status);
        await phone.ExpectByeAsync();

        await Eventually.True(async () => (string?)(await host.GetAsync($"api/v1/calls/{id}")).Body?["state"] == "ended", "the call is among those that ended");
        var (_, ended) = await host.GetAsync("api/v1/calls?state=ended");
        Assert.Equal("hung_up_by_operator", (string?)ended!["items"]![0]!["cause"]);
        Assert.Equal("operator", (string?)ended["items"]![0]!["ended_by"]);
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Delete, $"api/v1/calls/{id}")).Status);
    }

    [Fact]
    public async Task Pages_give_every_live_call_once_whatever_ends_between_them()
    {
        await using var host = await RunningHost.StartAsync();
        var phones = Enumerable.Range(0, 7).Select(_ => host.Phone()).ToArray();
        foreach (var phone in phones)
        {
            await phone.CallAsync("600");
        }

        List<string> ids = [];
        string? cursor = "";
        while (cursor is not null)
        {
            var (_, page) = await host.GetAsync($"api/v1/calls?limit=2&cursor={cursor}");
            ids.AddRange(page!["items"]!.AsArray().Select(call => (string)call!["id"]!));
            cursor = (string?)page["next"];
            if (ids.Count == 4)
            {
                await phones[0].HangUpAsync();
                await Eventually.True(() => host.Gateway.ActiveCalls == 6, "a call of an earlier page has ended");
            }
        }

        Assert.Equal(7, ids.Count);
        Assert.Equal(7, ids.Distinct().Count());
        Array.ForEach(phones, phone => phone.Dispose());
    }

    [Theory]
    [InlineData("api/v1/calls?limit=0", "bad_limit")]
    [InlineData("api/v1/calls?limit=1001", "bad_limit")]
    [InlineData("api/v1/calls?limit=-1", "bad_limit")]
    [InlineData("api/v1/calls?limit=x", "bad_limit")]
    [InlineData("api/v1/calls?state=dead", "bad_state")]
    [InlineData("api/v1/calls?state=ended&outcome=fail", "bad_outcome")]
    [InlineData("api/v1/calls?state=ended&verdict=nope", "bad_verdict")]
    [InlineData("api/v1/peers?up=maybe", "bad_up")]
    [InlineData("api/v1/bans?reason=none", "bad_reason")]
    [InlineData("api/v1/accounts?standing=good", "bad_standing")]
    [InlineData("api/v1/audit?outcome=ok", "bad_outcome")]
    [InlineData("api/v1/calls?cursor=x", "bad_cursor")]
    [InlineData("api/v1/calls?cursor=0.-1", "bad_cursor")]
    [InlineData("api/v1/calls?cursor=9.0", "bad_cursor")]
    [InlineData("api/v1/calls?cursor=99999999999999999999.0", "bad_cursor")]
    [InlineData("api/v1/calls?state=ended&cursor=-5", "bad_cursor")]
    [InlineData("api/v1/calls?state=ended&cursor=0", "bad_cursor")]
    public async Task Nonsense_in_a_query_is_told(string path, string error)
    {
        await using var host = await RunningHost.StartAsync();

        var (status, body) = await host.GetAsync(path);

        Assert.Equal((400, error), (status, (string?)body!["error"]));
    }

    [Theory]
    [InlineData("GET", "nowhere", 404, "not_found")]
    [InlineData("PUT", "api/v1/drain", 405, "method_not_allowed")]
    [InlineData("GET", "api/v1/calls/zz", 404, "no_such_call")]
    [InlineData("GET", "api/v1/calls/0123456789abcdef", 404, "no_such_call")]
    [InlineData("DELETE", "api/v1/calls/0123456789abcdef0", 404, "no_such_call")]
    public async Task Errors_have_a_JSON_body(string method, string path, int status, string error)
    {
        await using var host = await RunningHost.StartAsync();

        var answer = await host.AskAsync(new HttpMethod(method), path);

        Assert.Equal((status, error), (answer.Status, (string?)answer.Body!["error"]));
        Assert.NotNull(answer.Body["message"]);
    }

    [Fact]
    public async Task Tokens_are_asked_for_and_told_apart()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");

        Assert.Equal(401, (await host.GetAsync("api/v1/calls")).Status);
        Assert.Equal(200, (await host.GetAsync("api/v1/calls", "look")).Status);
        Assert.Equal(403, (await host.AskAsync(HttpMethod.Post, "api/v1/drain", "look")).Status);
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/drain", "secret")).Status);
        Assert.Equal(200, (await host.GetAsync("healthz")).Status);
    }

    [Fact]
    public async Task The_metrics_listener_has_metrics_only()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, metrics: { listen: '127.0.0.1:0', token: scrape }");
        using var http = new HttpClient { BaseAddress = new Uri($"http://{host.Host.Admin.MetricsAddress}/") };
        http.DefaultRequestHeaders.Host = "gateway.of.the.scraper:9090";

        Assert.Equal(401, (int)(await http.GetAsync(new Uri("metrics", UriKind.Relative))).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "scrape");
        Assert.Contains("sipalg_build_info{", await http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        Assert.Equal(404, (int)(await http.GetAsync(new Uri("healthz", UriKind.Relative))).StatusCode);
        Assert.Equal(404, (int)(await http.GetAsync(new Uri("api/v1/calls", UriKind.Relative))).StatusCode);
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.0\r\nHost: 127.0.0.1:8080\r\n\r\n", "HTTP/1.1 200 ")]
    [InlineData("GET /healthz HTTP/1.0\r\n\r\n", "HTTP/1.1 421 ")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "HTTP/1.1 421 ")]
    [InlineData("POST /api/v1/drain HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nOrigin: http://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", "HTTP/1.1 421 ")]
    [InlineData("GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("\0\0\0\0\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task Host_and_origin_are_checked_on_health_too(string request, string expected)
    {
        await using var host = await RunningHost.StartAsync();
        using var client = new TcpClient("127.0.0.1", host.Host.Admin.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));

        using var reader = new StreamReader(client.GetStream());
        var answer = await reader.ReadToEndAsync();

        Assert.StartsWith(expected, answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\nServer:", answer, StringComparison.OrdinalIgnoreCase);
        Assert.False(host.Gateway.IsDraining);
    }

    [Fact]
    public async Task Peers_are_listed_with_what_they_are_used_for()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");

        var (_, body) = await host.GetAsync("api/v1/peers");

        var peers = body!["items"]!.AsArray();
        Assert.Equal(["callers", "far"], peers.Select(peer => (string)peer!["name"]!));
        Assert.Equal([1, 0], peers.Select(peer => (int)peer!["calls_active"]!));
        Assert.Equal("127.0.0.1:9", (string?)peers[1]!["endpoint"]);
        Assert.Equal(0, (int)peers[1]!["attempts"]!["no_answer"]!);
    }

    [Fact]
    public async Task Peers_come_in_pages()
    {
        await using var host = await RunningHost.StartAsync();
        var (_, first) = await host.GetAsync("api/v1/peers?limit=1");
        var (_, second) = await host.GetAsync($"api/v1/peers?limit=1&cursor={(string?)first!["next"]}");
        var (_, behind) = await host.GetAsync("api/v1/peers?cursor=7");
        Assert.Equal(("callers", "far", null), ((string?)first["items"]![0]!["name"], (string?)second!["items"]![0]!["name"], (string?)second["next"]));
        Assert.Equal((0, null), (behind!["items"]!.AsArray().Count, (string?)behind["next"]));
        Assert.Equal(400, (await host.GetAsync("api/v1/peers?limit=0")).Status);
        Assert.Equal(400, (await host.GetAsync("api/v1/peers?cursor=x")).Status);
    }

    private static (string?, string?, string?, string?, string?, string?) Texts(JsonNode node, string a, string b, string c, string d, string e, string f) =>
        ((string?)node[a], (string?)node[b], (string?)node[c], (string?)node[d], (string?)node[e], (string?)node[f]);
}
