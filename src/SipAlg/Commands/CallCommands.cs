using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary><c>sipalg calls</c>, <c>why</c>, <c>trace</c> and <c>hangup</c>: calls of a running gateway.</summary>
internal static class CallCommands
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<Command> Create() =>
    [
        List(),
        OfOne("why", "Say in a sentence what went wrong with a call, and what that rests on; or why the phone of a user is not registered.", RegistrationCommands.WhyAsync, RegistrationCommands.WriteWhy(WriteVerdict), "The call's id, as lists, records and the log have it; or a user."),
        OfOne("trace", "Show the SIP messages of a call in their order.", (client, id) => client.AskAsync(HttpMethod.Get, $"api/v1/calls/{id}"), WriteMessages),
        OfOne("hangup", "End a call.", (client, id) => client.AskAsync(HttpMethod.Delete, $"api/v1/calls/{id}"), (terminal, _) => terminal.Line("hung up")),
    ];

    private static Command List()
    {
        var (config, json) = (ConfigurationFile.Option(), Json());
        var state = new Option<string>("--state") { Description = "live, ended or refused.", DefaultValueFactory = _ => "live" };
        var verdict = new Option<string?>("--verdict") { Description = "Only calls with this verdict." };
        var number = new Option<string?>("--number") { Description = "Only calls whose caller's or called number has this in it." };
        var command = new Command("calls", "List the calls of the running gateway.") { config, json, state, verdict, number };
        command.SetAction((result, _) => AdminClient.RunAsync(result, config, async client =>
        {
            var query = new[] { ("verdict", result.GetValue(verdict)), ("number", result.GetValue(number)) };
            var filter = string.Concat(query.Where(item => item.Item2 is not null).Select(item => $"&{item.Item1}={Uri.EscapeDataString(item.Item2!)}"));
            var (body, fault) = await client.AskAsync(HttpMethod.Get, $"api/v1/calls?state={Uri.EscapeDataString(result.GetValue(state)!)}{filter}").ConfigureAwait(false);
            return Show(result, body, fault, result.GetValue(json), WriteList);
        }));
        return command;
    }

    private static Command OfOne(string name, string description, Func<AdminClient, string, Task<(JsonNode?, string)>> ask, Action<Terminal, JsonNode> write, string argument = "The call's id, as lists, records and the log have it.")
    {
        var (config, json) = (ConfigurationFile.Option(), Json());
        var id = new Argument<string>("id") { Description = argument };
        var command = new Command(name, description) { id, config, json };
        command.SetAction((result, _) => AdminClient.RunAsync(result, config, async client =>
        {
            var (body, fault) = await ask(client, Uri.EscapeDataString(result.GetValue(id)!)).ConfigureAwait(false);
            return Show(result, body, fault, result.GetValue(json), write);
        }));
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "As the API has it, for programs." };

    private static int Show(ParseResult result, JsonNode? body, string fault, bool isJson, Action<Terminal, JsonNode> write)
    {
        if (fault.Length > 0)
        {
            new Terminal(result.InvocationConfiguration.Error).Line(fault, Color.Red);
            return ExitCode.Fault;
        }

        if (isJson)
        {
            result.InvocationConfiguration.Output.WriteLine(body?.ToJsonString(Indented) ?? "{}");
        }
        else
        {
            write(new Terminal(result.InvocationConfiguration.Output), body ?? new JsonObject());
        }

        return ExitCode.Success;
    }

    private static void WriteList(Terminal terminal, JsonNode body)
    {
        string[] head = ["id", "started", "caller", "called", "from", "to", "state", "verdict"];
        terminal.Table([head, .. body["items"]!.AsArray().Select(call => Row(call!))]);
    }

    private static string[] Row(JsonNode call) =>
    [
        Text(call["id"]), Text(call["started"]), Text(call["caller"]), Text(call["called"]), Text(call["from_peer"] ?? call["from_user"] ?? call["from_realm"]),
        Text(call["to_peer"] ?? call["to_user"] ?? call["to_realm"]), Text(call["state"]), Text(call["verdict"]?["code"]),
    ];

    private static void WriteVerdict(Terminal terminal, JsonNode call)
    {
        terminal.Line($"{Text(call["caller"])} to {Text(call["called"])}, {Text(call["started"])}: {Text(call["verdict"]?["code"])}");
        terminal.Line(Text(call["verdict"]?["sentence"]), Color.Yellow);
        terminal.Table([.. (call["verdict"]?["evidence"]?.AsObject() ?? []).Select(fact => new[] { fact.Key, Text(fact.Value) })]);
        terminal.Table([.. (call["decision"]?["passed"]?.AsArray() ?? []).Select(passed => new[] { "passed over", Text(passed!["route"]), Text(passed["at"]), Text(passed["reason"]) })]);
    }

    private static void WriteMessages(Terminal terminal, JsonNode call)
    {
        foreach (var message in call["messages"]?.AsArray() ?? [])
        {
            var arrow = Text(message!["direction"]) == "in" ? "->" : "<-";
            terminal.Line($"{Text(message["at"])} {Text(message["realm"])}: {Text(message["remote"])} {arrow} {Text(message["local"])} {Text(message["transport"])}{(message["repeated"] is null ? "" : " (repeated)")}{(message["unsent"] is null ? "" : " (not sent)")}", Color.Green);
            terminal.Line(Text(message["message"]));
        }
    }

    private static string Text(JsonNode? value) => value?.ToString() ?? "";
}
