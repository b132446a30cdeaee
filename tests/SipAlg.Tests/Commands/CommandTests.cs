using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Commands;

namespace SipAlg.Tests.Commands;

/// <summary>The commands as a script sees them: exit codes and output, on real files.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private RunRequest? _ran;
    private string _input = "";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_of_a_sound_configuration_ends_with_0()
    {
        var file = Write();

        Assert.Equal(0, await Invoke("check", "--config", file));
        // What this host gives the gateway is a matter of its own.
        Assert.Matches($@"{Regex.Escape(file)}: sound \(0 errors, \d warnings?, 1 dialplan test\)\n$", _output.ToString());
    }

    [Fact]
    public async Task Check_reports_every_problem_on_a_line_of_its_own_and_ends_with_2()
    {
        var file = Write(configuration: "realms:\n  a: { listn: udp://10.0.0.1 }\ndialplan: d.yaml\nsip: { t1: 5 }\n");

        Assert.Equal(2, await Invoke("check", "--config", file));

        var lines = _output.ToString().Split('\n');
        Assert.Contains($"{file}:2:8: unknown key 'listn'", lines);
        Assert.Contains("    hint: did you mean 'listen'?", lines);
        Assert.Contains($"{file}:4:12: 't1': '5' is no duration", lines);
        Assert.Contains(lines, line => line.StartsWith($"{file}: not sound (", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_says_the_same_to_programs()
    {
        var file = Write();
        Assert.Equal(0, await Invoke("check", "--config", file, "--json"));
        var check = JsonNode.Parse(_output.ToString())!;
        Assert.Equal((true, 1), ((bool)check["sound"]!, (int)check["dialplan_tests"]!));

        _output.GetStringBuilder().Clear();
        Assert.Equal(3, await Invoke("route", "--config", file, "--called", "1", "--json"));
        Assert.Equal(404, (int)JsonNode.Parse(_output.ToString())!["rejection"]!["status"]!);

        _output.GetStringBuilder().Clear();
        _input = "s3cr3t\n";
        Assert.Equal(0, await Invoke("hash-password", "alice", "biloxi.example.com", "--json"));
        Assert.Equal("9ef9fd7b26c2b2f45b95bb09c2752cda", (string?)JsonNode.Parse(_output.ToString())!["md5"]);

        _output.GetStringBuilder().Clear();
        Assert.Equal(2, await Invoke("check", "--config", Write(configuration: "realms: {}\ndialplan: d.yaml\n"), "--json"));
        var problem = JsonNode.Parse(_output.ToString())!["problems"]![0]!;
        Assert.Equal(("error", 1), ((string?)problem["severity"], (int)problem["line"]!));
    }

    [Fact]
    public async Task Check_runs_the_dialplans_tests()
    {
        var file = Write(dialplan:
            """
            routes:
              - { name: echo, when: { called: ['600'] }, set: { caller: '1', headers: { X-A: b } }, to: [ { service: echo } ] }
              - { name: barred, when: { called: ['601'] }, reject: { status: 403 } }
            tests:
              - { request: { called: '600' }, expect: { route: echo, to: echo, called: '600', caller: '1', headers: { X-A: b } } }
              - { request: { called: '601' }, expect: { status: 403 } }
              - { request: { called: '602' }, expect: { status: 404 } }
              - { request: { called: '600' }, expect: { route: barred } }
              - { request: { called: '600' }, expect: { to: [tone] } }
              - { request: { called: '600' }, expect: { status: 403 } }
              - { request: { called: '600' }, expect: { headers: { X-A: null } } }
              - { request: { called: '601' }, expect: { to: [echo] } }
            """);

        Assert.Equal(2, await Invoke("check", "--config", file));

        var plan = Path.Combine(_folder, "d.yaml");
        Assert.Equal(
            [
                $"{plan}:8:52: the test expects route barred, found echo",
                $"{plan}:9:43: the test expects to tone, found echo",
                $"{plan}:10:53: the test expects status 403, found no status",
                $"{plan}:11:56: the test expects header X-A: removed, found b",
                $"{plan}:12:43: the test expects to echo, found no target",
            ],
            _output.ToString().Split('\n').Where(line => line.Contains("expects", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_dialplan_folder_is_found_beside_the_configuration()
    {
        var file = Write(configuration: "realms: { a: { listen: udp://10.0.0.1 } }\ndialplan: plans\n");
        Directory.CreateDirectory(Path.Combine(_folder, "plans"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "plans", "2.yaml"), "routes: [ { to: [ { service: tone } ] } ]");
        await File.WriteAllTextAsync(Path.Combine(_folder, "plans", "1.yaml"), "routes: [ { when: { called: ['1'] }, to: [ { service: echo } ] } ]");
        await File.WriteAllTextAsync(Path.Combine(_folder, "plans", "notes.txt"), "no dialplan");

        Assert.Equal(0, await Invoke("route", "--config", file, "--called", "1"));
        Assert.Contains("routed to service echo", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check")]
    [InlineData("run")]
    [InlineData("route", "--called", "1")]
    public async Task A_file_that_is_not_there_ends_with_2(params string[] command)
    {
        Assert.Equal(2, await Invoke([.. command, "--config", Path.Combine(_folder, "none.yaml")]));
        Assert.Contains("none.yaml:1:1: the configuration cannot be read: there is no such file", $"{_output}{_error}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_explains_and_ends_with_0_when_routed()
    {
        var file = Write(dialplan:
            """
            routes:
              - { name: emergency, emergency: true, when: { called: ['112'] }, to: [ { service: echo } ] }
              - { name: out, when: { realm: a, called: '^0(?<n>[0-9]+)$', headers: { X-T: b } }, set: { called: '+49${n}', headers: { X-T: null } },
                  to: [ { peer: pbx, no_answer: 20s }, { service: tone } ] }
            """);

        Assert.Equal(0, await Invoke("route", "--config", file, "--called", "030", "--caller", "10", "--header", "X-T: b"));

        var plan = Path.Combine(_folder, "d.yaml");
        Assert.Equal(
            [
                "INVITE 030 from 10 in realm a",
                $"no   emergency  {plan}:2  called '030' is not one of 112",
                $"yes  out        {plan}:3  every condition holds",
                "sets called: +4930",
                "removes header X-T",
                "routed to peer pbx at sip:10.0.0.10, 20s to answer",
                "then to service tone",
                "the next is tried on 408, 500, 502-504, timeout and transport failure",
            ],
            _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));
    }

    [Fact]
    public async Task Route_shows_which_targets_ring_together_and_what_holds_on_the_way()
    {
        var file = Write(
            "realms: { a: { listen: udp://10.0.0.1 } }\npeers:\n  pbx: { realm: a, address: 'sip:10.0.0.10', codecs: { allow: [PCMA, G722] }, map_status: { 503: 480 } }\n  desk: { realm: a, address: 'sip:10.0.0.11' }\ndialplan: d.yaml\n",
            """
            routes:
              - { name: all, when: { realm: a }, set: { privacy: [id, critical] }, to: [ { peer: pbx, priority: 1 }, { peer: desk, priority: 1 }, { peer: pbx, priority: 2 } ],
                  ring: all, redirects: pass, codecs: { prefer: G722 }, map_status: { 480: 486, 603: 486 } }
            """);

        Assert.Equal(0, await Invoke("route", "--config", file, "--called", "030"));

        Assert.Equal(
            [
                "sets privacy: id, critical",
                "routed to peer pbx at sip:10.0.0.10",
                "together with peer desk at sip:10.0.0.11",
                "then to peer pbx at sip:10.0.0.10",
                "the next is tried on 408, 500, 502-504, timeout and transport failure",
                "redirects are passed to the caller",
                "codecs: prefer G722",
                "codecs of peer pbx: allow PCMA, G722",
                "statuses become: 480: 486, 603: 486",
                "statuses of peer pbx become: 503: 480",
            ],
            _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()).Skip(2));
    }

    [Theory]
    [InlineData("601", "rejected: 403 Barred")]
    [InlineData("999", "rejected: 404 No route matches")]
    public async Task Route_ends_with_3_when_rejected(string called, string expected)
    {
        var file = Write(dialplan: "routes: [ { when: { called: ['601'] }, reject: { status: 403, reason: Barred } } ]");

        Assert.Equal(3, await Invoke("route", "--config", file, "--called", called));
        Assert.Contains(expected, _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "--at", "2026-03-02T12:00Z")]
    [InlineData(3, "--at", "2026-03-02T23:00Z")]
    [InlineData(1, "--at", "noon")]
    [InlineData(1, "--peer", "nobody")]
    [InlineData(1, "--realm", "b")]
    [InlineData(1, "--user", "alice")]
    [InlineData(1, "--source", "x")]
    [InlineData(1, "--header", "x")]
    public async Task Route_takes_the_request_from_its_options(int expected, string option, string value)
    {
        var file = Write(dialplan: "routes: [ { when: { called: ['1'], time: '08:00-18:00 UTC' }, to: [ { service: echo } ] } ]");

        Assert.Equal(expected, await Invoke("route", "--config", file, "--called", "1", option, value));
        Assert.Equal(expected == 1, _error.ToString().Contains(value, StringComparison.Ordinal) || _error.ToString().Contains(option, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData()]
    [InlineData("run")]
    public async Task Run_hands_a_sound_configuration_to_the_gateway(params string[] command)
    {
        var file = Write();

        Assert.Equal(7, await Invoke([.. command, "--config", file]));
        Assert.Equal("a", _ran!.Configuration.Model.Realms[0].Name);
        Assert.Equal(file, _ran.ConfigurationFile);
        Assert.Equal(Path.Combine(_folder, "state"), _ran.Configuration.Host.StateFolder);
    }

    [Theory]
    [InlineData()]
    [InlineData("run")]
    public async Task Run_does_not_start_when_a_test_of_the_dialplan_fails(params string[] command)
    {
        var file = Write(dialplan:
            """
            routes:
              - { name: barred, when: { called: { prefix: '0900' } }, reject: { status: 403 } }
              - { name: any, to: [ { service: echo } ] }
            tests:
              - { request: { called: '0137' }, expect: { route: barred } }
            """);

        Assert.Equal(2, await Invoke([.. command, "--config", file]));

        Assert.Null(_ran);
        var plan = Path.Combine(_folder, "d.yaml");
        Assert.Contains($"{plan}:5:53: the test expects route barred, found any\n", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains($"hint: route 'any' ({plan}:3) decided: every condition holds; passed over: 'barred' (called '0137' does not begin with 0900)\n", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("the gateway does not start: 1 error", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Route_says_that_a_number_is_in_no_table()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "dids.csv"), "number,user\n+4930,echo\n");
        var file = Write(
            "realms: { a: { listen: udp://10.0.0.1 } }\ntables: { dids: { file: dids.csv, key: number, match: prefix } }\ndialplan: d.yaml\n",
            "routes: [ { name: in, when: { called: { in: dids } }, set: { called: '${dids.user}' }, to: [ { service: echo } ] } ]");

        Assert.Equal(3, await Invoke("route", "--config", file, "--called", "4711"));
        Assert.Contains("called '4711' is not in table dids", _output.ToString(), StringComparison.Ordinal);

        Assert.Equal(0, await Invoke("route", "--config", file, "--called", "+4930123"));
        Assert.Contains("sets called: echo", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_does_not_start_on_a_broken_configuration()
    {
        var file = Write(configuration: "realms: { a: { listen: udp://10.0.0.1 } }\ndialplan: d.yaml\nsip: { t2: 4s }\n");

        Assert.Equal(2, await Invoke("run", "--config", file));
        Assert.Null(_ran);
        Assert.Contains($"{file}:3:8: unknown key 't2'", _error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("realms", "schema")]
    [InlineData("routes", "schema", "--dialplan")]
    public async Task Schema_is_json_with_every_top_level_key(string key, params string[] command)
    {
        Assert.Equal(0, await Invoke(command));

        var schema = JsonNode.Parse(_output.ToString())!;
        Assert.Equal("http://json-schema.org/draft-07/schema#", (string?)schema["$schema"]);
        Assert.Contains(key, schema["required"]!.AsArray().Select(name => (string?)name));
        Assert.False((bool)schema["additionalProperties"]!);
        Assert.NotNull(schema["properties"]![key]!["description"]);
        Assert.NotNull(schema["patternProperties"]!["^x-"]);
    }

    /// <summary>The hashes of RFC 2617's and RFC 7616's kind, and that users take them as they are printed.</summary>
    [Theory]
    [InlineData("s3cr3t\n")]
    [InlineData("s3cr3t\r\nmore\n")]
    [InlineData("s3cr3t")]
    public async Task Hash_password_prints_what_users_take(string input)
    {
        _input = input;
        Assert.Equal(0, await Invoke("hash-password", "alice", "biloxi.example.com"));
        Assert.Equal(
            "password_hash: { md5: 9ef9fd7b26c2b2f45b95bb09c2752cda, sha-256: 13ec42f30301e8d9a9c0a9d30896f529a191d9f6e4556010063d564613797d7c }\n",
            _output.ToString());
        Assert.DoesNotContain("s3cr3t", $"{_output}{_error}", StringComparison.Ordinal);

        var file = Write($"realms: {{ a: {{ listen: udp://10.0.0.1, domain: biloxi.example.com, digest: [sha-256, md5] }} }}\nusers:\n  alice: {{ {_output.ToString().TrimEnd()} }}\ndialplan: d.yaml\n");
        Assert.Equal(0, await Invoke("check", "--config", file));
    }

    [Theory]
    [InlineData("", "the password is empty", "alice", "a.example")]
    [InlineData("\n", "the password is empty", "alice", "a.example")]
    [InlineData("a\tb\n", "the password holds a control character", "alice", "a.example")]
    [InlineData("x\n", "'al:ice' is no user name", "al:ice", "a.example")]
    [InlineData("x\n", "'a b' is no domain", "alice", "a b")]
    public async Task Hash_password_says_what_it_cannot_hash(string input, string expected, string user, string domain)
    {
        _input = input;
        Assert.Equal(1, await Invoke("hash-password", user, domain));
        Assert.StartsWith(expected, _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", _output.ToString());
    }

    private Task<int> Invoke(params string[] arguments) => GatewayCommands.InvokeAsync(arguments, (request, _) =>
    {
        _ran = request;
        return Task.FromResult(7);
    }, TimeProvider.System, _output, _error, new StringReader(_input));

    private string Write(
        string configuration = "realms: { a: { listen: udp://10.0.0.1 } }\npeers: { pbx: { realm: a, address: 'sip:10.0.0.10' } }\ndialplan: d.yaml\n",
        string dialplan = "routes: []\ntests: [ { request: { called: '1' }, expect: { status: 404 } } ]")
    {
        var file = Path.Combine(_folder, "sipalg.yaml");
        File.WriteAllText(file, configuration);
        File.WriteAllText(Path.Combine(_folder, "d.yaml"), dialplan);
        return file;
    }
}
