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
            Query = Paging.Parameters,
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
        if (!Paging.TryLimit(context.Request.Query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!Paging.TryPlace(context.Request.Query, out var first))
        {
            return context.Response.BadCursorAsync();
        }

        // One configuration for both, whatever a reload does meanwhile.
        var running = reloader.Running;
        var routes = running.Model.Dialplan.Routes.Zip(running.Written.Routes).Index().Skip(first).Take(limit).ToArray();
        var next = first + routes.Length < running.Model.Dialplan.Routes.Length ? (first + routes.Length).ToString(CultureInfo.InvariantCulture) : null;
        var items = routes.Select(route => new RouteDetails(
            route.Index + 1, route.Item.First.Name, route.Item.Second.At.File, route.Item.Second.At.Line, route.Item.First.IsEmergency, route.Item.Second.ToJson()));
        return context.Response.JsonAsync(200, new DialplanList([.. items], routes.Length == 0 ? null : next), AdminJson.Default.DialplanList);
    }
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
