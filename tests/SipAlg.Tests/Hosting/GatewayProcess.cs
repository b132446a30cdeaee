using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SipAlg.Tests.Hosting;

/// <summary>The built program, as a process of its own.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    public GatewayProcess(params string[] arguments)
        : this("", arguments)
    {
    }

    /// <param name="folder">Where it is started; empty for the test's.</param>
    /// <param name="arguments">Of the command line.</param>
    public GatewayProcess(string folder, string[] arguments)
        : this(Program, folder, arguments)
    {
    }

    private GatewayProcess(string program, string folder, string[] arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true },
        };
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private static string Program => Path.Combine(AppContext.BaseDirectory, "sipalg");

    /// <summary>Runs it without some of root's capabilities.</summary>
    /// <param name="capabilities">Their names, with commas between.</param>
    /// <param name="arguments">Of the command line.</param>
    public static GatewayProcess Without(string capabilities, params string[] arguments)
    {
        var bounds = string.Join(',', capabilities.Split(',').Select(capability => $"-{capability}"));
        return new GatewayProcess("setpriv", "", [$"--bounding-set={bounds}", Program, .. arguments]);
    }

    /// <summary>Runs it with these capabilities alone, as a service manager gives them to an ordinary user: what root has counts for nothing.</summary>
    public static GatewayProcess WithAmbient(string capabilities, params string[] arguments)
    {
        var sets = "-all," + string.Join(',', capabilities.Split(',').Select(capability => $"+{capability}"));
        return new GatewayProcess("setpriv", "", ["--securebits=+noroot", "--no-new-privs", $"--bounding-set={sets}", $"--inh-caps={sets}", $"--ambient-caps={sets}", Program, .. arguments]);
    }

    /// <summary>Runs it as an ordinary user, in a file system that is read-only but for some folders, as a service manager or a container does.</summary>
    /// <param name="user">By number.</param>
    /// <param name="home">Where the folders are; others may look into it.</param>
    /// <param name="writable">Folders of it, which become the user's.</param>
    /// <param name="arguments">Of the command line.</param>
    public static GatewayProcess Confined(int user, string home, string[] writable, params string[] arguments)
    {
        var mounts = string.Concat(writable.Select(folder => $" && chown {user} {home}/{folder} && mount --bind {home}/{folder} {home}/{folder}"));
        var program = Path.Combine(home, "program");
        var script = $"mkdir {program} && mount --bind {AppContext.BaseDirectory} {program} && chmod 755 {home}{mounts} && mount -o remount,bind,ro / {string.Concat(writable.Select(folder => $" && mount -o remount,bind,rw {home}/{folder}"))} && exec setpriv --reuid={user} --regid={user} --clear-groups \"$@\"";
        return new GatewayProcess("unshare", "", ["--mount", "--propagation=private", "sh", "-ec", script, "sh", Path.Combine(program, "sipalg"), .. arguments]);
    }

    /// <summary>Runs it with a variable of the environment, as NAME=value.</summary>
    public static GatewayProcess With(string variable, params string[] arguments) => new("env", "", [variable, Program, .. arguments]);

    public int Id => _process.Id;

    /// <summary>How the system schedules its threads whose names begin so: proc(5), 0 for fairly, 1 for SCHED_FIFO.</summary>
    public string[] Policies(string name) => [.. Stats(name).Select(stat => stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[38])];

    /// <summary>The threads whose names begin so, by number.</summary>
    public string[] Threads(string name) => [.. Stats(name).Select(stat => stat[..stat.IndexOf(' ')])];

    private IEnumerable<string> Stats(string name) =>
        Directory.GetDirectories($"/proc/{Id}/task").Select(Stat).Where(stat => stat.Contains($"({name}", StringComparison.Ordinal));

    /// <summary>Empty: the thread has ended meanwhile.</summary>
    private static string Stat(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "stat"));
        }
        catch (IOException)
        {
            return "";
        }
    }

    public string Output => Read(_output);
    public string Error => Read(_error);

    public void Signal(int signal) => Assert.Equal(0, Signals.Kill(_process.Id, signal));

    public Task SaysAsync(string text) => Eventually.True(
        () => Output.Contains(text, StringComparison.Ordinal) || (_process.HasExited ? throw new InvalidOperationException(Output + Error) : false),
        $"the program says '{text}'");

    /// <summary>The port that follows the first mention of an address.</summary>
    public int Port(string after)
    {
        var output = Output;
        var start = output.IndexOf(after, StringComparison.Ordinal) + after.Length;
        return int.Parse(output[start..].TakeWhile(char.IsAsciiDigit).ToArray(), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for the end and all output.</summary>
    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private static void Add(StringBuilder builder, string? line)
    {
        lock (builder)
        {
            builder.Append(line).Append('\n');
        }
    }

    private static string Read(StringBuilder builder)
    {
        lock (builder)
        {
            return builder.ToString();
        }
    }
}
