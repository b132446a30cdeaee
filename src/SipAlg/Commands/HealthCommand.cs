using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg health</c>: asks the running gateway whether it is alive; the health check of the container image.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static AdminCommand Create() => new("health", "Ask the running gateway whether it is alive: exit code 0 or 1.", RunAsync, [], Patience);

    private static async Task<int> RunAsync(AdminRequest request)
    {
        var answer = await request.GetAsync("/healthz").ConfigureAwait(false);
        if (answer.Body?["status"] is null)
        {
            return request.Fail(request.Client.FaultOf(answer));
        }

        if (request.IsJson)
        {
            request.WriteJson(answer.Body);
        }
        else
        {
            Write(request.Output, answer.Body, answer.IsSuccess);
        }

        return answer.IsSuccess ? ExitCode.Success : ExitCode.Fault;
    }

    private static void Write(Terminal terminal, JsonNode health, bool isAlive)
    {
        terminal.Line(health.Text("status"), isAlive ? Color.Green : Color.Red);
        foreach (var lane in health.Items("lanes"))
        {
            terminal.Line(string.Create(CultureInfo.InvariantCulture, $"lane {lane.Text("lane")}: last turn {lane.Number("age_seconds"):0.0} s ago"));
        }
    }
}
