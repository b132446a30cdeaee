using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using SipAlg.Testing.Tls;
using SipAlg.Tests.Configuration;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Metrics;

/// <summary>What <c>/metrics</c> really says, after calls.</summary>
public sealed partial class MetricsOutputTests
{
    private const string Promtool = "/usr/bin/promtool";

    [Fact]
    public async Task Calls_and_messages_are_counted()
    {
        await using var host = await RunningHost.StartAsync();
        using var answered = host.Phone();
        using var lost = host.Phone();
        await answered.CallAsync("600");
        Assert.Equal(1, Value(await ScrapeAsync(host), "sipalg_calls_active"));
        Assert.Equal(1, Value(await ScrapeAsync(host), "sipalg_sip_dialogs_active"));
        Assert.Equal(2, Value(await ScrapeAsync(host), "sipalg_media_ports_in_use{realm=\"phones\"}"));
        await answered.HangUpAsync();
        await lost.CallAsync("999");

        await Eventually.True(async () => Value(await ScrapeAsync(host), "sipalg_media_ports_in_use{realm=\"phones\"}") == 0, "media ports are closed");
        var text = await ScrapeAsync(host);
        Assert.Equal(0, Value(text, "sipalg_calls_active"));
        Assert.Equal(0, Value(text, "sipalg_sip_dialogs_active"));
        Assert.Equal(1, Value(text, "sipalg_calls_total{realm=\"phones\",outcome=\"answered\"}"));
        Assert.Equal(1, Value(text, "sipalg_calls_total{realm=\"phones\",outcome=\"rejected\"}"));
        Assert.Equal(1, Value(text, "sipalg_call_ends_total{realm=\"phones\",cause=\"caller_hung_up\",ended_by=\"caller\"}"));
        Assert.Equal(1, Value(text, "sipalg_call_ends_total{realm=\"phones\",cause=\"no_route\",ended_by=\"gateway\"}"));
        Assert.Equal(1, Value(text, "sipalg_call_setup_seconds_count"));
        Assert.Equal(1, Value(text, "sipalg_call_duration_seconds_bucket{le=\"+Inf\"}"));
        Assert.Equal(2, Value(text, "sipalg_sip_requests_total{realm=\"phones\",direction=\"in\",method=\"INVITE\"}"));
        Assert.Equal(1, Value(text, "sipalg_sip_responses_total{realm=\"phones\",direction=\"out\",method=\"INVITE\",status=\"4xx\"}"));
        Assert.Equal(500, Value(text, "sipalg_media_ports_capacity{realm=\"phones\"}"));
        string[] zero =
        [
            "sipalg_media_ports_reserved{realm=\"phones\"}", "sipalg_media_ports_refused_total{realm=\"phones\",reason=\"exhausted\"}",
            "sipalg_media_ports_leaked_total{realm=\"phones\"}", "sipalg_rtp_dropped_total{realm=\"phones\",reason=\"kernel\"}",
            "sipalg_rtp_icmp_errors_total{realm=\"phones\"}",
        ];
        Assert.All(zero, name => Assert.Equal(0, Value(text, name)));
    }

    [Fact]
    public async Task Transactions_timers_and_kept_messages_return_to_zero()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");
        Assert.NotEqual(0, Value(await ScrapeAsync(host), "sipalg_sip_transactions_active"));
        await phone.HangUpAsync();

        await Eventually.True(
            async () =>
            {
                var text = await ScrapeAsync(host);
                return Value(text, "sipalg_sip_transactions_active") + Value(text, "sipalg_timers_active") + Value(text, "sipalg_kept_messages") == 0;
            },
            "nothing is left of the call");
    }

    [Fact]
    public async Task Promtool_has_nothing_to_complain()
    {
        if (!File.Exists(Promtool))
        {
            return;
        }

        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");
        using var promtool = Process.Start(new ProcessStartInfo(Promtool, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

        await promtool.StandardInput.WriteAsync(await ScrapeAsync(host));
        promtool.StandardInput.Close();

        Assert.Equal("", await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync());
        await promtool.WaitForExitAsync();
        Assert.Equal(0, promtool.ExitCode);
    }

    [Fact]
    public async Task The_documentation_names_every_metric_with_its_kind_and_labels()
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue("gateway.example", ["gateway.example"]);
        using var key = certificate.GetECDsaPrivateKey()!;
        var files = new Dictionary<string, string> { ["gateway.pem"] = certificate.ExportCertificatePem(), ["gateway.key"] = key.ExportPkcs8PrivateKeyPem() };
        await using var host = await RunningHost.StartAsync(trunk: "register: { aor: 'sip:4711@carrier.example' }, certificate: { chain: gateway.pem, key: gateway.key }", more: "trace: { hep: 'udp://127.0.0.1:9' }", files: files);
        using var phone = host.Phone();
        using var bad = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();
        await bad.SendRawAsync("INVITE sip:600@127.0.0.1 SIP/2.0\r\nVia: x\r\n\r\n");
        await Eventually.True(async () => (await ScrapeAsync(host)).Contains("\nsipalg_sip_malformed_total{", StringComparison.Ordinal), "a malformed message is counted");

        var text = await ScrapeAsync(host);
        var written = Types().Matches(text).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {Labels(text, match.Groups[1].Value)}".TrimEnd());
        var documented = Rows().Matches(await File.ReadAllTextAsync(Repository.File("docs", "metrics.md")))
            .Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value.Replace("`", "", StringComparison.Ordinal)}".TrimEnd());

        Assert.Equal(written.Order(), documented.Order());
    }

    /// <summary>A reason that nobody told of is one that nobody looks for.</summary>
    [Fact]
    public async Task The_documentation_names_every_reason_of_a_dropped_packet()
    {
        var rows = await File.ReadAllLinesAsync(Repository.File("docs", "metrics.md"));
        var meaning = rows.Single(row => row.StartsWith("| `sipalg_rtp_dropped_total`", StringComparison.Ordinal)).Split('|')[4];
        Assert.Equal(SipAlg.Metrics.Labels.Of<SipAlg.Media.DropReason>().Order(), meaning.Split('`').Where((_, place) => place % 2 == 1).Order());
    }

    [Fact]
    public async Task Series_are_distinct_and_their_labels_bounded()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600", caller: "+4930123456");

        var series = Series().Matches(await ScrapeAsync(host)).Select(match => match.Groups[1].Value).ToArray();

        Assert.Equal(series.Length, series.Distinct().Count());
        Assert.DoesNotContain(series, name => name.Contains("4930123456", StringComparison.Ordinal) || name.Contains("600", StringComparison.Ordinal) && !name.Contains("le=", StringComparison.Ordinal));
    }

    /// <summary>
    /// What users rely on, and no release takes away: names without prefix, with their labels.
    /// </summary>
    public static TheoryData<string> Public =>
    [
        "calls_active gauge", "calls_total counter realm, outcome", "call_setup_seconds histogram", "call_duration_seconds histogram", "peer_up gauge peer", "peer_registered gauge peer",
        "peer_calls_active gauge peer", "peer_attempts_total counter peer, outcome", "peer_setup_seconds histogram peer", "sip_requests_total counter realm, direction, method",
        "sip_responses_total counter realm, direction, method, status", "sip_retransmissions_total counter realm", "sip_malformed_total counter realm, reason", "sip_refused_total counter realm, reason",
        "sip_transactions_active gauge", "sip_connections_active gauge transport", "registrations_active gauge realm", "rtp_packets_total counter realm, direction", "rtp_bytes_total counter realm, direction",
        "rtp_dropped_total counter realm, reason", "media_ports_in_use gauge realm", "media_ports_capacity gauge realm", "rtp_jitter_seconds histogram realm, peer", "rtp_loss_ratio histogram realm, peer",
        "call_mos histogram realm, peer", "lane_delay_seconds histogram", "relay_delay_seconds histogram", "bans_active gauge", "config_last_reload_success gauge", "config_last_reload_timestamp_seconds gauge",
        "build_info gauge version, dotnet", "certificate_expiry_timestamp_seconds gauge realm, peer, file",
    ];

    /// <summary>The page is what is written, by the test above.</summary>
    [Theory]
    [MemberData(nameof(Public))]
    public void A_public_metric_stays(string metric) => Assert.Contains(
        $"sipalg_{metric}", Rows().Matches(File.ReadAllText(Repository.File("docs", "metrics.md"))).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value} {match.Groups[3].Value.Replace("`", "", StringComparison.Ordinal)}".TrimEnd()));

    /// <summary>Whoever sends what nobody expects makes counters rise, and no series more.</summary>
    [Fact]
    public async Task Odd_messages_make_no_series_of_their_own()
    {
        await using var host = await RunningHost.StartAsync();
        await OddAsync(host, 0, 200);
        var before = Names(await ScrapeAsync(host));
        await OddAsync(host, 200, 600);
        var text = await ScrapeAsync(host);

        Assert.Equal(before, Names(text));
        Assert.True(before.Length < 1500, $"{before.Length} series for one realm and two peers");
        Assert.True(Value(text, "sipalg_sip_requests_total{realm=\"phones\",direction=\"in\",method=\"other\"}") >= 100);
    }

    private static async Task OddAsync(RunningHost host, int from, int to)
    {
        using var phone = host.Phone();
        for (var number = from; number < to; number++)
        {
            var (method, user) = (number % 4) switch { 0 => ($"ODD{number}", $"u{number}"), 1 => ("INVITE", $"+49{number}"), 2 => ("REGISTER", $"r{number}"), _ => ("SUBSCRIBE", $"s{number}") };
            await phone.SendRawAsync(
                $"{method} sip:{user}@host{number}.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{phone.Port};branch=z9hG4bK{number}\r\nFrom: <sip:{user}@x{number}>;tag=t{number}\r\nTo: <sip:{user}@y{number}>\r\n" +
                $"Call-ID: c{number}\r\nCSeq: {number + 1} {method}\r\nContact: <sip:{user}@127.0.0.1>\r\nEvent: e{number}\r\nX-{number}: {number}\r\nContent-Length: 0\r\n\r\n");
            await phone.SendRawAsync($"GARBAGE {number}\r\n\r\n");
            await phone.SendRawAsync($"SIP/2.0 {200 + (number * 37 % 500)} Odd{number}\r\nVia: SIP/2.0/UDP x;branch=z9hG4bKx{number}\r\nCSeq: 1 {method}\r\nCall-ID: {number}\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\n\r\n");
            if (number % 20 == 19)
            {
                // What came before it has been counted when it is answered, and no queue of the system runs over.
                using var asking = host.Phone();
                await asking.CallAsync("no-such-number");
            }
        }

        await Eventually.True(async () => Value(await ScrapeAsync(host), "sipalg_calls_active") == 0, "calls are over");
    }

    private static string[] Names(string text) => [.. Series().Matches(text).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];

    private static Task<string> ScrapeAsync(RunningHost host) => host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

    private static double Value(string text, string series)
    {
        var start = text.IndexOf($"\n{series} ", StringComparison.Ordinal);
        Assert.True(start >= 0, $"no {series} in\n{text}");
        start += series.Length + 2;
        return double.Parse(text.AsSpan(start, text.IndexOf('\n', start) - start), CultureInfo.InvariantCulture);
    }

    /// <summary>The names of a family's labels, without a histogram's le.</summary>
    private static string Labels(string text, string family)
    {
        var series = Series().Matches(text).Select(match => match.Groups[1].Value)
            .First(name => Regex.IsMatch(name, $"^{family}(_sum)?(\\{{|$)"));
        return string.Join(", ", LabelNames().Matches(series).Select(match => match.Groups[1].Value));
    }

    [GeneratedRegex("^# TYPE (\\S+) (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex Types();

    [GeneratedRegex("^([a-z][^ ]*) [^ ]+$", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex LabelNames();

    [GeneratedRegex("^\\| `([a-z_]+)` \\| ([a-z]+) \\| ([^|]*?) ?\\|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
