using System.Text.Json.Nodes;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary>What <c>sipalg why</c> says of a phone that is not registered.</summary>
internal static class RegistrationCommands
{
    private const int IdLength = 16;

    /// <summary>A call, if there is one with this id; else the phones whose user, address-of-record or address has it in its name.</summary>
    public static async Task<(JsonNode? Body, string Fault)> WhyAsync(AdminClient client, string text)
    {
        var (call, fault) = await client.AskAsync(HttpMethod.Get, $"api/v1/calls/{text}").ConfigureAwait(false);
        if (call is not null || (text.Length == IdLength && text.All(char.IsAsciiHexDigit)))
        {
            return (call, fault);
        }

        var (phones, otherFault) = await client.AskAsync(HttpMethod.Get, $"api/v1/registrations/failures?user={text}").ConfigureAwait(false);
        return phones?["items"] is not JsonArray items ? (null, otherFault)
            : items.Count > 0 ? (phones, "")
            : (null, $"No call has the id '{Uri.UnescapeDataString(text)}', and no phone with that in its user, address-of-record or address has failed to register.");
    }

    /// <param name="call">Writes what is said of a call.</param>
    public static Action<Terminal, JsonNode> WriteWhy(Action<Terminal, JsonNode> call) => (terminal, body) =>
    {
        if (body["items"] is not JsonArray phones)
        {
            call(terminal, body);
            return;
        }

        foreach (var phone in phones)
        {
            var name = Text(phone!["aor"]) is { Length: > 0 } aor ? aor : Text(phone["user"]) is { Length: > 0 } user ? user : "somebody";
            terminal.Line($"{name} from {Text(phone["source"])}, {Text(phone["count"])} {(Text(phone["count"]) == "1" ? "time" : "times")}, last {Text(phone["last"])}: {Text(phone["verdict"]?["code"])}");
            terminal.Line(Text(phone["verdict"]?["sentence"]), Color.Yellow);
        }
    };

    private static string Text(JsonNode? value) => value?.ToString() ?? "";
}
