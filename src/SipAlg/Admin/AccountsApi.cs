using SipAlg.Admin.Description;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Model;
using SipAlg.Hosting;
using SipAlg.Metrics;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/accounts</c>: what users and peers have used of what they may use. Asks no lane.</summary>
internal sealed class AccountsApi(Gateway gateway)
{
    private const string User = "user ";
    private const string Peer = "peer ";
    private static readonly string[] Standings = Labels.Of<AccountStanding>();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/accounts", ListAsync).Describe(new Operation("Users and peers of which something is limited and was counted, by name, and how much they have used.")
        {
            Query = [new("account", "A part of its name."), new("standing", "How much it has used.") { Values = Standings }, .. Paging.Parameters],
            Answers = [Answer.Of(200, "One page.", AdminJson.Default.AccountPage), Paging.BadQuery],
        });
        routes.MapDelete("/api/v1/accounts/{account}", ForgetAsync).Describe(new Operation("What it has used in this hour and on this day counts no more; calls that stand go on.")
        {
            Path = [new("account", "Its name, as user alice.")],
            Answers = [Answer.Of(204, "Forgotten."), Answer.Error(404, "Nothing was counted of it.")],
        });
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        var page = Statements(query).Take(limit + 1).ToArray();
        var next = page.Length > limit ? page[limit - 1].Account : null;
        return context.Response.JsonAsync(200, new AccountPage([.. page.Take(limit).Select(AccountDetails.Of)], next), AdminJson.Default.AccountPage);
    }

    /// <summary>Behind the account that the page before ended with, whether there still is one of that name or not.</summary>
    private IEnumerable<AccountStatement> Statements(IQueryCollection query)
    {
        var (part, standing, cursor) = (query.Text("account"), query.Text("standing"), query.Text("cursor"));
        var model = gateway.Model;
        var peers = model.Peers.Where(peer => !peer.IsRemoved).ToDictionary(peer => peer.Name, peer => peer.Fraud, StringComparer.Ordinal);
        return gateway.Ledger.Accounts
            .Where(account => (cursor is null || string.CompareOrdinal(account.Name, cursor) > 0) && (part is null || account.Name.Contains(part, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(account => account.Name, StringComparer.Ordinal)
            .Select(account => LimitsOf(account.Name, model, peers) is { } limits ? gateway.Ledger.Statement(account, limits) : null)
            .OfType<AccountStatement>()
            .Where(statement => standing is null || Standings[(int)statement.Standing] == standing);
    }

    private static AccountLimits? LimitsOf(string account, GatewayModel model, Dictionary<string, AccountLimits?> peers) =>
        account.StartsWith(User, StringComparison.Ordinal) ? model.Users.WithName(account.AsSpan(User.Length))?.Fraud
        : account.StartsWith(Peer, StringComparison.Ordinal) ? peers.GetValueOrDefault(account[Peer.Length..])
        : null;

    private Task ForgetAsync(HttpContext context)
    {
        var account = context.Request.RouteValues["account"] as string ?? "";
        if (!gateway.Ledger.Forget(account))
        {
            return context.Response.ErrorAsync(404, "no_account", $"Nothing was counted of '{account}'; an account is named as in the list: user alice, or peer pbx.");
        }

        context.Response.StatusCode = 204;
        return Task.CompletedTask;
    }
}

/// <param name="Items">By name.</param>
/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record AccountPage(IReadOnlyList<AccountDetails> Items, string? Next);

/// <param name="Account"><c>user alice</c> or <c>peer pbx</c>.</param>
/// <param name="Standing"><c>fine</c>, <c>alarm</c> or <c>blocked</c>: of the line where it is worst.</param>
/// <param name="Lines">What is limited together.</param>
internal sealed record AccountDetails(string Account, string Standing, IReadOnlyList<AccountLine> Lines)
{
    public static AccountDetails Of(AccountStatement statement) => new(statement.Account, Text(statement.Standing), [.. statement.Lines.Select(line =>
        new AccountLine(line.Numbers, Text(line.Standing), AccountUse.Of(line.Calls), AccountUse.Of(line.CallsPerHour), AccountUse.Of(line.MinutesPerDay)))]);

    private static string Text(AccountStanding standing) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(standing.ToString());
}

/// <param name="Numbers">The name of the list of numbers that it is about; null: all calls.</param>
/// <param name="CallsPerHour">Begun within the last hour.</param>
/// <param name="MinutesPerDay">Talked since midnight of the host.</param>
internal sealed record AccountLine(string? Numbers, string Standing, AccountUse Calls, AccountUse CallsPerHour, AccountUse MinutesPerDay);

/// <param name="Used">To a tenth.</param>
/// <param name="Alarm">From here on operators are told; null: they are not.</param>
/// <param name="Block">From here on calls are refused; null: they are not.</param>
internal sealed record AccountUse(double Used, int? Alarm, int? Block)
{
    public static AccountUse Of(UsedOf used) => new(Math.Round(used.Used, 1), used.Levels.Alarm, used.Levels.Block);
}
