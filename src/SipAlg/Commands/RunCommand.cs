using System.CommandLine;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Reloading;
using SipAlg.State;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg run</c>, and <c>sipalg</c> alone: starts the gateway on a sound configuration.</summary>
internal static class RunCommand
{
    public static Command Create(Func<RunRequest, CancellationToken, Task<int>> run, TimeProvider clock)
    {
        var command = new Command("run", "Run the gateway until SIGTERM or SIGINT.");
        Attach(command, run, clock);
        return command;
    }

    public static void Attach(Command command, Func<RunRequest, CancellationToken, Task<int>> run, TimeProvider clock)
    {
        var config = ConfigurationFile.Option();
        command.Add(config);
        command.SetAction((result, cancellation) => StartAsync(
            ConfigurationFile.Choose(result.GetValue(config)), run, clock, new Terminal(result.InvocationConfiguration.Error), cancellation));
    }

    private static async Task<int> StartAsync(
        string? file, Func<RunRequest, CancellationToken, Task<int>> run, TimeProvider clock, Terminal terminal, CancellationToken cancellation)
    {
        var users = file is null ? DemoUsers.Open(ConfigurationFile.StateFolder) : null;
        var files = new NotedFiles(new DiskFiles());
        var loaded = ConfigurationFile.Load(file, users, files: files).WithTests(clock);
        terminal.Problems(loaded.Problems);
        if (loaded.Configuration is { } configuration)
        {
            return await run(new RunRequest(configuration, loaded.Problems, file, users) { Files = files.Stamps }, cancellation).ConfigureAwait(false);
        }

        var errors = loaded.Problems.Count(problem => problem.Severity == Severity.Error);
        terminal.Line($"the gateway does not start: {errors} {(errors == 1 ? "error" : "errors")}", Color.Red);
        return ExitCode.BadConfiguration;
    }
}
