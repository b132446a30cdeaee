using System.Text.Json;
using SipAlg.Admin;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg reload</c>: lets the running gateway read its configuration again, and says what stands against it.</summary>
internal static class ReloadCommand
{
    /// <summary>Longer than the gateway takes at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static AdminCommand Create() => new("reload", "Let the running gateway read its configuration again: exit code 0, or 1 when it refuses.", RunAsync, [], Patience);

    private static async Task<int> RunAsync(AdminRequest request)
    {
        var answer = await request.AskAsync(HttpMethod.Post, "reload").ConfigureAwait(false);
        if (answer is not { Status: 422, Body: { } body })
        {
            return request.Show(answer, reloaded =>
            {
                request.Output.Problems(reloaded.Deserialize(AdminJson.Default.ReloadBody)!.Problems.Select(problem => problem.ToProblem()));
                request.Output.Line("reloaded", Color.Green);
            });
        }

        if (request.IsJson)
        {
            request.WriteJson(body);
            return ExitCode.Fault;
        }

        var refusal = body.Deserialize(AdminJson.Default.ReloadRefusal)!;
        request.Errors.Problems(refusal.Problems.Select(problem => problem.ToProblem()));
        return request.Fail($"not reloaded: {refusal.Message}");
    }
}
