using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Sipp;

/// <summary>How a SIPp process is run.</summary>
internal sealed record SippOptions(ISippScenario Scenario, IPEndPoint Local)
{
    /// <summary>Where a caller sends; a callee has none.</summary>
    public IPEndPoint? Remote { get; init; }
    public bool IsTcp { get; init; }

    /// <summary>Each call has a socket of its own, and so a source port.</summary>
    public bool HasSocketPerCall { get; init; }
    public int Calls { get; init; } = 1;

    /// <summary>Calls a second.</summary>
    public int Rate { get; init; } = 100;

    /// <summary>Milliseconds of each pause without a length of its own.</summary>
    public int Pause { get; init; } = 100;

    /// <summary>Request-URI user.</summary>
    public string Called { get; init; } = "100";
    /// <summary>A line for each call, whose parts between semicolons are the scenario's [field0], [field1] and so on.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];
    public bool KeepsMessages { get; init; } = true;
}

/// <summary>A SIPp process that places or takes calls by scenario.</summary>
internal sealed class SippRun : IAsyncDisposable
{
    /// <summary>Where SIPp binds its control port: one that another SIPp has for its media at whatever address is not free.</summary>
    private const string AnyAddress = "0.0.0.0";

    private readonly ChildProcess _process;
    private readonly SippOptions _options;
    private readonly string _prefix;

    private SippRun(ChildProcess process, SippOptions options, string prefix)
    {
        _process = process;
        _options = options;
        _prefix = prefix;
    }

    /// <summary>What was sent and received, as SIPp wrote it down.</summary>
    public string Messages => File.ReadAllText(_prefix + ".messages");

    /// <summary>Waits for a message that it receives and that begins like this; the last of them so far.</summary>
    public async Task<SippMessage> ReceivedAsync(string beginning)
    {
        await Eventually.TrueAsync(() => Received(beginning).Count > 0, text: $"{_options.Scenario.Name} received {beginning}");
        return Received(beginning)[^1];
    }

    /// <summary>What it has received so far that begins like this.</summary>
    public IReadOnlyList<SippMessage> Received(string beginning) => Find(isSent: false, beginning);

    /// <summary>What it has sent so far that begins like this.</summary>
    public IReadOnlyList<SippMessage> Sent(string beginning) => Find(isSent: true, beginning);

    private SippMessage[] Find(bool isSent, string beginning) =>
    [
        .. SippMessages.Parse(File.Exists(_prefix + ".messages") ? Messages : "")
            .Where(message => message.IsSent == isSent && message.Text.StartsWith(beginning, StringComparison.Ordinal)),
    ];

    /// <summary>Whose address of record the scripts build from it.</summary>
    public IPEndPoint Local => _options.Local;

    /// <summary>How many messages, sent or received, match.</summary>
    public int Count(string pattern) => Regex.Count(Messages, pattern, RegexOptions.Singleline);

    public static SippRun Call(ScenarioFolder folder, SippOptions options) => Start(folder, options);

    /// <summary>Starts a callee and waits until it listens.</summary>
    public static async Task<SippRun> AnswerAsync(ScenarioFolder folder, SippOptions options)
    {
        var run = Start(folder, options);
        await Eventually.TrueAsync(() =>
        {
            Assert.False(run._process.HasExited, run._process.Output);
            return Ports.IsServed(options.Local, options.IsTcp);
        });
        return run;
    }

    private static SippRun Start(ScenarioFolder folder, SippOptions options)
    {
        var prefix = folder[$"{options.Scenario.Name}-{options.Local.Port}"];
        var file = prefix + ".xml";
        File.WriteAllText(file, options.Scenario.Text);
        File.WriteAllLines(prefix + ".csv", ["SEQUENTIAL", .. options.Fields]);
        List<string> arguments =
        [
            "-sf", file, "-i", options.Local.Address.ToString(), "-mi", options.Local.Address.ToString(), "-p", Text(options.Local.Port), "-bind_local", "-t", (options.IsTcp ? "t" : "u") + (options.HasSocketPerCall ? "n" : "1"),
            "-m", Text(options.Calls), "-r", Text(options.Rate), "-l", "3000", "-d", Text(options.Pause), "-s", options.Called, "-nostdin",
            "-trace_stat", "-stf", prefix + ".stat", "-fd", "1", "-trace_err", "-error_file", prefix + ".errors", "-cp", Text(Ports.Free(AnyAddress).Port),
            .. options.HasSocketPerCall ? ["-max_socket", "4000"] : Array.Empty<string>(),
            .. options.KeepsMessages ? ["-trace_msg", "-message_file", prefix + ".messages"] : Array.Empty<string>(),
            .. options.Fields.Count > 0 ? ["-inf", prefix + ".csv"] : Array.Empty<string>(),
            .. options.Remote is { } remote ? [remote.ToString()] : Array.Empty<string>(),
        ];
        return new SippRun(ChildProcess.Start("sipp", arguments, folder), options, prefix);
    }

    /// <summary>Waits until every call is over; all must have gone as the scenario says.</summary>
    public async Task<SippStatistics> AllSucceedAsync(TimeSpan? deadline = null)
    {
        await _process.ExitAsync(deadline ?? Eventually.Deadline);
        var statistics = SippStatistics.Read(_prefix + ".stat");
        Assert.True(statistics.Failed == 0 && statistics.Succeeded == _options.Calls, $"{_options.Scenario.Name}: {statistics}\n{Errors}");
        return statistics;
    }

    /// <summary>Both sides of the same calls: the first to fail says why.</summary>
    public static Task AllSucceedAsync(params SippRun[] runs) => AllSucceedAsync(null, runs);

    /// <summary>Likewise, in this time; a minute by default.</summary>
    public static async Task AllSucceedAsync(TimeSpan? within, SippRun[] runs)
    {
        var open = runs.Select(Task (run) => run.AllSucceedAsync(within ?? TimeSpan.FromMinutes(1))).ToList();
        while (open.Count > 0)
        {
            var done = await Task.WhenAny(open);
            open.Remove(done);
            await done;
        }
    }

    private string Errors => File.Exists(_prefix + ".errors") ? string.Join('\n', File.ReadLines(_prefix + ".errors").Take(60)) : "";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
