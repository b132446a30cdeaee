using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using SipAlg.Journal;

namespace SipAlg.Tests.Hosting;

/// <summary>What a dialplan decided is told for as long as the call is listed, whatever has been configured since.</summary>
public sealed class OldDecisionTests
{
    private const int Reloads = RecentCalls.Dialplans + 3;

    [Fact]
    public async Task Calls_keep_their_decision_when_others_have_taken_the_place_of_their_dialplan()
    {
        await using var host = await StartAsync();
        using var ended = host.Phone();
        await ended.CallAsync("600");
        await ended.HangUpAsync();
        using var failed = host.Phone();
        Assert.StartsWith("SIP/2.0 404 ", await failed.CallAsync("nobody"), StringComparison.Ordinal);
        using var ending = host.Phone();
        await ending.CallAsync("600");
        using var standing = host.Phone();
        await standing.CallAsync("600");
        var ids = await IdsAsync(host, 4);
        var before = await DecisionsAsync(host, ids);

        Assert.Equal(["echo", "echo", "echo", null], before.Select(decision => (string?)decision["route"]).OrderBy(route => route is null));
        foreach (var decision in before)
        {
            Assert.Null(decision["passed_left_out"]);
            Assert.Equal(["gold: there is no header X-Class", "elsewhere: domain '127.0.0.1' is not example.com"], Passed(decision)[..2]);
        }

        for (var reload = 1; reload <= Reloads; reload++)
        {
            await ReloadAsync(host, reload);
        }

        await ending.HangUpAsync();
        await AreForgottenAsync(host, ids);
        Assert.Equal(Texts(before), Texts(await DecisionsAsync(host, ids)));
        Assert.Equal("answered", (string?)(await host.GetAsync($"api/v1/calls/{(await LiveAsync(host)).Single()}")).Body!["state"]);
        await standing.HangUpAsync();
        await Eventually.True(async () => (await LiveAsync(host)).Length == 0, "it is over");
        Assert.Equal(Texts(before), Texts(await DecisionsAsync(host, ids)));
    }

    /// <summary>However long a call stands, and however often what is configured changes meanwhile.</summary>
    [Fact]
    public async Task A_call_that_stands_holds_nothing_of_what_was_configured()
    {
        await using var host = await StartAsync();
        using var phone = host.Phone();
        await phone.CallAsync("600");
        var (model, dialplan) = Running(host);
        for (var reload = 1; reload <= Reloads; reload++)
        {
            await ReloadAsync(host, reload);
        }

        await Eventually.True(
            () =>
            {
                GC.Collect();
                return !model.IsAlive && !dialplan.IsAlive;
            },
            "they are collected");
        Assert.Equal("echo", (string?)(await DecisionsAsync(host, await LiveAsync(host))).Single()["route"]);
    }

    /// <summary>Asked again, the dialplan would draw again.</summary>
    [Fact]
    public async Task Targets_stand_in_the_order_that_was_drawn()
    {
        await using var host = await RunningHost.StartAsync();
        var targets = Enumerable.Range(0, 12).Select(number => $"{{ uri: 'sip:{number}@127.0.0.9:9', realm: phones, weight: 1 }}");
        await File.WriteAllTextAsync(host.Folder.DialplanFile, $"routes: [ {{ name: drawn, to: [ {{ service: echo, priority: 1 }}, {string.Join(", ", targets.Select(target => target.Replace(" }", ", priority: 2 }", StringComparison.Ordinal)))} ] }} ]");
        Assert.True((await host.Host.Reloader.ReloadAsync("test")).IsDone);
        using var phone = host.Phone();
        await phone.CallAsync("600");
        var ids = await LiveAsync(host);
        var first = (await DecisionsAsync(host, ids)).Single();

        Assert.Equal(13, first["targets"]!.AsArray().Count);
        for (var again = 0; again < 3; again++)
        {
            Assert.Equal(first.ToJsonString(), (await DecisionsAsync(host, ids)).Single().ToJsonString());
        }

        await phone.HangUpAsync();
    }

    private static async Task<RunningHost> StartAsync()
    {
        var host = await RunningHost.StartAsync();
        await ReloadAsync(host, 0);
        return host;
    }

    /// <summary>Each of them would answer otherwise.</summary>
    private static async Task ReloadAsync(RunningHost host, int number)
    {
        var text = number > 0
            ? $"routes: [ {{ name: later-{number}, when: {{ called: ['nobody', '600'] }}, reject: {{ status: 486 }} }} ]"
            : """
              routes:
                - { name: gold, when: { headers: { X-Class: gold } }, to: [ { peer: far } ] }
                - { name: elsewhere, when: { domain: example.com }, to: [ { peer: far } ] }
                - { name: echo, when: { called: ['600'] }, to: [ { service: echo } ] }
              """;
        await File.WriteAllTextAsync(host.Folder.DialplanFile, text);
        var result = await host.Host.Reloader.ReloadAsync("test");
        Assert.True(result.IsDone, string.Join('\n', result.Problems));
    }

    /// <summary>Of calls that stand, and of those that have ended.</summary>
    private static async Task<string[]> IdsAsync(RunningHost host, int count)
    {
        string[] ids = [];
        await Eventually.True(
            async () => (ids = [.. await LiveAsync(host), .. Ids(await host.GetAsync("api/v1/calls?state=ended"))]).Length == count,
            "all are in the lists");
        return ids;
    }

    private static async Task<string[]> LiveAsync(RunningHost host) => Ids(await host.GetAsync("api/v1/calls"));

    private static string[] Ids((int, JsonNode? Body) answer) => [.. answer.Body!["items"]!.AsArray().Select(call => (string)call!["id"]!)];

    private static async Task<JsonNode[]> DecisionsAsync(RunningHost host, string[] ids)
    {
        var decisions = new List<JsonNode>();
        foreach (var id in ids)
        {
            decisions.Add((await host.GetAsync($"api/v1/calls/{id}")).Body!["decision"]!);
            Assert.NotNull(decisions[^1]);
        }

        return [.. decisions];
    }

    /// <summary>Waits until what is told of them can only be what was written down.</summary>
    private static Task AreForgottenAsync(RunningHost host, string[] ids) => Eventually.True(
        () => host.Host.Journal.Recent.Page(0, 100, out _).Where(call => ids.Contains(call.Record.IdText)).All(call => call.Record.Model is null),
        "their configuration is let go");

    private static string[] Passed(JsonNode decision) => [.. decision["passed"]!.AsArray().Select(passed => $"{passed!["route"]}: {passed["reason"]}")];

    private static string[] Texts(JsonNode[] decisions) => [.. decisions.Select(decision => decision.ToJsonString())];

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (WeakReference Model, WeakReference Dialplan) Running(RunningHost host) => (new(host.Gateway.Model), new(host.Gateway.Model.Dialplan));
}
