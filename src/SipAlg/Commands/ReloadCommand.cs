using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json;
using SipAlg.Admin;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg reload</c>: lets the running gateway read its configuration again, and says what stands against it.</summary>
internal static class ReloadCommand
{
    /// <summary>Longer than the gateway takes at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    public static Command Create()
    {
        var config = ConfigurationFile.Option();
        var json = new Option<bool>("--json") { Description = "The gateway's answer as it is." };
        var command = new Command("reload", "Let the running gateway read its configuration again: exit code 0, or 1 when it refuses.") { config, json };
        command.SetAction((result, cancellation) => RunAsync(
            ConfigurationFile.Choose(result.GetValue(config)), result.GetValue(json), new Terminal(result.InvocationConfiguration.Output), new Terminal(result.InvocationConfiguration.Error), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? file, bool isJson, Terminal terminal, Terminal errors, CancellationToken cancellation)
    {
        if (AdminAddress.Find(file, out var fault) is not { } admin)
        {
            errors.Line(fault, Color.Red);
            return ExitCode.Fault;
        }

        try
        {
            var (status, answer) = await AskAsync(admin, cancellation).ConfigureAwait(false);
            Write(isJson, status, answer, terminal, errors);
            return status == 200 ? ExitCode.Success : ExitCode.Fault;
        }
        catch (HttpRequestException refused)
        {
            errors.Line($"no gateway answers at http://{admin.Listen}: {refused.Message}", Color.Red);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            errors.Line($"no answer from http://{admin.Listen} within {Patience.TotalSeconds:0} s", Color.Red);
        }

        return ExitCode.Fault;
    }

    private static async Task<(int Status, string Answer)> AskAsync(AdminAddress admin, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { UseProxy = false };
        using var client = new HttpClient(handler) { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"http://{admin.Listen}/api/v1/reload"));
        request.Headers.Authorization = admin.Token is null ? null : new AuthenticationHeaderValue("Bearer", admin.Token);
        using var answer = await client.SendAsync(request, cancellation).ConfigureAwait(false);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
    }

    private static void Write(bool isJson, int status, string answer, Terminal terminal, Terminal errors)
    {
        if (isJson)
        {
            terminal.Line(answer);
        }
        else if (status == 200)
        {
            Problems(JsonSerializer.Deserialize(answer, AdminJson.Default.ReloadBody)!.Problems, terminal);
            terminal.Line("reloaded", Color.Green);
        }
        else if (status == 422)
        {
            var refusal = JsonSerializer.Deserialize(answer, AdminJson.Default.ReloadRefusal)!;
            Problems(refusal.Problems, errors);
            errors.Line($"not reloaded: {refusal.Message}", Color.Red);
        }
        else
        {
            errors.Line($"not reloaded: the gateway answered {status}: {answer}", Color.Red);
        }
    }

    private static void Problems(IEnumerable<ProblemDetails> problems, Terminal terminal) => terminal.Problems(problems.Select(problem => problem.ToProblem()));
}
