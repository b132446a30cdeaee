using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>The files for Prometheus and Grafana, by Prometheus' own judgement. That an alert fires is a test of a peer that dies (TrunkTests).</content>
public sealed partial class MetricsTests
{
    [Fact]
    public Task Promtool_passes_the_alert_rules_and_their_tests() => Scenario(async folder =>
    {
        var files = Path.Combine(Prometheus.Deploy, "prometheus");
        string[][] commands =
        [
            ["check", "config", $"{files}/prometheus.yml"], ["check", "rules", $"{files}/alerts.yml"], ["test", "rules", $"{files}/alerts.test.yml", $"{files}/alerts.days.test.yml"],
        ];
        foreach (var command in commands)
        {
            await using var promtool = ChildProcess.Start("promtool", command, folder);
            Assert.True(await promtool.ExitAsync(Eventually.Deadline) == 0, promtool.Output);
            Assert.Contains("SUCCESS", promtool.Output, StringComparison.Ordinal);
        }
    });

    [Fact]
    public Task Prometheus_answers_every_query_of_the_dashboard() => Scenario(async folder =>
    {
        await Fixture.TalkAsync(folder, new SippScenario("caller"), new SippScenario("callee"), Fixture.Callee);
        await using var prometheus = await Prometheus.StartAsync(folder, Fixture.Gateway.Admin);
        var queries = Queries();
        Assert.True(queries.Length > 50);
        foreach (var query in queries)
        {
            await prometheus.QueryAsync(query.Replace("$__rate_interval", "1m", StringComparison.Ordinal));
        }

        var written = (await Fixture.Gateway.MetricsAsync()).Text;
        var metrics = queries.SelectMany(query => Regex.Matches(query, "\\b(sipalg|process|dotnet)_[a-z_]+").Select(match => Regex.Replace(match.Value, "_(bucket|sum|count)$", ""))).Distinct();
        Assert.All(metrics, metric => Assert.Contains($"# TYPE {metric} ", written, StringComparison.Ordinal));
        Assert.Equal("1", (string?)(await prometheus.QueryAsync("count(sipalg_build_info)"))[0]!["value"]![1]);
    });

    private static string[] Queries()
    {
        var dashboard = JsonNode.Parse(File.ReadAllText(Path.Combine(Prometheus.Deploy, "grafana", "dashboards", "sipalg.json")))!;
        return [.. dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]?.AsArray() ?? []).Select(target => (string)target!["expr"]!)];
    }
}
