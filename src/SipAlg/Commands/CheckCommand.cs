using System.CommandLine;
using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg check</c>: reads everything, runs the dialplan's tests and reports every problem.</summary>
internal static class CheckCommand
{
    public static Command Create(TimeProvider clock)
    {
        var config = ConfigurationFile.Option();
        var command = new Command("check", "Check the configuration and dialplan, run the dialplan's tests, report every problem.") { config };
        command.SetAction(result => Run(ConfigurationFile.Choose(result.GetValue(config)), clock, new Terminal(result.InvocationConfiguration.Output)));
        return command;
    }

    private static int Run(string? file, TimeProvider clock, Terminal terminal)
    {
        var loaded = ConfigurationFile.Load(file, checksLimits: true);
        var failures = loaded.Configuration is { } configuration ? DialplanTests.RunAll(configuration, clock) : [];
        var problems = loaded.Problems.AddRange(failures);
        terminal.Problems(problems);
        return Summarise(problems, loaded.Configuration?.DialplanTests.Length ?? 0, file, terminal);
    }

    private static int Summarise(IReadOnlyCollection<Problem> problems, int tests, string? file, Terminal terminal)
    {
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        var counts = $"{Count(errors, "error")}, {Count(problems.Count - errors, "warning")}, {Count(tests, "dialplan test")}";
        terminal.Line($"{file ?? "embedded default"}: {(errors == 0 ? "sound" : "not sound")} ({counts})", errors == 0 ? Color.Green : Color.Red);
        return errors == 0 ? ExitCode.Success : ExitCode.BadConfiguration;
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";
}
