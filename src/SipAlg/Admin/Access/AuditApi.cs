using System.Globalization;
using SipAlg.Admin.Description;

namespace SipAlg.Admin.Access;

/// <summary><c>/api/v1/audit</c>: the last changes, newest first.</summary>
internal sealed class AuditApi(AuditLog audit)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/audit", ListAsync).Describe(new Operation("The last changes that were asked for by this API, newest first.")
    {
        Query = Paging.Parameters,
        Answers = [Answer.Of(200, "One page.", AdminJson.Default.AuditList), Paging.BadQuery],
    });

    private Task ListAsync(HttpContext context)
    {
        if (!Paging.TryLimit(context.Request.Query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!Paging.TryCursor(context.Request.Query, out var cursor))
        {
            return context.Response.BadCursorAsync();
        }

        var page = audit.Page(cursor, limit, out var next);
        return context.Response.JsonAsync(200, new AuditList(page, next == 0 ? null : next.ToString(CultureInfo.InvariantCulture)), AdminJson.Default.AuditList);
    }
}

/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record AuditList(IReadOnlyList<AuditEntry> Items, string? Next);
