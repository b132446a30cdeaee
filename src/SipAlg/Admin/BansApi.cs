using SipAlg.Admin.Description;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/bans</c>. The gateway bans nobody so far: the list is empty, and so it says.</summary>
internal static class BansApi
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/bans", ListAsync).Describe(new Operation("The addresses that are banned.")
        {
            Query = Paging.Parameters,
            Answers = [Answer.Of(200, "One page.", AdminJson.Default.BanList), Paging.BadQuery],
        });
        routes.MapDelete("/api/v1/bans/{address}", EndAsync).Describe(new Operation("Ends a ban.")
        {
            Path = [new("address", "The address.")],
            Answers = [Answer.Error(404, "It is not banned.")],
        });
    }

    private static Task ListAsync(HttpContext context) => Paging.TryLimit(context.Request.Query, out _)
        ? context.Response.JsonAsync(200, new BanList([], null), AdminJson.Default.BanList)
        : context.Response.BadLimitAsync();

    private static Task EndAsync(HttpContext context) => context.Response.ErrorAsync(404, "not_banned", "This address is not banned.");
}

/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record BanList(IReadOnlyList<string> Items, string? Next);
