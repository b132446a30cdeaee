using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Admin.Description;
using SipAlg.Hosting;

namespace SipAlg.Admin.Written;

/// <summary>What is in force, as it is written: the configuration without its secrets, and the dialplan route by route.</summary>
internal sealed class ConfigurationApi(Reloader reloader)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/configuration", ShowAsync).Describe(new Operation("The configuration in force, as it was read; secrets, and what was taken from elsewhere, are not shown.")
        {
            Answers = [Answer.Of(200, "The configuration.", AdminJson.Default.ConfigurationBody)],
        });
        routes.MapGet("/api/v1/dialplan", ListAsync).Describe(new Operation("The routes in force, in their order.")
        {
            Query =
            [
                new("name", "A part of the route's name."),
                new("called", "A part of what its condition on the called number has, as it is written; the dry run says what a number takes."),
                .. Paging.Parameters,
            ],
            Answers = [Answer.Of(200, "One page.", AdminJson.Default.DialplanList), Paging.BadQuery],
        });
    }

    private Task ShowAsync(HttpContext context)
    {
        var (running, last) = (reloader.Running, reloader.Last);
        return context.Response.JsonAsync(200, new ConfigurationBody(running.Written.File, last.At, last.IsSuccess, running.Written.ToJson()), AdminJson.Default.ConfigurationBody);
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!Paging.TryPlace(query, out var first))
        {
            return context.Response.BadCursorAsync();
        }

        // One configuration for both, whatever a reload does meanwhile.
        var running = reloader.Running;
        var found = running.Model.Dialplan.Routes.Zip(running.Written.Routes).Index().Skip(first)
            .Select(route => new RouteDetails(route.Index + 1, route.Item.First.Name, route.Item.Second.At.File, route.Item.Second.At.Line, route.Item.First.IsEmergency, route.Item.Second.ToJson()))
            .Where(route => IsWanted(query, route)).Take(limit + 1).ToArray();
        var next = found.Length > limit ? found[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null;
        return context.Response.JsonAsync(200, new DialplanList([.. found.Take(limit)], next), AdminJson.Default.DialplanList);
    }

    private static bool IsWanted(IQueryCollection query, RouteDetails route) =>
        (query.Text("name") is not { } name || route.Name.Contains(name, StringComparison.OrdinalIgnoreCase)) &&
        (query.Text("called") is not { } called || Has(route.Written?["when"]?["called"], called));

    /// <summary>A condition is a text, or a list or a mapping of such.</summary>
    private static bool Has(JsonNode? written, string part) => written switch
    {
        JsonArray list => list.Any(inner => Has(inner, part)),
        JsonObject mapping => mapping.Any(member => Has(member.Value, part)),
        JsonValue text => text.ToString().Contains(part, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}

/// <param name="File">Where it was read.</param>
/// <param name="LastReload">Or the start.</param>
/// <param name="LastReloadSuccess">False: what is in force is older than that.</param>
/// <param name="Configuration">What is written, without the user's own keys; every value as its characters.</param>
internal sealed record ConfigurationBody(string File, DateTimeOffset LastReload, bool LastReloadSuccess, JsonObject Configuration);

/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record DialplanList(IReadOnlyList<RouteDetails> Items, string? Next);

/// <param name="Number">From 1, over all files.</param>
/// <param name="Line">From 1.</param>
/// <param name="Written">The route in its own words.</param>
internal sealed record RouteDetails(int Number, string Name, string File, int Line, bool Emergency, JsonNode? Written);
