using System.Globalization;
using SipAlg.Journal;

namespace SipAlg.Admin;

/// <summary><c>/api/v1/registrations/failures</c>: phones that could not register, and why.</summary>
internal sealed class RegistrationFailuresApi(RegistrationFailures failures)
{
    private const int DefaultLimit = 100;

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/registrations/failures", ListAsync);

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var limit = DefaultLimit;
        if (query["limit"].ToString() is { Length: > 0 } text &&
            !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= RegistrationFailures.Capacity))
        {
            return context.Response.ErrorAsync(400, "bad_limit", $"limit is a number from 1 to {RegistrationFailures.Capacity}.");
        }

        var phones = failures.List(query["user"].ToString() is { Length: > 0 } user ? user : null, limit);
        return context.Response.JsonAsync(200, new FailedPhoneList([.. phones.Select(FailedPhoneDetails.Of)], null), AdminJson.Default.FailedPhoneList);
    }
}

/// <param name="Items">Those that tried last first.</param>
/// <param name="Next">Always null: there are no more than fit in a page.</param>
internal sealed record FailedPhoneList(IReadOnlyList<FailedPhoneDetails> Items, string? Next);

/// <summary>A phone that could not register; docs/registrations.md is its description.</summary>
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
