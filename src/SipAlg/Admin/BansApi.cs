using SipAlg.Admin.Description;
using SipAlg.Calls.Bans;
using SipAlg.Protection;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/bans</c>: who is banned, and why. Asks no lane.</summary>
internal sealed class BansApi(BanList bans)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/bans", ListAsync).Describe(new Operation("Sources that are banned, the latest first.")
        {
            Query = [new("address", "A part of the address."), new("reason", "Why.") { Values = [.. Metrics.Labels.Of<BanReason>()] }, .. Paging.Parameters],
            Answers = [Answer.Of(200, "One page.", AdminJson.Default.BanPage), Paging.BadQuery],
        });
        routes.MapDelete("/api/v1/bans/{address}", EndAsync).Describe(new Operation("Ends a ban; the source is heard again, and what it did is forgotten.")
        {
            Path = [new("address", "The address; of an IPv6 network any one in it.")],
            Answers = [Answer.Of(204, "Ended."), Answer.Error(404, "It is not banned.")],
        });
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!BanCursor.TryParse(query["cursor"].ToString(), out var cursor))
        {
            return context.Response.BadCursorAsync();
        }

        var page = BanCursor.Page(bans.List().Where(ban => IsWanted(query, ban)), cursor, limit, out var next);
        return context.Response.JsonAsync(200, new BanPage([.. page.Select(BanDetails.Of)], next?.ToString()), AdminJson.Default.BanPage);
    }

    private static bool IsWanted(IQueryCollection query, Ban ban) =>
        (query.Text("address") is not { } address || ban.Text.Contains(address, StringComparison.OrdinalIgnoreCase)) &&
        (query.Text("reason") is not { } reason || BanReasons.Text(ban.Reason) == reason);

    private Task EndAsync(HttpContext context)
    {
        var text = PathEnd.Of(context).Split('/')[0];
        if (!IpAddress.TryParse(text, out var address) || bans.Lift(address, "an operator has lifted it") is null)
        {
            return context.Response.ErrorAsync(404, "not_banned", "This address is not banned.");
        }

        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}

/// <param name="Items">The latest first.</param>
/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record BanPage(IReadOnlyList<BanDetails> Items, string? Next);
