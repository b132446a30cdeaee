using SipAlg.Configuration.Problems;
using SipAlg.Tests.Configuration;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Hosting;

/// <summary>Broken configurations, each refused by a gateway that runs: with file, line, column and a hint, and with nothing changed.</summary>
public sealed class BrokenReloadTests(BrokenReloadTests.Running running) : IClassFixture<BrokenReloadTests.Running>
{
    private const string Main = "sipalg.yaml";
    private const string Dialplan = "d.yaml";
    private const string Table = "dids.csv";
    private const string Users = "users.yaml";

    /// <summary>File, what in it is replaced, by what (with a mark where the problem is), and the message.</summary>
    public static TheoryData<string, string, string, string> Changes => new()
    {
        { Main, "sip: { t1: 50ms }", "sip: { §t2: 50ms }", "unknown key 't2'" },
        { Main, "sip: { t1: 50ms }", "sip: { t1: §50 }", "'t1': '50' is no duration" },
        { Main, "sip: { t1: 50ms }", "sip: { t1: 50ms, §t1: 50ms }", "'t1' is written twice" },
        { Main, "dialplan: d.yaml", "dialplan: §e.yaml", "e.yaml' cannot be read: there is no such file" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\nbans: { nftables: §on }", "'bans.nftables' has changed, which needs a restart" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\nlogging: { level: §'${SIPALG_NOT_SET}' }", "the environment variable SIPALG_NOT_SET is not set" },
        { Main, "{ realm: phones, accept_from: 127.0.0.1 }", "{ realm: §phone, accept_from: 127.0.0.1 }", "there is no realm 'phone'" },
        { Main, "accept_from: 127.0.0.2", "accept_from: §127.0.0.256", "'127.0.0.256' is no address block" },
        { Main, "'sip:127.0.0.1:9'", "'sip:127.0.0.1:9', large_requests: §tls", "'large_requests': 'tls' is not one of auto, udp, tcp" },
        { Main, "{ realm: phones, accept_from: 127.0.0.1 }", "{ realm: phones, accept_from: 127.0.0.1, limits: { calls_per_second: §20 } }", "'calls_per_second': '20'" },
        { Main, "match: prefix", "match: §longest", "'match': 'longest' is not one of exact, prefix" },
        { Main, "key: number", "key: §nunber", "has no column 'nunber'" },
        { Main, "file: dids.csv", "file: §didz.csv", "cannot be read: there is no such file" },
        { Main, "users: users.yaml", "users: §nobody.yaml", "cannot be read: there is no such file" },
        { Users, "password: a", "password: a, §pasword: b", "unknown key 'pasword'" },
        { Users, "numbers: '101'", "numbers: §alice", "'alice' is no number" },
        { Users, "numbers: '102'", "numbers: §'101'", "the number '101' is that of user 'alice'" },
        { Table, "2,bob", "§1,bob", "'1' is in the table already" },
        { Table, "2,bob", "2,bob,§x", "this row has 3 columns, the header 2" },
        { Table, "2,bob", "2,§\"bob", "this quote has no end" },
        { Table, "number,user", "§number;user", "'number;user' is no name of a column" },
        { Dialplan, "peer: far", "peer: §fur", "there is no peer 'fur'" },
        { Dialplan, "{ in: dids } }, to: [ { registered: '${dids.user}' } ]", "{ in: §numbers } }, to: [ { service: tone } ]", "there is no table 'numbers'" },
        { Dialplan, "'${dids.user}'", "§'${dids.usr}'", "${dids.usr} is no capture of this route" },
        { Dialplan, "called: ['600']", "called: §'(600'", "is no regular expression" },
        { Dialplan, "name: far", "name: §echo", "a route 'echo' exists already" },
        { Dialplan, "time: Mon-Sun", "time: §Mon-Som", "is no time window" },
        { Dialplan, "service: echo", "service: §ecko", "'service': 'ecko' is not one of echo, tone" },
        { Dialplan, "{ status: 404 }", "{ status: §403 }", "the test expects status 403, found 404" },
        { Dialplan, "{ to: echo }", "§{ to: tone }", "the test expects to tone, found echo" },
        { Main, "t1: 50ms", "t1: §60ms", "'sip.t1' has changed, which needs a restart" },
        { Main, "sip: { t1: 50ms }", "sip: { t1: 50ms, lanes: §2 }", "'sip.lanes' has changed, which needs a restart" },
        { Main, "'tcp://127.0.0.1:0']", "§'udp://192.0.2.1:5060']", "Listener 'phones' cannot listen on udp://192.0.2.1:5060" },
        { Main, "'tcp://127.0.0.1:0']", "'tcp://127.0.0.1:0', §'tls://127.0.0.1:0']", "listens for TLS and has no certificate" },
        { Main, "bind: 127.0.0.1, ", "bind: 127.0.0.1, §reserved: 2, ", "unknown key 'reserved'" },
        { Main, "peers:\n", "  more: { listen: udp://127.0.0.3:0, media: { ports: §9000 } }\npeers:\n", "'9000' is no port range" },
        { Main, "state: { folder: state }", "state: { folder: §elsewhere }", "'state.folder' has changed, which needs a restart" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\ntrace: { memory: §8MiB }", "'trace.memory' has changed, which needs a restart" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\nmedia: { fast_path: §off }", "'media.fast_path' has changed, which needs a restart" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\nmedia: { sockets: §shared }", "'media.sockets' has changed, which needs a restart" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\nmedia: { relay_priority: §fifo }", "'media.relay_priority' has changed, which needs a restart" },
        { Main, "dialplan: d.yaml", "dialplan: d.yaml\nlogging: { format: §json }", "'logging.format' has changed, which needs a restart" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task It_is_refused_at_its_place_and_changes_nothing(string file, string from, string to, string message)
    {
        var model = running.Host.Gateway.Model;
        var changed = running.Texts[file].Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(running.Texts[file], changed);
        var isMarked = changed.Contains(Mark, StringComparison.Ordinal);
        var (text, line, column) = isMarked ? Unmark(changed) : (changed, 0, 0);
        try
        {
            await File.WriteAllTextAsync(running.Path(file), text);
            var result = await running.Host.Host.Reloader.ReloadAsync("test");

            var error = Assert.Single(result.Problems, problem => problem.Severity == Severity.Error);
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(running.Path(file), error.At.File);
            Assert.False(string.IsNullOrEmpty(error.Hint), error.ToString());
            if (isMarked)
            {
                Assert.Equal((line, column), (error.At.Line, error.At.Column));
            }

            Assert.False(result.IsDone);
            Assert.Same(model, running.Host.Gateway.Model);
            Assert.All(running.Host.Gateway.Calls, lane => Assert.Same(model.Dialplan, lane.Room.Model.Dialplan));
        }
        finally
        {
            await File.WriteAllTextAsync(running.Path(file), running.Texts[file]);
        }

        Assert.True((await running.Host.Host.Reloader.ReloadAsync("test")).IsDone);
    }

    /// <summary>All that <c>check</c> finds broken: the gateway goes on with what it has.</summary>
    [Theory]
    [MemberData(nameof(BrokenConfigurationTests.Configurations), MemberType = typeof(BrokenConfigurationTests))]
    public async Task What_a_check_finds_broken_no_reload_takes(string marked, string message)
    {
        var model = running.Host.Gateway.Model;
        var (text, line, column) = Unmark(marked);
        try
        {
            await File.WriteAllTextAsync(running.Path(Dialplan), "routes: []");
            await File.WriteAllTextAsync(running.Path(Main), Complete(text));
            var result = await running.Host.Host.Reloader.ReloadAsync("test");

            Assert.False(result.IsDone);
            Assert.Contains(result.Problems, problem => problem.Severity == Severity.Error && problem.Message.Replace(running.Path("x")[..^1], "", StringComparison.Ordinal).Contains(message, StringComparison.Ordinal) &&
                problem.At == new SourcePosition(running.Path(Main), line, column));
            Assert.Same(model, running.Host.Gateway.Model);
        }
        finally
        {
            await File.WriteAllTextAsync(running.Path(Dialplan), running.Texts[Dialplan]);
            await File.WriteAllTextAsync(running.Path(Main), running.Texts[Main]);
        }

        using var phone = running.Host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        await phone.HangUpAsync();
    }

    /// <summary>One gateway for all.</summary>
    public sealed class Running : IAsyncLifetime
    {
        internal RunningHost Host { get; private set; } = null!;

        /// <summary>By name, sound.</summary>
        internal Dictionary<string, string> Texts { get; } = new()
        {
            [Table] = "number,user\n1,alice\n2,bob\n",
            [Users] = "alice: { password: a, numbers: '101' }\nbob: { password: b, numbers: '102' }\n",
            [Dialplan] =
                """
                routes:
                  - { name: echo, when: { realm: phones, called: ['600'], time: Mon-Sun }, to: [ { service: echo } ] }
                  - { name: far, when: { realm: phones, called: ['700'] }, to: [ { peer: far } ] }
                  - { name: direct, when: { realm: phones, called: { in: dids } }, to: [ { registered: '${dids.user}' } ] }
                tests:
                  - { request: { realm: phones, called: '600' }, expect: { to: echo } }
                  - { request: { realm: phones, called: '9' }, expect: { status: 404 } }
                """,
        };

        internal string Path(string file) => System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Host.Folder.File)!, file);

        public async Task InitializeAsync()
        {
            // Some of the broken ones name them.
            Environment.SetEnvironmentVariable("NAME", "value");
            Environment.SetEnvironmentVariable("EMPTY", "");
            Host = await RunningHost.StartAsync(more: "users: users.yaml\ntables: { dids: { file: dids.csv, key: number, match: prefix } }\nstate: { folder: state }", realm: "domain: a.example", files: Texts);
            Directory.CreateDirectory(Path("empty"));
            Directory.CreateDirectory(Path("nobody"));
            Texts[Main] = await File.ReadAllTextAsync(Host.Folder.File);
        }

        public Task DisposeAsync() => Host.DisposeAsync().AsTask();
    }
}
