using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>What is in force, without what nobody may see.</summary>
public sealed class ConfigurationApiTests
{
    [Fact]
    public async Task Secrets_are_hidden_wherever_they_stand()
    {
        Environment.SetEnvironmentVariable("SIPALG_TEST_SECRET", "from-the-environment");
        await using var host = await RunningHost.StartAsync(
            admin: "token: tell-nobody, read_token: '${SIPALG_TEST_SECRET}'",
            realm: "domain: example.com",
            trunk: "credentials: { username: '4711', password: 'half-${SIPALG_TEST_SECRET}' }",
            more: """
                x-shared: &shared { password: never-shown }
                users:
                  alice: *shared
                  bob: { password_hash: { md5: 0123456789abcdef0123456789abcdef } }
                """);

        var (status, body) = await host.GetAsync("api/v1/configuration", "tell-nobody");

        Assert.Equal(200, status);
        var text = body!.ToJsonString();
        foreach (var secret in new[] { "tell-nobody", "from-the-environment", "never-shown", "half-", "0123456789abcdef" })
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }

        var configuration = body["configuration"]!;
        Assert.Equal(("(hidden)", "${SIPALG_TEST_SECRET}"), ((string?)configuration["admin"]!["token"], (string?)configuration["admin"]!["read_token"]));
        Assert.Equal(("4711", "(hidden)"), ((string?)configuration["peers"]!["far"]!["credentials"]!["username"], (string?)configuration["peers"]!["far"]!["credentials"]!["password"]));
        Assert.Equal(("(hidden)", "(hidden)"), ((string?)configuration["users"]!["alice"]!["password"], (string?)configuration["users"]!["bob"]!["password_hash"]!["md5"]));
        Assert.Equal(("example.com", "50ms"), ((string?)configuration["realms"]!["phones"]!["domain"], (string?)configuration["sip"]!["t1"]));
        Assert.Null(configuration["x-shared"]);
        Assert.EndsWith("sipalg.yaml", (string?)body["file"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_reload_changes_nothing_of_what_is_in_force()
    {
        await using var host = await RunningHost.StartAsync();
        var before = (await host.GetAsync("api/v1/dialplan")).Body!.ToJsonString();
        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes: [ { } ]");
        Assert.Equal(422, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);

        Assert.Equal(before, (await host.GetAsync("api/v1/dialplan")).Body!.ToJsonString());
        Assert.False((bool)(await host.GetAsync("api/v1/configuration")).Body!["last_reload_success"]!);
    }

    [Fact]
    public async Task The_dialplan_is_told_route_by_route_with_its_places()
    {
        await using var host = await RunningHost.StartAsync();

        var (_, first) = await host.GetAsync("api/v1/dialplan?limit=1");
        var (_, second) = await host.GetAsync($"api/v1/dialplan?limit=1&cursor={(string?)first!["next"]}");

        var (echo, far) = (first["items"]![0]!, second!["items"]![0]!);
        Assert.Equal((1, "echo", 2, 2, "far", 3), ((int)echo["number"]!, (string?)echo["name"], (int)echo["line"]!, (int)far["number"]!, (string?)far["name"], (int)far["line"]!));
        Assert.EndsWith("d.yaml", (string?)echo["file"], StringComparison.Ordinal);
        Assert.Equal("""{"name":"far","when":{"realm":"phones","called":["700"]},"to":[{"peer":"far"}]}""", far["written"]!.ToJsonString());
        Assert.Null(second["next"]);
        Assert.Empty((await host.GetAsync("api/v1/dialplan?cursor=9")).Body!["items"]!.AsArray());
    }

    [Fact]
    public async Task Routes_are_chosen_by_name_and_called_number()
    {
        await using var host = await RunningHost.StartAsync();
        await File.WriteAllTextAsync(host.Folder.DialplanFile, """
            routes:
              - { name: premium, when: { called: { prefix: ['0900', '0137'] } }, reject: { status: 403 } }
              - { name: a phone, when: { called: '^(?<ext>[0-9]{3})$' }, to: [ { peer: far } ] }
              - { name: echo, when: { called: ['600', '+49600'] }, to: [ { service: echo } ] }
              - { name: all else, to: [ { peer: far } ] }
            """);
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);
        foreach (var (query, expected) in new[] { ("", "1 2 3 4"), ("name=E", "1 2 3 4"), ("name=premium", "1"), ("called=013", "1"), ("called=%2B49", "3"), ("called=ext", "2"), ("called=7", "1"), ("name=e&called=0", "1 2 3"), ("name=none", "") })
        {
            List<string> numbers = [];
            for (string? cursor = ""; cursor is not null;)
            {
                var (_, page) = await host.GetAsync($"api/v1/dialplan?limit=1&{query}&cursor={cursor}");
                numbers.AddRange(page!["items"]!.AsArray().Select(route => route!["number"]!.ToString()));
                cursor = (string?)page["next"];
            }

            Assert.Equal((query, expected), (query, string.Join(' ', numbers)));
        }
    }

    [Fact]
    public async Task After_a_reload_the_new_dialplan_is_told()
    {
        await using var host = await RunningHost.StartAsync();
        await File.WriteAllTextAsync(host.Folder.DialplanFile, "routes:\n  - { when: { called: '^0$' }, reject: { status: 403 } }\n");
        Assert.Equal(200, (await host.AskAsync(HttpMethod.Post, "api/v1/reload")).Status);

        var route = Assert.Single((await host.GetAsync("api/v1/dialplan")).Body!["items"]!.AsArray())!;

        Assert.Equal(("route 1", "403"), ((string?)route["name"], (string?)route["written"]!["reject"]!["status"]));
    }
}
