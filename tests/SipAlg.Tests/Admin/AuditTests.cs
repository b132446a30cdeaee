using System.Net.Http.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Admin.Access;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>Who has changed what.</summary>
public sealed class AuditTests
{
    [Fact]
    public async Task Every_change_is_written_down_with_who_and_what_came_of_it()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        await host.AskAsync(HttpMethod.Post, "api/v1/drain", "secret");
        await host.AskAsync(HttpMethod.Delete, "api/v1/drain", "look");
        await host.AskAsync(HttpMethod.Delete, "api/v1/calls/0123456789abcdef", "secret");
        await host.AskAsync(HttpMethod.Delete, "api/v1/drain");
        await host.GetAsync("api/v1/calls", "look");

        var (_, body) = await host.GetAsync("api/v1/audit", "look");

        Assert.Equal(
            ["token 127.0.0.1 DELETE /api/v1/calls/0123456789abcdef 404 refused", "read_token 127.0.0.1 DELETE /api/v1/drain 403 refused", "token 127.0.0.1 POST /api/v1/drain 200 done"],
            body!["items"]!.AsArray().Select(Text));
        Assert.Null(body["next"]);
    }

    [Fact]
    public async Task The_last_changes_come_in_pages_newest_first()
    {
        await using var host = await RunningHost.StartAsync();
        for (var change = 1; change <= 5; change++)
        {
            await host.AskAsync(HttpMethod.Delete, $"api/v1/registrations/{change}@example.com");
        }

        List<string> paths = [];
        for (string? cursor = ""; cursor is not null;)
        {
            var (_, page) = await host.GetAsync($"api/v1/audit?limit=2&cursor={cursor}");
            paths.AddRange(page!["items"]!.AsArray().Select(entry => (string)entry!["path"]!));
            cursor = (string?)page["next"];
        }

        Assert.Equal(Enumerable.Range(1, 5).Reverse().Select(change => $"/api/v1/registrations/{change}@example.com"), paths);
        Assert.Equal("anybody", (string?)(await host.GetAsync("api/v1/audit")).Body!["items"]![0]!["who"]);
        Assert.Equal(400, (await host.GetAsync("api/v1/audit?cursor=x")).Status);
        Assert.Equal(400, (await host.GetAsync("api/v1/audit?limit=0")).Status);
    }

    /// <summary>What changes something is what the description says may be forbidden to who may only look.</summary>
    [Fact]
    public async Task Every_operation_that_changes_something_leaves_a_line()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        var paths = (await host.GetAsync("openapi.json")).Body!["paths"]!.AsObject();
        var changing = paths.SelectMany(path => path.Value!.AsObject().Where(operation => operation.Value!["responses"]!["403"] is not null).Select(operation => (Method: operation.Key.ToUpperInvariant(), Path: path.Key))).ToArray();
        var others = paths.SelectMany(path => path.Value!.AsObject().Select(operation => $"{operation.Key.ToUpperInvariant()} {path.Key}")).Except(changing.Select(operation => $"{operation.Method} {operation.Path}"));
        Assert.Equal(["POST /api/v1/login", "POST /api/v1/logout", "POST /api/v1/route"], others.Where(operation => !operation.StartsWith("GET ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.True(changing.Length >= 6, $"{changing.Length} operations");

        foreach (var (method, pattern) in changing)
        {
            var path = string.Join('/', pattern.Split('/').Select(part => part.StartsWith('{') ? "0123456789abcdef" : part));
            foreach (var token in new[] { "secret", "look" })
            {
                var (status, _) = await host.AskAsync(new HttpMethod(method), path[1..], token);
                var last = (await host.GetAsync("api/v1/audit?limit=1", "look")).Body!["items"]![0];
                Assert.Equal($"{(token == "look" ? "read_token" : "token")} 127.0.0.1 {method} {path} {status} {(status < 400 ? "done" : "refused")}", Text(last));
            }
        }
    }

    [Fact]
    public async Task A_reload_by_signal_or_by_the_files_is_a_change_too()
    {
        await using var host = await RunningHost.StartAsync(more: "reload: auto");
        await host.Host.ReloadAsync("SIGHUP", "signal");
        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes: [ { } ]");
        await Eventually.True(async () => (await host.GetAsync("api/v1/audit?who=files")).Body!["items"]!.AsArray().Count == 1, "the files are read again");
        await host.AskAsync(HttpMethod.Post, "api/v1/reload");

        var items = (await host.GetAsync("api/v1/audit?path=reload")).Body!["items"]!.AsArray();
        Assert.Equal(["anybody 127.0.0.1 POST /api/v1/reload 422 refused", "files  POST /api/v1/reload 422 refused", "signal  POST /api/v1/reload 200 done"], items.Select(Text));
        Assert.Contains("d.yaml:1:", (string?)items[0]!["detail"], StringComparison.Ordinal);
        Assert.Equal((string?)items[0]!["detail"], (string?)items[1]!["detail"]);
        Assert.Null(items[2]!["detail"]);
    }

    [Fact]
    public async Task Log_ins_are_told_and_whoever_guesses_pushes_out_nothing()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        await host.AskAsync(HttpMethod.Post, "api/v1/drain", "secret");
        foreach (var token in new[] { "look", "wrong" })
        {
            using var answer = await host.Http.PostAsJsonAsync("api/v1/login", new { token });
        }

        await host.AskAsync(HttpMethod.Post, "api/v1/logout");
        var lines = (await host.GetAsync("api/v1/audit", "look")).Body!["items"]!.AsArray().Select(Text).ToArray();
        var session = lines[0].Split(' ')[1];
        Assert.Equal(
            [
                $"session {session} 127.0.0.1 POST /api/v1/logout 204 done", "stranger 127.0.0.1 POST /api/v1/login 401 refused", $"session {session} 127.0.0.1 POST /api/v1/login 200 done",
                "token 127.0.0.1 POST /api/v1/drain 200 done",
            ],
            lines);
    }

    [Fact]
    public void Each_kind_has_its_own_room()
    {
        var audit = new AuditLog(NullLogger.Instance, TimeProvider.System);
        var request = new DefaultHttpContext();
        audit.Add("signal", "POST", "/api/v1/reload", 200, null);
        audit.Add(request, "session 1", AuditKind.Session);
        for (var guess = 0; guess < 5000; guess++)
        {
            audit.Add(request, "stranger", AuditKind.RefusedLogin);
        }

        Assert.Equal(AuditLog.RefusedLogins + 2, audit.Page(0, 5000, out _).Count);
        Assert.Equal(["session 1", "signal"], audit.Page(0, 5000, out _, entry => entry.Who != "stranger").Select(entry => entry.Who));
    }

    /// <summary>Walking the pages gives what stood when the walk began, newest first, whatever comes meanwhile and is left out.</summary>
    [Fact]
    public void Pages_are_stable() => Prop.ForAll(
        (from count in Gen.Choose(0, 300) from limit in Gen.Choose(1, 40) from meanwhile in Gen.Choose(0, 3) from every in Gen.Choose(1, 4) select (count, limit, meanwhile, every)).ToArbitrary(),
        scene =>
        {
            var (count, limit, meanwhile, every) = scene;
            var audit = new AuditLog(NullLogger.Instance, TimeProvider.System);
            var added = 0;
            Add(count);
            List<string> seen = [];
            var cursor = 0L;
            do
            {
                seen.AddRange(audit.Page(cursor, limit, out cursor, entry => entry.Status % every == 0).Select(entry => entry.Path));
                Add(meanwhile);
            }
            while (cursor != 0);

            return seen.SequenceEqual(Enumerable.Range(0, count).Reverse().Where(number => number % every == 0).Select(number => $"{number}"));

            void Add(int more)
            {
                for (var end = added + more; added < end; added++)
                {
                    audit.Add("signal", "POST", $"{added}", added, null);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public async Task A_list_is_of_what_is_asked_for()
    {
        await using var host = await RunningHost.StartAsync(admin: "token: secret, read_token: look");
        await host.AskAsync(HttpMethod.Post, "api/v1/drain", "secret");
        await host.AskAsync(HttpMethod.Delete, "api/v1/drain", "look");
        await host.AskAsync(HttpMethod.Delete, "api/v1/calls/0123456789abcdef", "secret");
        foreach (var (query, expected) in new[] { ("", 3), ("who=READ", 1), ("who=nobody", 0), ("path=drain", 2), ("path=9ABCD", 1), ("outcome=refused", 2), ("outcome=done&path=drain&who=token", 1), ("outcome=failed", 0) })
        {
            Assert.Equal((query, expected), (query, (await host.GetAsync($"api/v1/audit?{query}", "look")).Body!["items"]!.AsArray().Count));
        }
    }

    private static string Text(JsonNode? entry) => $"{entry!["who"]} {entry["address"]} {entry["method"]} {entry["path"]} {entry["status"]} {entry["outcome"]}";
}
