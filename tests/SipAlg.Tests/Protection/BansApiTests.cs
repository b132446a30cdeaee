using System.Text.Json.Nodes;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Protection;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.Tests.Admin;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Protection;

/// <summary>Bans as operators see them, and end them.</summary>
public sealed class BansApiTests
{
    private static void Ban(RunningHost host, string address, BanReason reason = BanReason.Scanner, bool isProven = true) =>
        host.Gateway.Bans.Add(IpAddress.Parse(address), reason, "it did this", isProven, "phones");

    private static string[] Addresses(JsonNode? page) => [.. page!["items"]!.AsArray().Select(ban => (string)ban!["address"]!)];

    [Fact]
    public async Task Bans_are_listed_with_why_and_ended()
    {
        await using var host = await RunningHost.StartAsync();
        Ban(host, "203.0.113.5");
        Ban(host, "2001:db8::5", BanReason.WrongPasswords, isProven: false);
        Ban(host, "203.0.113.6", BanReason.Malformed);

        var (_, page) = await host.GetAsync("api/v1/bans?limit=2");
        Assert.Equal(2, Addresses(page).Length);
        Assert.Single(Addresses((await host.GetAsync($"api/v1/bans?limit=2&cursor={page!["next"]}")).Body));
        var ban = Assert.Single((await host.GetAsync("api/v1/bans?reason=wrong_passwords")).Body!["items"]!.AsArray())!;
        Assert.Equal(("2001:db8::/64", "wrong_passwords", "it did this", false, "phones", 1),
            ((string)ban["address"]!, (string)ban["reason"]!, (string)ban["why"]!, (bool)ban["proven"]!, (string)ban["realm"]!, (int)ban["times"]!));
        Assert.Equal(TimeSpan.FromMinutes(10), (DateTimeOffset)ban["until"]! - (DateTimeOffset)ban["since"]!);

        Assert.Equal(204, (await host.AskAsync(HttpMethod.Delete, "api/v1/bans/203.0.113.5")).Status);
        Assert.Equal(204, (await host.AskAsync(HttpMethod.Delete, $"api/v1/bans/{Uri.EscapeDataString("2001:db8::/64")}")).Status);
        Assert.Equal(["203.0.113.6"], Addresses((await host.GetAsync("api/v1/bans")).Body));
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Delete, "api/v1/bans/203.0.113.5")).Status);
        Assert.Equal(404, (await host.AskAsync(HttpMethod.Delete, "api/v1/bans/nonsense")).Status);
    }

    [Fact]
    public async Task Bans_and_limits_are_told_to_who_listens_and_counted()
    {
        await using var host = await RunningHost.StartAsync();
        using var stream = await EventsApiTests.EventStream.OpenAsync(host);
        Ban(host, "203.0.113.5");
        host.Gateway.Bans.Lift(IpAddress.Parse("203.0.113.5"), "an operator has lifted it");
        host.Gateway.Ledger.Watch!.Met(new LimitBreach("user anna", "premium", AccountLimit.CallsPerHour, true, 10));

        var (added, lifted, limit) = (await stream.NextAsync(), await stream.NextAsync(), await stream.NextAsync());
        Assert.Equal(("ban", "added", "203.0.113.5"), (added.Type, (string?)added.Body["what"], (string?)added.Body["ban"]!["address"]));
        Assert.Equal(("ban", "lifted", "an operator has lifted it"), (lifted.Type, (string?)lifted.Body["what"], (string?)lifted.Body["why"]));
        Assert.Equal(("limit", "blocked", "user anna", "calls_per_hour", "premium", 10), (limit.Type, (string?)limit.Body["what"], (string?)limit.Body["account"], (string?)limit.Body["limit"], (string?)limit.Body["numbers"], (int)limit.Body["level"]!));

        Ban(host, "203.0.113.7");
        var metrics = await host.Http.GetStringAsync("metrics");
        Assert.Contains("sipalg_bans_active 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("sipalg_bans_total{reason=\"scanner\"} 2\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_brings_other_rules_and_keeps_what_was_counted()
    {
        await using var host = await RunningHost.StartAsync(more: "fraud: { peers: { calls_per_hour: 1 } }");
        using var first = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await first.CallAsync("600"), StringComparison.Ordinal);
        await first.HangUpAsync();
        Ban(host, "203.0.113.5");
        Ban(host, "203.0.113.77");

        var text = await File.ReadAllTextAsync(host.Folder.File);
        await File.WriteAllTextAsync(host.Folder.File, text.Replace("calls_per_hour: 1 ", "calls_per_hour: 2 ", StringComparison.Ordinal) + "\nbans: { allow: 203.0.113.64/26 }\n");
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);

        Assert.Equal(["203.0.113.5"], Addresses((await host.GetAsync("api/v1/bans")).Body));
        using var second = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await second.CallAsync("600"), StringComparison.Ordinal);
        await second.HangUpAsync();
        using var third = host.Phone();
        Assert.StartsWith("SIP/2.0 403 Forbidden: calling limit reached", await third.CallAsync("600"), StringComparison.Ordinal);
        Assert.Contains("sipalg_limit_blocks_total{limit=\"calls_per_hour\"} 1\n", await host.Http.GetStringAsync("metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bans_are_known_after_a_restart()
    {
        await using var host = await RunningHost.StartAsync();
        Ban(host, "203.0.113.5");
        await host.Host.DisposeAsync();
        var bans = new BanList(TimeProvider.System);
        using var store = ProtectionStore.Open(host.State, bans, new CallLedger(TimeProvider.System), Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance, TimeProvider.System);
        Assert.Equal(1, bans.Active);
    }

    [Fact]
    public void The_kernel_closes_the_ports_of_the_gateway_and_no_others()
    {
        ListenerOptions[] listeners =
        [
            new("phones", 0, Transport.Udp, IpEndpoint.Parse("0.0.0.0:5060")), new("phones", 0, Transport.Tcp, IpEndpoint.Parse("0.0.0.0:5060")),
            new("core", 1, Transport.Udp, IpEndpoint.Parse("10.0.0.1:5060")), new("core", 1, Transport.Udp, IpEndpoint.Parse("[::1]:5080")),
        ];
        var ruleset = KernelBans.Ruleset(listeners);
        Assert.Contains("elements = { udp . 5060, tcp . 5060, udp . 5080 }", ruleset, StringComparison.Ordinal);
        Assert.Contains("th dport != @ports accept", ruleset, StringComparison.Ordinal);
    }
}
