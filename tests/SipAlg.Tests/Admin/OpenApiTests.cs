using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using SipAlg.Admin.Description;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>The description says what the server does: all of it, and nothing else.</summary>
public sealed class OpenApiTests
{
    /// <summary>The contract's, and those that came to it.</summary>
    private static readonly string[] Promised =
    [
        "DELETE /api/v1/bans/{address}", "DELETE /api/v1/calls/{id}", "DELETE /api/v1/drain", "DELETE /api/v1/registrations/{aor}", "GET /api/v1/audit", "GET /api/v1/bans",
        "GET /api/v1/calls", "GET /api/v1/calls/{id}", "GET /api/v1/calls/{id}/pcap", "GET /api/v1/configuration", "GET /api/v1/dialplan", "GET /api/v1/drain", "GET /api/v1/events",
        "GET /api/v1/overview", "GET /api/v1/peers", "GET /api/v1/registrations", "GET /api/v1/session", "GET /healthz", "GET /metrics", "GET /openapi.json", "GET /readyz",
        "POST /api/v1/drain", "POST /api/v1/login", "POST /api/v1/logout", "POST /api/v1/reload", "POST /api/v1/route",
    ];

    [Fact]
    public async Task Every_endpoint_is_described_and_nothing_else()
    {
        await using var host = await RunningHost.StartAsync();
        var endpoints = host.Host.Admin.Endpoints.ToArray();
        Assert.All(endpoints, endpoint => Assert.True(endpoint.Metadata.GetMetadata<Operation>() is not null, $"{endpoint.DisplayName} is not described"));

        var described = Operations((await host.GetAsync("openapi.json")).Body!).Select(operation => $"{operation.Method} {operation.Path}").ToArray();

        var served = endpoints.Where(endpoint => !endpoint.Metadata.GetMetadata<Operation>()!.IsUnlisted)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Select(method => $"{method} {endpoint.RoutePattern.RawText}"));
        Assert.Equal(served.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Empty(Promised.Except(described));
    }

    [Fact]
    public async Task The_document_is_whole()
    {
        await using var host = await RunningHost.StartAsync();
        var document = (await host.GetAsync("openapi.json")).Body!;

        Assert.Equal("3.1.0", (string?)document["openapi"]);
        var operations = Operations(document).ToArray();
        Assert.Equal(operations.Length, operations.Select(operation => (string?)operation.Node["operationId"]).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.NotNull(operation.Node["summary"]);
            Assert.NotEmpty(operation.Node["responses"]!.AsObject());
            var placeholders = operation.Path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}'));
            Assert.Equal(placeholders, operation.Node["parameters"]!.AsArray().Where(parameter => (string?)parameter!["in"] == "path").Select(parameter => (string?)parameter!["name"]));
        });
        Assert.All(References(document), reference => Assert.NotNull(reference.Split('/').Skip(1).Aggregate((JsonNode?)document, (node, name) => node?[name])));
    }

    [Fact]
    public async Task Answers_are_as_they_are_described()
    {
        await using var host = await RunningHost.StartAsync(
            admin: "token: secret, read_token: look", realm: "domain: example.com", more: "users: { alice: { password: wonderland } }");
        host.Http.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        var document = (await host.GetAsync("openapi.json", "secret")).Body!;
        using var phone = host.Phone();
        using var ended = host.Phone();
        using var rejected = host.Phone();
        await ended.CallAsync("600");
        await ended.HangUpAsync();
        await rejected.CallAsync("999");
        await phone.CallAsync("600");
        await Eventually.True(() => host.Host.Journal.Recent.Page(0, 9, out _).Count == 2, "two calls have ended");
        var live = (string?)(await host.GetAsync("api/v1/calls", "secret")).Body!["items"]![0]!["id"];
        var last = (string?)(await host.GetAsync("api/v1/calls?state=ended", "secret")).Body!["items"]![0]!["id"];

        foreach (var path in new[]
        {
            "healthz", "readyz", "api/v1/calls", "api/v1/calls?state=ended", "api/v1/calls?state=refused", $"api/v1/calls/{live}", $"api/v1/calls/{last}", "api/v1/calls/1", "api/v1/calls?limit=0",
            "api/v1/peers", "api/v1/registrations", "api/v1/bans", "api/v1/audit", "api/v1/session", "api/v1/configuration", "api/v1/dialplan", "api/v1/overview",
        })
        {
            await CheckAsync(host, document, HttpMethod.Get, path);
        }

        await CheckAsync(host, document, HttpMethod.Post, "api/v1/drain");
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/drain", new { deadline = "1h" });
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/drain", new { deadline = "soon" });
        await CheckAsync(host, document, HttpMethod.Get, "api/v1/drain");
        await CheckAsync(host, document, HttpMethod.Get, "readyz");
        await CheckAsync(host, document, HttpMethod.Delete, "api/v1/drain");
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/reload");
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/route", new { called = "700" });
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/route", new { called = "999" });
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/route", new { });
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/login", new { token = "look" });
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/login", new { token = "wrong" });
        await CheckAsync(host, document, HttpMethod.Delete, "api/v1/registrations/nobody@example.com");
        await CheckAsync(host, document, HttpMethod.Delete, "api/v1/bans/192.0.2.1");
        await CheckAsync(host, document, HttpMethod.Get, "api/v1/audit");
        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes: [ { } ]");
        await CheckAsync(host, document, HttpMethod.Post, "api/v1/reload");
    }

    /// <summary>A check that finds nothing shows nothing.</summary>
    [Theory]
    [InlineData("{\"items\":[],\"next\":null}", true)]
    [InlineData("{\"items\":[]}", false)]
    [InlineData("{\"items\":[],\"next\":5}", false)]
    [InlineData("{\"items\":[],\"next\":null,\"more\":1}", false)]
    [InlineData("{\"items\":[{}],\"next\":null}", false)]
    [InlineData("[]", false)]
    public async Task The_check_finds_what_is_wrong(string body, bool isSound)
    {
        await using var host = await RunningHost.StartAsync();
        var document = (await host.GetAsync("openapi.json")).Body!;

        var faults = new SchemaCheck(document).Faults(JsonNode.Parse(body), new JsonObject { ["$ref"] = "#/components/schemas/CallList" });

        Assert.Equal(isSound, !faults.Any());
    }

    private static async Task CheckAsync(RunningHost host, JsonNode document, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await host.Http.SendAsync(request);
        var pattern = Operations(document).Single(operation => operation.Method == method.Method && Matches(operation.Path, "/" + path.Split('?')[0]));
        var response = pattern.Node["responses"]![((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)];
        Assert.True(response is not null, $"{method} {path}: {(int)answer.StatusCode} is not described");
        var text = await answer.Content.ReadAsStringAsync();
        var schema = response["content"]?["application/json"]?["schema"];
        Assert.True(schema is null == (text.Length == 0), $"{method} {path}: {text}");
        if (schema is not null)
        {
            Assert.Empty(new SchemaCheck(document).Faults(JsonNode.Parse(text), schema).Select(fault => $"{method} {path}: {fault}"));
        }
    }

    private static bool Matches(string pattern, string path) =>
        pattern.Split('/') is var wanted && path.Split('/') is var parts && wanted.Length == parts.Length && wanted.Zip(parts).All(pair => pair.First == pair.Second || pair.First.StartsWith('{'));

    private static IEnumerable<(string Method, string Path, JsonNode Node)> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (operation.Key.ToUpperInvariant(), path.Key, operation.Value!)));

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject found => found.SelectMany(member => member is { Key: "$ref", Value: JsonValue value } ? [(string)value!] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}
