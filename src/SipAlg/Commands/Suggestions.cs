using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary>
/// What a shell is told when it completes a value: asked of the running gateway, and nothing at all if that does not answer at once. Each has a
/// word for help, which would ask for the values otherwise.
/// </summary>
internal static class Suggestions
{
    private const int Most = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(700);

    /// <summary>Ids of live calls, and of those that ended last.</summary>
    public static Argument<string> Calls(Argument<string> argument)
    {
        argument.HelpName = "id";
        argument.CompletionSources.Add(context => Ask(context, [$"calls?limit={Most}", $"calls?state=ended&limit={Most}"], item => item.Text("id")));
        return argument;
    }

    public static Argument<string> Bans(Argument<string> argument)
    {
        argument.HelpName = "address";
        argument.CompletionSources.Add(context => Ask(context, [$"bans?limit={Most}"], item => item.Text("address")));
        return argument;
    }

    public static Option<string?> Peers(Option<string?> option)
    {
        option.HelpName = "peer";
        option.CompletionSources.Add(context => Ask(context, ["peers?limit=1000"], item => item.Text("name")));
        return option;
    }

    public static Option<string?> Realms(Option<string?> option)
    {
        option.HelpName = "realm";
        option.CompletionSources.Add(context => Ask(context, ["overview"], item => item.Text("name"), "realms"));
        return option;
    }

    public static Option<string?> Accounts(Option<string?> option)
    {
        option.HelpName = "account";
        option.CompletionSources.Add(context => Ask(context, ["accounts?limit=1000"], item => item.Text("account")));
        return option;
    }

    public static Option<string?> Registrations(Option<string?> option)
    {
        option.HelpName = "aor";
        option.CompletionSources.Add(context => Ask(context, ["registrations?limit=1000"], item => item.Text("aor")));
        return option;
    }

    /// <summary>What stands in the line so far.</summary>
    private static string? Config(ParseResult line) =>
        line.CommandResult.Command.Options.OfType<Option<string?>>().FirstOrDefault(option => option.Name == ConfigurationFile.OptionName) is { } option ? line.GetValue(option) : null;

    private static IEnumerable<CompletionItem> Ask(CompletionContext context, string[] paths, Func<JsonNode, string> word, string list = "items") =>
        AskAsync(context, paths, word, list).GetAwaiter().GetResult();

    private static async Task<IEnumerable<CompletionItem>> AskAsync(CompletionContext context, string[] paths, Func<JsonNode, string> word, string list)
    {
        if (AdminAddress.Find(ConfigurationFile.Choose(Config(context.ParseResult)), out _) is not { } admin)
        {
            return [];
        }

        using var client = new AdminClient(admin, Patience);
        List<string> words = [];
        try
        {
            foreach (var path in paths)
            {
                var answer = await client.AskAsync(HttpMethod.Get, path, CancellationToken.None).ConfigureAwait(false);
                words.AddRange(answer.Body?.Items(list).Select(word) ?? []);
            }
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException or JsonException)
        {
            // Who completes a line wants no error in the midst of it.
        }

        return words.Where(one => one.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Distinct().Select(one => new CompletionItem(one));
    }
}
