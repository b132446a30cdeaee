using System.Globalization;
using SipAlg.Admin.Description;
using SipAlg.Journal;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/registrations/failures</c>: phones that could not register, and why.</summary>
internal sealed class RegistrationFailuresApi(RegistrationFailures failures)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/registrations/failures", ListAsync).Describe(new Operation("Phones that could not register, and why: those whose failing began last first.")
    {
        Query = [new("user", "A part of the user's name, the address-of-record or the address that it came from."), .. Paging.Parameters],
        Answers = [Answer.Of(200, "One page.", AdminJson.Default.FailedPhoneList), Paging.BadQuery],
    });

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        if (!Paging.TryLimit(query, out var limit))
        {
            return context.Response.BadLimitAsync();
        }

        if (!Paging.TryCursor(query, out var before))
        {
            return context.Response.BadCursorAsync();
        }

        var phones = failures.List(query.Text("user"), limit + 1, before);
        var next = phones.Count > limit ? phones[limit - 1].Number.ToString(CultureInfo.InvariantCulture) : null;
        return context.Response.JsonAsync(200, new FailedPhoneList([.. phones.Take(limit).Select(FailedPhoneDetails.Of)], next), AdminJson.Default.FailedPhoneList);
    }
}

/// <param name="Items">Those whose failing began last first.</param>
/// <param name="Next">The cursor of the next page; null after the last.</param>
internal sealed record FailedPhoneList(IReadOnlyList<FailedPhoneDetails> Items, string? Next);

/// <summary>A phone that could not register; docs/why.md is its description.</summary>
internal sealed record FailedPhoneDetails
{
    public DateTimeOffset First { get; init; }
    public DateTimeOffset Last { get; init; }
    public long Count { get; init; }
    public required string Realm { get; init; }
    public required string Source { get; init; }

    /// <summary>Empty where it could not be read.</summary>
    public required string Aor { get; init; }

    /// <summary>Who its credentials say that it is; null without any.</summary>
    public string? User { get; init; }
    public required string UserAgent { get; init; }

    /// <summary>Null: it got no answer.</summary>
    public int? Status { get; init; }
    public required VerdictDetails Verdict { get; init; }

    public static FailedPhoneDetails Of(FailedPhone phone) => new()
    {
        First = phone.First,
        Last = phone.Last.At,
        Count = phone.Count,
        Realm = phone.Last.Realm,
        Source = phone.Last.Source.ToString(),
        Aor = phone.Last.Aor,
        User = phone.Last.User,
        UserAgent = phone.Last.Agent,
        Status = phone.Last.Status == 0 ? null : phone.Last.Status,
        Verdict = VerdictDetails.Of(phone.Verdict),
    };
}
