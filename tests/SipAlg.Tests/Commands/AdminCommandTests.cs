using System.Text.Json.Nodes;
using SipAlg.Calls.Bans;
using SipAlg.Commands;
using SipAlg.Protocol.Addresses;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Commands;

/// <summary>The commands that ask a running gateway, as an operator types them.</summary>
[Collection("environment")]
public sealed class AdminCommandTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private RunningHost _host = null!;
    private string _output = "";
    private string _error = "";

    public async Task InitializeAsync()
    {
        _host = await RunningHost.StartAsync(admin: "token: secret, read_token: look", more: "users: { alice: { password: wonderland } }", realm: "domain: example.com");
        await WriteAsync("token: secret");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Calls_are_listed_explained_shown_and_hung_up()
    {
        using var phone = _host.Phone();
        await phone.CallAsync("600", caller: "+4930111");
        using var refused = _host.Phone();
        await refused.CallAsync("999", caller: "+4930222");

        Assert.Equal(0, await RunAsync("calls"));
        var row = Lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("id ", Lines[0], StringComparison.Ordinal);
        Assert.Equal(("+4930111", "600", "callers", "answered"), (row[3], row[4], row[5], row[^2]));
        var id = row[0];

        Assert.Equal(0, await RunAsync("calls", "--number", "111", "--json"));
        Assert.Equal(id, (string?)Json["items"]![0]!["id"]);
        Assert.Equal(0, await RunAsync("calls", "--peer", "far"));
        Assert.Equal("no calls\n", _output);

        Assert.Equal(0, await RunAsync("trace", id));
        Assert.Contains("INVITE sip:600@127.0.0.1 SIP/2.0", _output, StringComparison.Ordinal);
        var pcap = Path.Combine(_folder, "call.pcap");
        Assert.Equal(0, await RunAsync("trace", id, "--pcap", pcap));
        Assert.True(new FileInfo(pcap).Length > 100);
        Assert.Equal(1, await RunAsync("trace", id, "--pcap", _folder));
        Assert.StartsWith($"{_folder} cannot be written: ", _error, StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("hangup", id));
        Assert.Equal("hung up\n", _output);
        await phone.ExpectByeAsync();
        await Eventually.True(async () => await RunAsync("calls", "--state", "ended", "--verdict", "hung_up_by_operator") == 0 && Lines.Length == 2, "it has ended");
        await Eventually.True(async () => await RunAsync("calls", "--state", "ended") == 0 && Lines.Length == 3, "both have ended");
        Assert.Equal(0, await RunAsync("calls", "--state", "ended", "--limit", "1"));
        Assert.Equal("there are more: --limit", Lines[^1]);
        Assert.Equal(0, await RunAsync("calls", "--state", "ended", "--outcome", "rejected"));
        Assert.Equal(2, Lines.Length);

        Assert.Equal(0, await RunAsync("why", id));
        Assert.Contains("operator", _output, StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("why", "0000000000000001"));
        Assert.Contains("No call with this id", _error, StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync("why", "nobody"));
        Assert.Contains("No call has the id 'nobody', and no phone", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Registrations_are_listed_and_ended()
    {
        Assert.Equal(0, await RunAsync("registrations"));
        Assert.Equal("nobody is registered\n", _output);
        using var phone = _host.Phone();
        Assert.StartsWith("SIP/2.0 401 ", await phone.RegisterAsync("alice", "looking-glass"), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("why", "alice"));
        Assert.Contains("wrong_password", Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("alice", "wonderland"), StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("registrations", "--realm", "phones"));
        Assert.StartsWith("aor ", Lines[0], StringComparison.Ordinal);
        var aor = Lines[1].Split(' ')[0];
        Assert.StartsWith("alice@", aor, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("registrations", "--remove", aor));
        Assert.Equal($"{aor} is no longer registered\n", _output);
        Assert.Equal(1, await RunAsync("registrations", "--remove", aor));
        Assert.Contains("Nobody is registered under this address", _error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_and_bans_are_listed()
    {
        Assert.Equal(0, await RunAsync("peers"));
        Assert.Equal(["name", "callers", "far"], Lines.Select(line => line.Split(' ')[0]));
        Assert.Contains(" up ", Lines[2], StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("peers", "--down"));
        Assert.Equal("no peer is down\n", _output);
        Assert.Equal(0, await RunAsync("peers", "--name", "fa", "--json"));
        Assert.Equal("far", (string?)Assert.Single(Json["items"]!.AsArray())!["name"]);

        Assert.Equal(0, await RunAsync("bans"));
        Assert.Equal("no address is banned\n", _output);
        Assert.Equal(1, await RunAsync("unban", "203.0.113.7"));
        Assert.Contains("not banned", _error, StringComparison.Ordinal);

        _host.Gateway.Bans.Add(IpAddress.Parse("203.0.113.7"), BanReason.WrongPasswords, "it sent 20 wrong passwords", isProven: true, "phones");
        Assert.Equal(0, await RunAsync("bans"));
        Assert.Equal(["address", "203.0.113.7"], Lines.Select(line => line.Split(' ')[0]));
        Assert.Contains(" wrong_passwords ", Lines[1], StringComparison.Ordinal);
        Assert.Contains("it sent 20 wrong passwords", Lines[1], StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync("bans", "--address", "113.7", "--reason", "wrong_passwords"));
        Assert.Equal(2, Lines.Length);
        foreach (var other in (string[][])[["--address", "198.51"], ["--reason", "scanner"]])
        {
            Assert.Equal(0, await RunAsync(["bans", .. other]));
            Assert.Equal("no address is banned\n", _output);
        }

        Assert.Equal(0, await RunAsync("unban", "203.0.113.7"));
        Assert.Equal("no longer banned\n", _output);
        Assert.Equal(0, _host.Gateway.Bans.Active);
    }

    [Fact]
    public async Task Accounts_are_listed_and_begin_anew()
    {
        Assert.Equal(0, await RunAsync("accounts"));
        Assert.Equal("nothing that is limited has been used\n", _output);
        Assert.Equal(1, await RunAsync("accounts", "--reset", "peer callers"));
        Assert.Contains("Nothing was counted of 'peer callers'", _error, StringComparison.Ordinal);

        await File.AppendAllTextAsync(_host.Folder.File, "\nfraud: { peers: { calls_per_hour: 1 } }\n");
        Assert.Equal(0, await RunAsync("reload"));
        using var phone = _host.Phone();
        await phone.CallAsync("600");
        Assert.Equal(0, await RunAsync("accounts", "--standing", "blocked", "--account", "callers"));
        Assert.Equal(["account", "peer callers  blocked   all      1      1/1      0"], Lines.Select((line, index) => index == 0 ? line.Split(' ')[0] : line.Trim()));
        Assert.Equal(0, await RunAsync("accounts", "--reset", "peer callers"));
        Assert.Equal("peer callers begins anew\n", _output);
        Assert.Equal(0, await RunAsync("accounts", "--standing", "fine", "--json"));
        Assert.Equal("peer callers", (string?)Assert.Single(Json["items"]!.AsArray())!["account"]);
    }

    [Fact]
    public async Task Draining_waits_for_the_last_call_and_is_taken_back()
    {
        using var phone = _host.Phone();
        await phone.CallAsync("600");
        Assert.Equal(0, await RunAsync("drain"));
        Assert.Equal("draining: new calls are refused, 1 active\n", _output);
        var last = RunAsync("drain", "--wait", "--json");
        await phone.HangUpAsync();
        Assert.Equal(0, await last);
        Assert.Equal(0, (int)Json["calls_active"]!);
        Assert.Equal(0, await RunAsync("drain", "--end"));
        Assert.Equal("not draining: new calls are taken, 0 active\n", _output);
    }

    [Fact]
    public async Task Draining_with_a_deadline_says_so_and_waits_no_longer()
    {
        using var phone = _host.Phone();
        await phone.CallAsync("600");
        Assert.Equal(0, await RunAsync("drain", "--deadline", "2h5m"));
        Assert.Matches("^draining: new calls are refused, 1 active; calls that still stand are ended in 2h [45]m\n$", _output);
        Assert.Equal(0, await RunAsync("top", "--once"));
        Assert.Matches(", draining: no new calls, calls end in 2h [45]m\n", _output);

        var waits = RunAsync("drain", "--deadline", "1s", "--wait");
        await phone.ExpectByeAsync(answers: false);
        Assert.Equal(0, await waits);
        Assert.Equal("draining: new calls are refused, 1 active; the deadline has passed\n", _output);
        Assert.Equal(1, await RunAsync("drain", "--deadline", "never"));
        Assert.Equal("deadline is a duration from 1s to 7d, as 10m, or off.\n", _error);
        Assert.Equal(1, await RunAsync("drain", "--end", "--deadline", "1m"));
        Assert.True(_host.Gateway.IsDraining);
    }

    [Fact]
    public async Task Health_and_top_tell_how_it_is()
    {
        using var phone = _host.Phone();
        await phone.CallAsync("600", caller: "+4930111");
        Assert.Equal(0, await RunAsync("health"));
        Assert.Equal("alive", Lines[0]);
        Assert.StartsWith("lane 0: last turn ", Lines[1], StringComparison.Ordinal);

        Assert.Equal(0, await RunAsync("top", "--once"));
        Assert.StartsWith("sipalg ", Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("calls 1, ", Lines[1], StringComparison.Ordinal);
        Assert.Contains("peers up 2 of 2", Lines[2], StringComparison.Ordinal);
        Assert.StartsWith("media ports phones 2 of ", Lines[3], StringComparison.Ordinal);
        Assert.Equal(2, Lines.Count(line => line.StartsWith("callers ", StringComparison.Ordinal) || line.StartsWith("far ", StringComparison.Ordinal)));
        Assert.Contains(Lines, line => line.Contains("+4930111", StringComparison.Ordinal));
        Assert.Equal(0, await RunAsync("top", "--json"));
        Assert.Equal((1, 2, 1), ((int)Json["overview"]!["calls_active"]!, Json["peers"]!.AsArray().Count, Json["calls"]!.AsArray().Count));
    }

    [Fact]
    public async Task What_stands_against_it_is_said_with_what_to_do()
    {
        await WriteAsync("token: wrong");
        Assert.Equal(1, await RunAsync("calls"));
        Assert.Contains($"the gateway at http://{_host.Host.Admin.Address} wants a token: set SIPALG_ADMIN_TOKEN", _error, StringComparison.Ordinal);

        await WriteAsync("token: look");
        Assert.Equal(0, await RunAsync("calls"));
        Assert.Equal(1, await RunAsync("drain"));
        Assert.Contains("the token may only look: set SIPALG_ADMIN_TOKEN to admin.token", _error, StringComparison.Ordinal);

        await WriteAsync("token: secret", "127.0.0.1:9");
        foreach (var command in (string[][])[["calls"], ["health"], ["reload"], ["top", "--once"], ["peers", "--json"]])
        {
            Assert.Equal(1, await RunAsync(command));
            Assert.StartsWith("no gateway answers at http://127.0.0.1:9 (", _error, StringComparison.Ordinal);
            Assert.EndsWith("start it (sipalg run), or say where it is: --config FILE of that gateway, or SIPALG_ADMIN_ADDRESS=HOST:PORT\n", _error, StringComparison.Ordinal);
            Assert.Equal("", _output);
        }

        await WriteAsync("token: secret, lisen: 127.0.0.1:1");
        Assert.Equal(2, await RunAsync("calls"));
        Assert.Contains("has errors, so that it does not tell where the gateway is: sipalg check shows them", _error, StringComparison.Ordinal);
    }

    /// <summary>The secrets of peers are the service's, and what somebody writes just now may be wrong: the gateway runs all the same, and is asked.</summary>
    [Theory]
    [InlineData("peers: { far: { realm: phones, address: 'sip:127.0.0.1', credentials: { username: a, password: '${NOT_IN_THIS_SHELL}' } } }")]
    [InlineData("relams: {}")]
    [InlineData("dialplan: not-there.yaml")]
    public async Task The_gateway_is_found_whatever_else_is_wrong_in_its_configuration(string more)
    {
        await File.AppendAllTextAsync(ConfigurationFile, $"{more}\n");

        Assert.Equal(0, await RunAsync("calls"));
        Assert.Equal("no calls\n", _output);
    }

    /// <summary>What is wrong in the file that it is told to read, the gateway says itself.</summary>
    [Fact]
    public async Task A_reload_of_a_file_with_an_error_says_what_is_wrong()
    {
        foreach (var file in new[] { ConfigurationFile, _host.Folder.File })
        {
            await File.AppendAllTextAsync(file, "\nrelams: {}\n");
        }

        Assert.Equal(1, await RunAsync("reload"));
        Assert.Contains("unknown key 'relams'", _error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("calls", "--state", "dead")]
    [InlineData("calls", "--limit", "0")]
    [InlineData("top", "--interval", "0")]
    [InlineData("why")]
    [InlineData("completion", "fish")]
    public async Task What_is_no_command_line_is_refused(params string[] line) => Assert.Equal(1, await RunAsync(line));

    private string ConfigurationFile => Path.Combine(_folder, "sipalg.yaml");

    private string[] Lines => _output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private JsonNode Json => JsonNode.Parse(_output)!;

    private async Task WriteAsync(string admin, string? address = null)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "d.yaml"), "routes: []\n");
        await File.WriteAllTextAsync(ConfigurationFile, $"admin: {{ listen: '{address ?? _host.Host.Admin.Address.ToString()}', {admin} }}\nrealms: {{ a: {{ listen: udp://127.0.0.1 }} }}\ndialplan: d.yaml\n");
    }

    private async Task<int> RunAsync(params string[] line)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var config = line[0] == "completion" ? [] : new[] { "--config", ConfigurationFile };
        var code = await GatewayCommands.InvokeAsync([.. line, .. config], (_, _) => Task.FromResult(0), TimeProvider.System, output, error);
        (_output, _error) = (output.ToString(), error.ToString());
        return code;
    }
}
