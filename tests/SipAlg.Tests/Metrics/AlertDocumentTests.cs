using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;

namespace SipAlg.Tests.Metrics;

/// <summary>
/// Alert rules, their tests, their page and the dashboard name each other and metrics that there are: docs/metrics.md has what is written, by
/// another test. What Prometheus makes of them is a test against Prometheus.
/// </summary>
public sealed partial class AlertDocumentTests
{
    private static readonly string Rules = Read("deploy", "prometheus", "alerts.yml");
    private static readonly string[] Alerts = [.. Alert().Matches(Rules).Select(match => match.Groups[1].Value)];
    private static readonly string[] Documented = [.. Row().Matches(Read("docs", "metrics.md")).Select(match => match.Groups[1].Value)];

    private static string Read(params string[] path) => File.ReadAllText(Repository.File(path));

    [Fact]
    public void Every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not()
    {
        var tests = Read("deploy", "prometheus", "alerts.test.yml") + Read("deploy", "prometheus", "alerts.days.test.yml");
        var expected = Test().Matches(tests).Select(match => (Alert: match.Groups[1].Value, Fires: match.Groups[2].Value != " []")).ToLookup(test => test.Alert, test => test.Fires);

        Assert.True(Alerts.Length >= 20);
        Assert.Equal(Alerts.Order(), expected.Select(group => group.Key).Order());
        Assert.All(Alerts, alert => Assert.Equal([false, true], expected[alert].Distinct().Order()));
    }

    [Fact]
    public void Every_alert_says_what_to_do_and_leads_to_its_section()
    {
        var page = Read("docs", "alerts.md");
        foreach (var alert in Alerts)
        {
            var rule = Regex.Match(Rules, $@"- alert: {alert}\n(.*?)(?=\n\n|\z)", RegexOptions.Singleline).Groups[1].Value;
            var severity = Regex.Match(rule, "severity: (critical|warning|info)").Groups[1].Value;
            Assert.Matches("summary: .{20,}", rule);
            Assert.Matches("description: .{40,}", rule);
            Assert.Contains($"runbook: docs/alerts.md#{alert.ToLowerInvariant()}\n", rule + "\n", StringComparison.Ordinal);
            Assert.Contains($"\n| [`{alert}`](#{alert.ToLowerInvariant()}) | {severity} | ", page, StringComparison.Ordinal);
            Assert.Matches($@"\n## {alert}\n.{{40,}}", page);
        }

        Assert.Equal(Alerts, Regex.Matches(page, @"^## (Sipalg\w+)$", RegexOptions.Multiline).Select(match => match.Groups[1].Value));
    }

    [Fact]
    public void Rules_and_dashboard_ask_for_metrics_that_there_are()
    {
        var panels = Panels();
        var ids = panels.Select(panel => (int)panel["id"]!).ToArray();
        var queries = panels.SelectMany(panel => panel["targets"]?.AsArray() ?? []).Select(target => (string)target!["expr"]!).ToArray();

        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(panels.Where(panel => (string?)panel["type"] != "row"), panel => Assert.NotEmpty((string?)panel["description"] ?? ""));
        Assert.Empty(Unknown(string.Join('\n', queries)));
        Assert.Empty(Unknown(string.Join('\n', Rules.Split('\n').Where(line => !line.Contains("description:", StringComparison.Ordinal)))));
    }

    /// <summary>Every verdict that a query names is one of the catalogue.</summary>
    [Fact]
    public void Rules_and_dashboard_ask_for_verdicts_that_there_are()
    {
        var asked = Regex.Matches(Rules + Read("deploy", "grafana", "dashboards", "sipalg.json").Replace("\\\"", "\"", StringComparison.Ordinal), "verdict!?=~?\"([a-z_|]+)\"").SelectMany(match => match.Groups[1].Value.Split('|'));
        Assert.Empty(asked.Except(Enum.GetValues<SipAlg.Calls.Verdicts.VerdictCode>().Select(SipAlg.Calls.Verdicts.VerdictCodes.Text)));
    }

    private static JsonNode[] Panels() => [.. JsonNode.Parse(Read("deploy", "grafana", "dashboards", "sipalg.json"))!["panels"]!.AsArray().OfType<JsonNode>()];

    private static IEnumerable<string> Unknown(string text) => Metric().Matches(text).Select(match => match.Value).Distinct()
        .Where(name => !Documented.Contains(name) && !Documented.Contains(Regex.Replace(name, "_(bucket|sum|count)$", "")));

    [GeneratedRegex(@"^      - alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex Alert();

    [GeneratedRegex(@"ALERTS\{alertname=""(\w+)"", alertstate=""firing""\}\n *eval_time: \w+\n *exp_samples:( \[\])?\n?")]
    private static partial Regex Test();

    [GeneratedRegex("^\\| `([a-z_]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("\\b(sipalg|process|dotnet)_[a-z_]+\\b")]
    private static partial Regex Metric();
}
