using System.Text.Json.Nodes;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Tests.Hosting;

/// <summary>A running gateway that reads its files again.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task A_dialplan_takes_effect_and_a_call_that_stands_goes_on()
    {
        await using var host = await RunningHost.StartAsync();
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);

        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes: [ { name: closed, when: { realm: phones }, reject: { status: 480, reason: Closed } } ]");
        Assert.Equal(200, (await ReloadAsync(host)).Status);

        using var late = host.Phone();
        Assert.StartsWith("SIP/2.0 480 Closed", await late.CallAsync("600"), StringComparison.Ordinal);
        await Eventually.True(() => host.Gateway.ActiveCalls == 1, "the refused call is over");
        await phone.HangUpAsync();
    }

    [Fact]
    public async Task A_refused_reload_changes_nothing_and_says_why()
    {
        await using var host = await RunningHost.StartAsync();
        var model = host.Gateway.Model;
        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes:\n  - { name: a, to: [ { peer: faar } ] }\n");

        var (status, body) = await ReloadAsync(host);

        Assert.Equal((422, "refused"), (status, (string?)body!["error"]));
        var problem = Assert.Single(body["problems"]!.AsArray(), problem => (string?)problem!["severity"] == "error");
        Assert.Equal((host.Folder.DialplanFile, 2, 30, "there is no peer 'faar'", "did you mean 'far'?"),
            ((string?)problem!["file"], (int)problem["line"]!, (int)problem["column"]!, (string?)problem["message"], (string?)problem["hint"]));
        Assert.Same(model, host.Gateway.Model);
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        await phone.HangUpAsync();
    }

    [Fact]
    public async Task Metrics_tell_how_the_last_reload_went()
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Contains("sipalg_config_last_reload_success 1\n", await MetricsAsync(host), StringComparison.Ordinal);
        var dialplan = await File.ReadAllTextAsync(host.Folder.DialplanFile);

        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes: [");
        await ReloadAsync(host);
        Assert.Contains("sipalg_config_last_reload_success 0\n", await MetricsAsync(host), StringComparison.Ordinal);

        await File.WriteAllTextAsync(host.Folder.DialplanFile, dialplan);
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;
        await ReloadAsync(host);
        var metrics = await MetricsAsync(host);
        Assert.Contains("sipalg_config_last_reload_success 1\n", metrics, StringComparison.Ordinal);
        Assert.InRange(Value(metrics, "sipalg_config_last_reload_timestamp_seconds"), before - 0.01, before + 60);
    }

    [Fact]
    public async Task Peers_come_and_go()
    {
        await using var host = await RunningHost.StartAsync();
        await EditAsync(host, "peers:\n", "peers:\n  first: { realm: phones, address: 'sip:127.0.0.9:5060', accept_from: 127.0.0.9 }\n");
        await ReloadAsync(host);
        Assert.Equal(["first", "callers", "far"], await PeersAsync(host));
        Assert.Contains("sipalg_peer_up{peer=\"first\"} 1\n", await MetricsAsync(host), StringComparison.Ordinal);
        Assert.Contains("peer=\"first\"", await MetricsAsync(host), StringComparison.Ordinal);

        await EditAsync(host, "  callers: { realm: phones, accept_from: 127.0.0.1 }\n", "");
        Assert.Equal(200, (await ReloadAsync(host)).Status);
        Assert.Equal(["first", "far"], await PeersAsync(host));
        Assert.DoesNotContain("peer=\"callers\"", await MetricsAsync(host), StringComparison.Ordinal);
        using var stranger = host.Phone();
        Assert.StartsWith("SIP/2.0 403 ", await stranger.CallAsync("600"), StringComparison.Ordinal);

        await EditAsync(host, "peers:\n", "peers:\n  callers: { realm: phones, accept_from: 127.0.0.1 }\n");
        await ReloadAsync(host);
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        await phone.HangUpAsync();
    }

    [Fact]
    public async Task The_contacts_of_a_removed_user_end()
    {
        await using var users = await RunningHost.StartAsync(more: "users: { alice: { password: a }, bob: { password: b } }", realm: "domain: example.com");
        Assert.True(await users.Gateway.AskAsync(0, lane => lane.Registrar!.Restore(Binding(1, "alice")) && lane.Registrar!.Restore(Binding(2, "bob"))));
        Assert.Equal(2, users.Gateway.Registrar.Active(0));

        await EditAsync(users, "users: { alice: { password: a }, bob: { password: b } }", "users: { bob: { password: b }, carol: { password: c } }");
        Assert.Equal(200, (await ReloadAsync(users)).Status);

        Assert.Equal(1, users.Gateway.Registrar.Active(0));
        using var phone = users.Phone();
        Assert.StartsWith("SIP/2.0 401 ", await phone.RegisterAsync("alice", "a"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("carol", "c"), StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("bob", "b"), StringComparison.Ordinal);
        Assert.Equal((0, 1, 2), (users.Gateway.Model.Users.Users[0].Index, users.Gateway.Model.Users.WithName("bob")!.Index, users.Gateway.Model.Users.WithName("carol")!.Index));
    }

    [Fact]
    public async Task Records_go_to_another_file()
    {
        await using var host = await RunningHost.StartAsync();
        await EditAsync(host, "cdr/calls.jsonl", "cdr/other.jsonl");
        await ReloadAsync(host);

        using var phone = host.Phone();
        await phone.CallAsync("600");
        await phone.HangUpAsync();

        await Eventually.True(() => File.Exists(host.CdrFile.Replace("calls", "other", StringComparison.Ordinal)), "the record is in the other file");
        Assert.False(File.Exists(host.CdrFile));
    }

    [Fact]
    public async Task It_reloads_by_itself_when_a_file_changes()
    {
        await using var host = await RunningHost.StartAsync(more: "reload: auto");
        await ReloadAsync(host);
        await File.WriteAllTextAsync(host.Folder.DialplanFile + ".new", "routes: [ { name: renamed, when: { realm: phones }, reject: { status: 480 } } ]");
        File.Move(host.Folder.DialplanFile + ".new", host.Folder.DialplanFile, overwrite: true);

        await Eventually.True(() => host.Gateway.Model.Dialplan.Routes[0].Name == "renamed", "the new dialplan is in force");
    }

    private static BindingRecord Binding(long id, string user) => new(
        id, $"{user}@example.com", $"sip:{user}@127.0.0.1:9", $"c{id}", 1, DateTimeOffset.UtcNow.AddMinutes(10),
        new Flow(Transport.Udp, 0, default, new IpEndpoint(IpAddress.LoopbackV4, 9), 0), default, 1000, "", 0, "", "");

    private static async Task EditAsync(RunningHost host, string from, string to)
    {
        var text = await File.ReadAllTextAsync(host.Folder.File);
        Assert.Contains(from, text, StringComparison.Ordinal);
        await File.WriteAllTextAsync(host.Folder.File, text.Replace(from, to, StringComparison.Ordinal));
    }

    private static Task<(int Status, JsonNode? Body)> ReloadAsync(RunningHost host) => host.AskAsync(HttpMethod.Post, "api/v1/reload");

    private static Task<string> MetricsAsync(RunningHost host) => host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

    private static async Task<IEnumerable<string?>> PeersAsync(RunningHost host) =>
        (await host.GetAsync("api/v1/peers")).Body!["items"]!.AsArray().Select(peer => (string?)peer!["name"]);

    private static double Value(string metrics, string name) => double.Parse(
        metrics.Split('\n').First(line => line.StartsWith($"{name} ", StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
}
