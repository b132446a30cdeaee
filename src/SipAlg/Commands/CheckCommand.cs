using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SipAlg.Admin;
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
        var json = JsonText.Option();
        var command = new Command("check", "Check the configuration and dialplan, run the dialplan's tests, report every problem.") { config, json };
        command.SetAction(result => Run(ConfigurationFile.Choose(result.GetValue(config)), clock, result.InvocationConfiguration.Output, result.GetValue(json)));
        return command;
    }

    private static int Run(string? file, TimeProvider clock, TextWriter output, bool isJson)
    {
        var loaded = ConfigurationFile.Load(file, checksLimits: true);
        var failures = loaded.Configuration is { } configuration ? DialplanTests.RunAll(configuration, clock) : [];
        var problems = loaded.Problems.AddRange(failures);
        var tests = loaded.Configuration?.DialplanTests.Length ?? 0;
        if (isJson)
        {
            return WriteJson(problems, tests, file, output);
        }

        var terminal = new Terminal(output);
        terminal.Problems(problems);
        return Summarise(problems, tests, file, terminal);
    }

    private static int WriteJson(IReadOnlyCollection<Problem> problems, int tests, string? file, TextWriter output)
    {
        var isSound = problems.All(problem => problem.Severity != Severity.Error);
        output.WriteLine(JsonText.Of(new JsonObject
        {
            ["file"] = file,
            ["sound"] = isSound,
            ["dialplan_tests"] = tests,
            ["problems"] = new JsonArray([.. problems.Select(problem => JsonSerializer.SerializeToNode(ProblemDetails.Of(problem), AdminJson.Default.ProblemDetails))]),
        }));
        return isSound ? ExitCode.Success : ExitCode.BadConfiguration;
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
