using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>A program that a test started, and ends by its process id.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    private const int Interrupt = 2;
    private const int Terminate = 15;
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private bool _isDisposed;

    private ChildProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _isDisposed || _process.HasExited;

    /// <summary>What it wrote to both its outputs up to now.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public static ChildProcess Start(string program, IEnumerable<string> arguments, ScenarioFolder folder, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder.Path, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        // Debian keeps some of the peers outside an ordinary user's PATH.
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        start.Environment["LC_ALL"] = "C";
        var child = new ChildProcess(new Process { StartInfo = start });
        child._process.OutputDataReceived += (_, line) => child.Take(line.Data, onLine);
        child._process.ErrorDataReceived += (_, line) => child.Take(line.Data, null);
        child._process.Start();
        folder.Owns(child);
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        child._process.StandardInput.Close();
        return child;
    }

    private void Take(string? line, Action<string>? onLine)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        onLine?.Invoke(line);
    }

    /// <summary>Whether somebody listens at an IPv4 address in the network that it runs in.</summary>
    public bool Serves(IPEndPoint endpoint, bool isStream)
    {
        const string Listening = " 0A ";
        var file = $"/proc/{Id}/net/{(isStream ? "tcp" : "udp")}";
        var local = $" {BitConverter.ToUInt32(endpoint.Address.GetAddressBytes()):X8}:{endpoint.Port:X4} ";
        return File.Exists(file) && File.ReadLines(file).Any(line => line.Contains(local, StringComparison.Ordinal) && (!isStream || line.Contains(Listening, StringComparison.Ordinal)));
    }

    public void AskToEnd() => _ = Kill(Id, Terminate);

    public void AskToFinish() => _ = Kill(Id, Interrupt);

    /// <summary>The exit code; fails when the program runs on past the deadline.</summary>
    public async Task<int> ExitAsync(TimeSpan deadline)
    {
        using var late = new CancellationTokenSource(deadline);
        try
        {
            await _process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{_process.StartInfo.FileName} runs on after {deadline.TotalSeconds} s");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            // tshark's own child would keep its outputs open.
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        var log = Path.Combine(_process.StartInfo.WorkingDirectory, $"{Path.GetFileName(_process.StartInfo.FileName)}.{Id}.log");
        if (Directory.Exists(Path.GetDirectoryName(log)))
        {
            await File.WriteAllTextAsync(log, Output);
        }

        _process.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
