using System.CommandLine;
using System.Text.Json.Nodes;
using SipAlg.Calls.Verdicts;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg calls</c>, <c>why</c>, <c>trace</c> and <c>hangup</c>: calls of a running gateway.</summary>
internal static class CallCommands
{
    public static IEnumerable<Command> Create() => [List(), Why(), Trace(), HangUp()];

    private static AdminCommand List()
    {
        var state = new Option<string?>("--state") { Description = "live, ended or refused.", DefaultValueFactory = _ => "live" };
        state.AcceptOnlyFromAmong("live", "ended", "refused");
        var outcome = new Option<string?>("--outcome") { Description = "Only calls that ended so: answered, cancelled, rejected or failed." };
        outcome.AcceptOnlyFromAmong("answered", "cancelled", "rejected", "failed");
        var verdict = new Option<string?>("--verdict") { HelpName = "code", Description = "Only calls with this verdict." };
        verdict.CompletionSources.Add([.. Enum.GetValues<VerdictCode>().Select(VerdictCodes.Text)]);
        var listing = new Listing(
            (state, "state"),
            (new("--number") { Description = "Only calls whose caller's or called number has this in it." }, "number"),
            (Suggestions.Peers(new("--peer") { Description = "Only calls from or to this peer." }), "peer"),
            (Suggestions.Realms(new("--realm") { Description = "Only calls from or to this realm." }), "realm"),
            (new("--user") { Description = "Only calls from or to this user." }, "user"),
            (outcome, "outcome"),
            (verdict, "verdict"),
            (new("--since") { Description = "Only calls begun then or later, as 2026-03-02T09:00Z; without an offset in this host's zone." }, "since"));
        return new AdminCommand("calls", "List the calls of the running gateway.", async request => request.Show(await listing.ReadAsync(request, "calls").ConfigureAwait(false), calls =>
        {
            if (calls.Items().Any())
            {
                request.Output.Table(["id", "started", "caller", "called", "from", "to", "state", "time", "verdict"], calls.Items().Select(Row));
            }

            Listing.Footer(request.Output, calls, "no calls");
        }), listing.Symbols);
    }

    private static AdminCommand Why()
    {
        var id = Suggestions.Calls(new("id") { Description = "The call's id, as lists, records and the log have it; or a user." });
        return new AdminCommand("why", "Say in a sentence what went wrong with a call, and what that rests on; or why the phone of a user is not registered.", request =>
            FailedPhones.WhyAsync(request, request.Arguments.GetValue(id)!, call => WriteVerdict(request.Output, call)), [id]);
    }

    private static AdminCommand Trace()
    {
        var id = Id();
        var pcap = new Option<string?>("--pcap") { Description = "Write them to this file instead, for Wireshark and tshark." };
        return new AdminCommand("trace", "Show the SIP messages of a call in their order.", async request =>
        {
            var answer = await request.GetAsync($"calls/{request.Escaped(id)}").ConfigureAwait(false);
            return answer.IsSuccess && request.Value(pcap) is { } file
                ? await SaveAsync(request, $"calls/{request.Escaped(id)}/pcap", file).ConfigureAwait(false)
                : request.Show(answer, call => WriteMessages(request.Output, call));
        }, [id, pcap]);
    }

    private static AdminCommand HangUp()
    {
        var id = Id();
        return new AdminCommand("hangup", "End a call.", async request =>
            request.Show(await request.AskAsync(HttpMethod.Delete, $"calls/{request.Escaped(id)}").ConfigureAwait(false), _ => request.Output.Line("hung up")), [id]);
    }

    private static Argument<string> Id() => Suggestions.Calls(new("id") { Description = "The call's id, as lists, records and the log have it." });

    private static async Task<int> SaveAsync(AdminRequest request, string path, string file)
    {
        var octets = await request.Client.ReadAsync(path, request.Cancellation).ConfigureAwait(false);
        try
        {
            await File.WriteAllBytesAsync(file, octets, request.Cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return request.Fail($"{file} cannot be written: {fault.Message}");
        }

        request.Output.Line($"written to {file}");
        return ExitCode.Success;
    }

    private static string[] Row(JsonNode call) =>
    [
        call.Text("id"), call.Time("started"), call.Text("caller"), call.Text("called"), call.Text("from_peer", "from_user", "from_realm"),
        call.Text("to_peer", "to_user", "to_realm"), call.Text("state"), Duration(call), call["verdict"]?.Text("code") ?? "",
    ];

    /// <summary>From the answer to the end, or to now.</summary>
    public static string Duration(JsonNode call) => call.At("answered") is { } answered ? Fields.Span((call.At("ended") ?? DateTimeOffset.UtcNow) - answered) : "";

    private static void WriteVerdict(Terminal terminal, JsonNode call)
    {
        terminal.Line($"{call.Text("caller")} to {call.Text("called")}, {call.Time("started")}: {call["verdict"]?.Text("code")}");
        terminal.Line(call["verdict"]?.Text("sentence") ?? "", Color.Yellow);
        terminal.Table((call["verdict"]?["evidence"]?.AsObject() ?? []).Select(fact => new[] { fact.Key, fact.Value?.ToString() ?? "" }));
        terminal.Table((call["decision"]?.Items("passed") ?? []).Select(passed => new[] { "passed over", passed.Text("route"), passed.Text("at"), passed.Text("reason") }));
        if (call["decision"]?.Text("passed_left_out") is { Length: > 0 } others)
        {
            terminal.Line($"and {others} further routes, of which less held");
        }
    }

    private static void WriteMessages(Terminal terminal, JsonNode call)
    {
        foreach (var message in call.Items("messages"))
        {
            var arrow = message.Text("direction") == "in" ? "->" : "<-";
            terminal.Line($"{message.Text("at")} {message.Text("realm")}: {message.Text("remote")} {arrow} {message.Text("local")} {message.Text("transport")}{(message["repeated"] is null ? "" : " (repeated)")}{(message["unsent"] is null ? "" : " (not sent)")}", Color.Green);
            terminal.Line(message.Text("message"));
        }
    }
}
