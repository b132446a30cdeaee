using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>Prometheus itself, which scrapes a gateway five times a second and judges by the rules that are shipped, without their waits.</summary>
internal sealed partial class Prometheus : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private Prometheus(ChildProcess process, IPEndPoint listen) =>
        (_process, _http) = (process, new HttpClient { BaseAddress = new Uri($"http://{listen}") });

    /// <summary>Where the files for Prometheus and Grafana are.</summary>
    public static string Deploy { get; } = Repository.File("deploy");

    /// <summary>Runs, and has scraped the gateway once.</summary>
    public static async Task<Prometheus> StartAsync(ScenarioFolder folder, IPEndPoint gateway)
    {
        var rules = await File.ReadAllTextAsync(Path.Combine(Deploy, "prometheus", "alerts.yml"));
        folder.Write("alerts.yml", Waits().Replace(rules, ""));
        var file = folder.Write("prometheus.yml", $$"""
            global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
            rule_files: [alerts.yml]
            scrape_configs:
              - { job_name: sipalg, static_configs: [ { targets: ['{{gateway}}'] } ] }
            """);
        var listen = Ports.Free("127.0.0.1");
        var process = ChildProcess.Start("prometheus", [$"--config.file={file}", $"--storage.tsdb.path={folder["prometheus"]}", $"--web.listen-address={listen}", "--log.level=warn"], folder);
        var prometheus = new Prometheus(process, listen);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, process.Output);
                return Port(listen) && await prometheus.IsReadyAsync() && (await prometheus.QueryAsync("up{job=\"sipalg\"} == 1")).Count > 0;
            },
            text: "Prometheus has scraped the gateway");
        return prometheus;
    }

    private static bool Port(IPEndPoint listen) => Ports.IsServed(listen, isStream: true);

    /// <summary>Its API answers in plain text, and 503, until its storage has been opened.</summary>
    private async Task<bool> IsReadyAsync()
    {
        using var answer = await _http.GetAsync(new Uri("/-/ready", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    /// <summary>The result of an instant query; fails for one that is not understood.</summary>
    public async Task<JsonArray> QueryAsync(string query)
    {
        using var answer = await _http.GetAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative));
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.True((string?)body["status"] == "success", $"{query}: {body}");
        return body["data"]!["result"]!.AsArray();
    }

    /// <summary>What fires of an alert: label sets with their summaries.</summary>
    public async Task<IReadOnlyList<JsonNode>> FiringAsync(string alert)
    {
        var body = JsonNode.Parse(await _http.GetStringAsync(new Uri("/api/v1/alerts", UriKind.Relative)))!;
        return [.. body["data"]!["alerts"]!.AsArray().OfType<JsonNode>().Where(found => (string?)found["labels"]!["alertname"] == alert && (string?)found["state"] == "firing")];
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    [GeneratedRegex("^ *for: .*\n", RegexOptions.Multiline)]
    private static partial Regex Waits();
}
