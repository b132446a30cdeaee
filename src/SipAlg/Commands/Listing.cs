using System.CommandLine;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary>Asks for a list page by page, up to <c>--limit</c> items.</summary>
internal sealed class Listing
{
    private const int MostOfPage = 1000;

    private readonly Option<int> _limit = new("--limit") { Description = "Items at most.", DefaultValueFactory = _ => 100 };
    private readonly (Option<string?> Option, string Parameter)[] _filters;

    /// <param name="filters">Options that are parameters of the list, with their names there.</param>
    public Listing(params (Option<string?> Option, string Parameter)[] filters)
    {
        _filters = filters;
        _limit.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !(int.TryParse(result.Tokens[0].Value, out var limit) && limit is >= 1 and <= 1_000_000))
            {
                result.AddError("--limit is a number from 1 to 1000000");
            }
        });
    }

    public Symbol[] Symbols => [.. _filters.Select(filter => filter.Option), _limit];

    /// <summary>One answer with the items of all pages; <c>next</c> stands where there would be more.</summary>
    /// <param name="request">Of the command.</param>
    /// <param name="path">Of the list.</param>
    /// <param name="more">A further parameter, as <c>&amp;up=false</c>.</param>
    public async Task<AdminAnswer> ReadAsync(AdminRequest request, string path, string more = "")
    {
        var (items, limit, cursor) = (new JsonArray(), request.Value(_limit), "");
        var filter = string.Concat(_filters.Select(filter => (filter.Parameter, Value: request.Value(filter.Option))).Where(filter => filter.Value is not null)
            .Select(filter => $"&{filter.Parameter}={Uri.EscapeDataString(filter.Parameter == "since" ? Fields.Moment(filter.Value!, TimeZoneInfo.Local) : filter.Value!)}"));
        while (true)
        {
            var answer = await request.GetAsync($"{path}?limit={Math.Min(MostOfPage, limit - items.Count)}{filter}{more}{cursor}").ConfigureAwait(false);
            if (!answer.IsSuccess || answer.Body is not { } page)
            {
                return answer;
            }

            foreach (var item in page.Items())
            {
                items.Add(item.DeepClone());
            }

            if (page.Text("next") is not { Length: > 0 } next || items.Count >= limit)
            {
                return new AdminAnswer(answer.Status, new JsonObject { ["items"] = items, ["next"] = page["next"]?.DeepClone() });
            }

            cursor = $"&cursor={Uri.EscapeDataString(next)}";
        }
    }

    /// <summary>Below a list that goes on.</summary>
    public static void Footer(Terminal terminal, JsonNode list, string nothing)
    {
        if (!list.Items().Any())
        {
            terminal.Line(nothing);
        }
        else if (list["next"] is not null)
        {
            terminal.Line("there are more: --limit", Spectre.Console.Color.Grey);
        }
    }
}
