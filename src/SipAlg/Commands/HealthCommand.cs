using System.CommandLine;
using SipAlg.Protocol.Addresses;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg health</c>: asks the running gateway whether it is alive; the health check of the container image.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static Command Create()
    {
        var config = ConfigurationFile.Option();
        var command = new Command("health", "Ask the running gateway whether it is alive: exit code 0 or 1.") { config };
        command.SetAction((result, cancellation) => RunAsync(
            ConfigurationFile.Choose(result.GetValue(config)), new Terminal(result.InvocationConfiguration.Output), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? file, Terminal terminal, CancellationToken cancellation)
    {
        var loaded = ConfigurationFile.Load(file);
        if (loaded.Configuration is not { } configuration)
        {
            terminal.Problems(loaded.Problems);
            return ExitCode.BadConfiguration;
        }

        return await AskAsync(AdminAddress.Reachable(configuration.Host.Admin.Listen), terminal, cancellation).ConfigureAwait(false);
    }

    private static async Task<int> AskAsync(IpEndpoint admin, Terminal terminal, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri($"http://{admin}/healthz"), cancellation).ConfigureAwait(false);
            terminal.Line(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
            return answer.IsSuccessStatusCode ? ExitCode.Success : ExitCode.Fault;
        }
        catch (HttpRequestException fault)
        {
            terminal.Line($"no gateway answers at http://{admin}: {fault.Message}", Color.Red);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            terminal.Line($"no answer from http://{admin} within {Patience.TotalSeconds:0} s", Color.Red);
        }

        return ExitCode.Fault;
    }
}
