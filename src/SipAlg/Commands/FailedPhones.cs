using System.Text.Json.Nodes;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary>What <c>sipalg why</c> says of a phone that is not registered.</summary>
internal static class FailedPhones
{
    private const int IdLength = 16;

    /// <summary>A call, if there is one with this id; else the phones whose user, address-of-record or address has it in its name.</summary>
    /// <param name="request">Of the command.</param>
    /// <param name="text">What was asked for.</param>
    /// <param name="writeCall">Writes what is said of a call.</param>
    public static async Task<int> WhyAsync(AdminRequest request, string text, Action<JsonNode> writeCall)
    {
        var name = Uri.EscapeDataString(text);
        var call = await request.GetAsync($"calls/{name}").ConfigureAwait(false);
        if (call.Status != 404 || (text.Length == IdLength && text.All(char.IsAsciiHexDigit)))
        {
            return request.Show(call, writeCall);
        }

        var phones = await request.GetAsync($"registrations/failures?user={name}").ConfigureAwait(false);
        return phones.IsSuccess && !phones.Body!.Items().Any()
            ? request.Fail($"No call has the id '{text}', and no phone with that in its user, address-of-record or address has failed to register.")
            : request.Show(phones, list => Write(request.Output, list));
    }

    private static void Write(Terminal terminal, JsonNode phones)
    {
        foreach (var phone in phones.Items())
        {
            var name = phone.Text("aor", "user") is { Length: > 0 } known ? known : "somebody";
            terminal.Line($"{name} from {phone.Text("source")}, {phone.Text("count")} {(phone.Text("count") == "1" ? "time" : "times")}, last {phone.Text("last")}: {phone["verdict"]?.Text("code")}");
            terminal.Line(phone["verdict"]?.Text("sentence") ?? "", Color.Yellow);
        }
    }
}
