using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Commands;

/// <summary>The program in real shells, on a terminal of their own (util-linux' script): what Tab completes, and how it looks.</summary>
public sealed class ShellTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private RunningHost _host = null!;

    public async Task InitializeAsync()
    {
        _host = await RunningHost.StartAsync(more: "users: { alice: { password: wonderland } }", realm: "domain: example.com");
        await File.WriteAllTextAsync(Path.Combine(_folder, "d.yaml"), "routes: []\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "other.yaml"), "");
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("bash", "bash --norc --noprofile -i")]
    [InlineData("zsh", "zsh -f -i")]
    public async Task Tab_completes_commands_options_and_what_the_gateway_knows(string name, string command)
    {
        using var phone = _host.Phone();
        await phone.CallAsync("600");
        using var alice = _host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await alice.RegisterAsync("alice", "wonderland"), StringComparison.Ordinal);
        var aor = (string)(await _host.GetAsync("api/v1/registrations")).Body!["items"]![0]!["aor"]!;
        var id = (string)(await _host.GetAsync("api/v1/calls")).Body!["items"]![0]!["id"]!;
        using var shell = Start(command);
        shell.Type($"PS1='> '; {(name == "zsh" ? "bindkey -e; autoload -U compinit; compinit -u -D; " : "")}source <(sipalg completion {name}); echo rea''dy\n");
        await shell.ShowsAsync("ready");

        foreach (var (typed, completed) in new[]
        {
            ("sipalg registr\t", "sipalg registrations"),
            ("sipalg calls --sta\t", "sipalg calls --state"),
            ("sipalg calls --state en\t", "sipalg calls --state ended"),
            ("sipalg calls --peer fa\t", "sipalg calls --peer far"),
            ("sipalg calls --realm ph\t", "sipalg calls --realm phones"),
            ($"sipalg why {id[..4]}\t", $"sipalg why {id}"),
            ($"sipalg registrations --remove {aor[..8]}\t", $"sipalg registrations --remove {aor}"),
            ("sipalg check --config oth\t", "sipalg check --config other.yaml"),
            ("sipalg calls --peer=fa\t", "sipalg calls --peer=far"),
            ("sipalg calls --peer=far --state=en\t", "sipalg calls --peer=far --state=ended"),
            ($"sipalg registrations --remove={aor[..8]}\t", $"sipalg registrations --remove={aor}"),
            ("sipalg check --config=oth\t", "sipalg check --config=other.yaml"),
        })
        {
            // A shell asks once more where the gateway was too busy to answer at once.
            await Eventually.True(() => CompletesAsync(shell, typed, completed), $"'{completed}' stands in the line");
        }

        shell.Type("exit\n");
        await shell.EndsAsync();
    }

    /// <summary>What the line has become is printed: an editor of lines draws of them only what has changed.</summary>
    private static async Task<bool> CompletesAsync(Terminal shell, string typed, string completed)
    {
        var before = Regex.Count(shell.Text, "\n\\+sipalg [^\n]*\\+\n");
        shell.Type($"{typed}\u0001echo +\u0005+\n");
        await Eventually.True(() => Regex.Count(shell.Text, "\n\\+sipalg [^\n]*\\+\n") > before, $"'{typed}' is printed");
        return Regex.IsMatch(shell.Text, $"\n\\+{Regex.Escape(completed)} ?\\+\n");
    }

    [Fact]
    public async Task Nothing_is_completed_and_nothing_said_where_no_gateway_is()
    {
        using var shell = Start("bash --norc --noprofile -i", address: "127.0.0.1:9");
        shell.Type("PS1='> '; source <(sipalg completion bash); echo rea''dy\n");
        await shell.ShowsAsync("ready");
        shell.Type("sipalg why 12\t\u0015echo af''ter\n");
        await shell.ShowsAsync("after");
        Assert.DoesNotContain("no gateway", shell.Text, StringComparison.Ordinal);
        shell.Type("exit\n");
        await shell.EndsAsync();
    }

    [Fact]
    public async Task Tables_fit_the_terminal_and_colours_are_for_it_alone()
    {
        using var phone = _host.Phone();
        await phone.CallAsync("600", caller: "+49301234567890");
        using (var narrow = Start("bash -c 'stty cols 60; sipalg calls'"))
        {
            await narrow.EndsAsync();
            Assert.Contains("\e[", narrow.Raw, StringComparison.Ordinal);
            Assert.Contains("…", narrow.Text, StringComparison.Ordinal);
            Assert.All(narrow.Text.Split('\n'), line => Assert.True(line.TrimEnd('\r').Length <= 60, line));
        }

        using (var plain = Start("bash -c 'stty cols 200; NO_COLOR=1 sipalg calls'"))
        {
            await plain.EndsAsync();
            Assert.Contains("+49301234567890", plain.Raw, StringComparison.Ordinal);
            Assert.DoesNotContain("\e[3", plain.Raw, StringComparison.Ordinal);
        }

        using var piped = Start("bash -c 'stty cols 20; sipalg calls | cat'");
        await piped.EndsAsync();
        Assert.Contains("+49301234567890", piped.Raw, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[3", piped.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Top_draws_in_place_until_q_and_gives_the_screen_back()
    {
        using var shell = Start("bash -c 'stty cols 100 rows 20; sipalg top --interval 0.5; echo back'");
        await shell.ShowsAsync("calls 0, ");
        using var phone = _host.Phone();
        await phone.CallAsync("600");
        await shell.ShowsAsync("calls 1, ");
        shell.Type("q");
        await shell.EndsAsync();
        Assert.StartsWith("\e[?1049h", shell.Raw[shell.Raw.IndexOf("\e[?1049h", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.Contains("\e[?1049l", shell.Raw[..shell.Raw.LastIndexOf("back", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.True(Regex.Count(shell.Raw, "\e\\[H") >= 2, "it is drawn over itself");
    }

    private Terminal Start(string command, string? address = null) => new(command, _folder, address ?? _host.Host.Admin.Address.ToString());

    /// <summary>A program on a terminal of its own.</summary>
    private sealed class Terminal : IDisposable
    {
        private readonly Process _process;
        private readonly StringBuilder _output = new();
        private readonly Task _reading;

        public Terminal(string command, string folder, string address)
        {
            var start = new ProcessStartInfo("script", ["-qec", command, "/dev/null"])
            {
                WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8,
            };
            start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{start.Environment["PATH"]}";
            start.Environment["SIPALG_ADMIN_ADDRESS"] = address;
            start.Environment["TERM"] = "xterm-256color";
            start.Environment["LC_ALL"] = "C.UTF-8";
            foreach (var name in (string[])["NO_COLOR", "EDITOR", "VISUAL"])
            {
                start.Environment.Remove(name);
            }

            _process = Process.Start(start)!;
            _reading = ReadAsync();
        }

        /// <summary>All it has written.</summary>
        public string Raw
        {
            get
            {
                lock (_output)
                {
                    return _output.ToString();
                }
            }
        }

        /// <summary>Without colours and movements of the cursor.</summary>
        public string Text => Regex.Replace(Raw, "\e(\\[[0-9;?]*[A-Za-z]|[=>]|\\][^\a]*\a)|\r", "");

        public void Type(string keys)
        {
            _process.StandardInput.Write(keys);
            _process.StandardInput.Flush();
        }

        public Task ShowsAsync(string text) => Eventually.True(() => Text.Contains(text, StringComparison.Ordinal), $"the terminal shows '{text}':\n{Text}");

        public async Task EndsAsync()
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
            await _reading;
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            _process.Dispose();
        }

        private async Task ReadAsync()
        {
            var buffer = new char[4096];
            while (await _process.StandardOutput.ReadAsync(buffer) is > 0 and var length)
            {
                lock (_output)
                {
                    _output.Append(buffer, 0, length);
                }
            }
        }
    }
}
