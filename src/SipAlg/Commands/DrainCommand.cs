using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary><c>sipalg drain</c>: no new calls, and perhaps a time when those that still stand are ended.</summary>
internal static class DrainCommand
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static AdminCommand Create()
    {
        var end = new Option<bool>("--end") { Description = "Take new calls again." };
        var wait = new Option<bool>("--wait") { Description = "Wait until the last call has ended, or been ended." };
        var deadline = new Option<string?>("--deadline") { Description = "After so long end the calls that still stand, as 10m; off: never. Emergency calls go on.", HelpName = "time" };
        end.Validators.Add(result =>
        {
            if (result.GetValue(end) && result.GetResult(deadline) is not null)
            {
                result.AddError("--end lifts the deadline too: leave --deadline out");
            }
        });
        deadline.CompletionSources.Add("5m", "15m", "1h", "off");
        return new AdminCommand("drain", "Refuse new calls from now on, so that those that stand may end.", async request =>
        {
            var answer = request.Value(end) ? await request.AskAsync(HttpMethod.Delete, "drain").ConfigureAwait(false)
                : await request.AskAsync(HttpMethod.Post, "drain", request.Value(deadline) is { } time ? new JsonObject { ["deadline"] = time } : null).ConfigureAwait(false);
            return request.Show(request.Value(wait) && !request.Value(end) ? await WaitAsync(request, answer).ConfigureAwait(false) : answer, body => request.Output.Line(Text(body)));
        }, [end, wait, deadline]);
    }

    /// <summary>The last look comes after the deadline: the far sides have answered their BYE by then.</summary>
    private static async Task<AdminAnswer> WaitAsync(AdminRequest request, AdminAnswer answer)
    {
        for (var isOver = false; !isOver && answer.IsSuccess && answer.Body!.Number("calls_active") > 0;)
        {
            isOver = (bool)answer.Body!["deadline_passed"]! || !(bool)answer.Body["draining"]!;
            await Task.Delay(Look, request.Cancellation).ConfigureAwait(false);
            answer = await request.GetAsync("drain").ConfigureAwait(false);
        }

        return answer;
    }

    private static string Text(JsonNode body)
    {
        var state = (bool)body["draining"]! ? "draining: new calls are refused" : "not draining: new calls are taken";
        var until = body.At("deadline") is not { } deadline ? "" : (bool)body["deadline_passed"]! ? "; the deadline has passed" : $"; calls that still stand are ended in {Fields.Span(deadline - DateTimeOffset.UtcNow)}";
        return string.Create(CultureInfo.InvariantCulture, $"{state}, {body.Number("calls_active"):0} active{until}");
    }
}
