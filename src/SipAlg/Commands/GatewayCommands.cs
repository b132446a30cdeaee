using System.CommandLine;

namespace SipAlg.Commands;

/// <summary>The command line of <c>sipalg</c>.</summary>
internal static class GatewayCommands
{
    /// <param name="run">Runs the gateway on a sound configuration and returns the exit code.</param>
    /// <param name="output">Null for the console's.</param>
    /// <param name="error">Null for the console's.</param>
    /// <param name="input">Null for the console's.</param>
    public static Task<int> InvokeAsync(
        string[] arguments, Func<RunRequest, CancellationToken, Task<int>> run, TimeProvider clock, TextWriter? output = null, TextWriter? error = null,
        TextReader? input = null)
    {
        // The host owns signals and the deadline of a stop: the library would end the process 2 s after SIGTERM.
        var invocation = new InvocationConfiguration { ProcessTerminationTimeout = null, Output = output ?? Console.Out, Error = error ?? Console.Error };
        return Create(run, clock, input).Parse(arguments).InvokeAsync(invocation);
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create(Func<RunRequest, CancellationToken, Task<int>> run, TimeProvider clock, TextReader? input = null)
    {
        var root = new RootCommand("SIP session gateway: a back-to-back user agent with its own media relay.")
        {
            RunCommand.Create(run, clock),
            CheckCommand.Create(clock),
            RouteCommand.Create(clock),
            SchemaCommand.Create(),
            HashPasswordCommand.Create(input),
            HealthCommand.Create(),
            ReloadCommand.Create(),
            DrainCommand.Create(),
            TopCommand.Create(),
            CompletionCommand.Create(),
        };
        RunCommand.Attach(root, run, clock);
        foreach (var command in CallCommands.Create().Concat(StateCommands.Create()))
        {
            root.Add(command);
        }

        Examples.AddTo(root);
        return root;
    }
}
