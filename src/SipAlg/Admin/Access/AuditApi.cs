using System.Globalization;
using SipAlg.Admin.Description;

namespace SipAlg.Admin.Access;

/// <summary><c>/api/v1/audit</c>: the last changes and log-ins, newest first.</summary>
internal sealed class AuditApi(AuditLog audit)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/audit", ListAsync).Describe(new Operation("The last changes that were asked for, and log-ins, newest first.")
    {
        Query =
        [
            new("who", "A part of who it was, as token or the name of a session."),
            new("path", "A part of the path, as reload or a call's id."),
            new("outcome", "What came of it.") { Values = AuditLog.Outcomes },
            .. Paging.Parameters,
        ],
        Answers = [Answer.Of(200, "One page.", AdminJson.Default.AuditList), Paging.BadQuery],
    });

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!Paging.TryCursor(query, out var cursor))
        {
            return context.Response.BadCursorAsync();
        }

        var page = audit.Page(cursor, limit, out var next, entry => IsWanted(query, entry));
        return context.Response.JsonAsync(200, new AuditList(page, next == 0 ? null : next.ToString(CultureInfo.InvariantCulture)), AdminJson.Default.AuditList);
    }

    private static bool IsWanted(IQueryCollection query, AuditEntry entry) =>
        (query.Text("who") is not { } who || entry.Who.Contains(who, StringComparison.OrdinalIgnoreCase)) &&
        (query.Text("path") is not { } path || entry.Path.Contains(path, StringComparison.OrdinalIgnoreCase)) &&
        (query.Text("outcome") is not { } outcome || entry.Outcome == outcome);
}

/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record AuditList(IReadOnlyList<AuditEntry> Items, string? Next);
