using System.Diagnostics;
using System.Text;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Commands;

/// <summary><c>sipalg top</c> at a terminal of its own, which <c>script</c> of util-linux makes.</summary>
public sealed class LiveTopTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-").FullName;
    private readonly StringBuilder _screen = new();
    private RunningHost _host = null!;
    private Process _terminal = null!;
    private int _seen;

    public async Task InitializeAsync()
    {
        _host = await RunningHost.StartAsync();
        var configuration = Path.Combine(_folder, "sipalg.yaml");
        await File.WriteAllTextAsync(Path.Combine(_folder, "d.yaml"), "routes: []\n");
        await File.WriteAllTextAsync(configuration, $"admin: {{ listen: '{_host.Host.Admin.Address}' }}\nrealms: {{ a: {{ listen: udp://127.0.0.1 }} }}\ndialplan: d.yaml\n");
        var command = $"stty rows 30 cols 120; exec {Path.Combine(AppContext.BaseDirectory, "sipalg")} top --interval 0.5 --config {configuration}";
        _terminal = Process.Start(new ProcessStartInfo("script", ["-qefc", command, "/dev/null"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, Environment = { ["TERM"] = "xterm" },
        })!;
        _terminal.OutputDataReceived += (_, line) => Add(line.Data + "\n");
        _terminal.BeginOutputReadLine();
    }

    public async Task DisposeAsync()
    {
        if (!_terminal.HasExited)
        {
            _terminal.Kill(entireProcessTree: true);
        }

        _terminal.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("q")]
    [InlineData("\u0003")] // Control-C
    public async Task The_picture_follows_the_calls_and_a_key_gives_the_screen_back(string key)
    {
        using var phone = _host.Phone();
        await ShowsAsync("calls 0, ");
        await phone.CallAsync("600", caller: "+4930111");
        await ShowsAsync("calls 1, ");
        await ShowsAsync("+4930111");
        await phone.HangUpAsync();
        await ShowsAsync("calls 0, ");
        await _terminal.StandardInput.WriteAsync(key);
        await _terminal.StandardInput.FlushAsync();
        await _terminal.WaitForExitAsync(new CancellationTokenSource(Deadline).Token);
        Assert.Equal(0, _terminal.ExitCode);
        Assert.EndsWith("\e[?25h\e[?1049l", Text().TrimEnd(), StringComparison.Ordinal);
    }

    /// <summary>Waits for a text that is drawn after the last one that was waited for.</summary>
    private async Task ShowsAsync(string text)
    {
        var at = -1;
        await Eventually.True(() => (at = Text().IndexOf(text, _seen, StringComparison.Ordinal)) >= 0 || (_terminal.HasExited ? throw new InvalidOperationException(Text()) : false), $"'{text}' is shown");
        _seen = at + text.Length;
    }

    private void Add(string text)
    {
        lock (_screen)
        {
            _screen.Append(text);
        }
    }

    private string Text()
    {
        lock (_screen)
        {
            return _screen.ToString();
        }
    }
}
