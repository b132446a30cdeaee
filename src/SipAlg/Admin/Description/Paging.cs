using System.Globalization;

namespace SipAlg.Admin.Description;

/// <summary>How every list pages: <c>?limit=&amp;cursor=</c>.</summary>
internal static class Paging
{
    public const int DefaultLimit = 100;
    public const int MostLimit = 1000;

    public static Parameter[] Parameters { get; } =
    [
        new("limit", $"Items of a page at most; a page may hold fewer, {DefaultLimit} by default.") { Range = (1, MostLimit) },
        new("cursor", "What the page before gave as next; the first page without."),
    ];

    public static Answer BadQuery { get; } = Answer.Error(400, "A parameter makes no sense; the message says which.");

    public static bool TryLimit(IQueryCollection query, out int limit)
    {
        limit = DefaultLimit;
        return query["limit"].ToString() is not { Length: > 0 } text || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is >= 1 and <= MostLimit);
    }

    /// <summary>A cursor that is a number; 0 without one.</summary>
    public static bool TryCursor(IQueryCollection query, out long cursor)
    {
        cursor = 0;
        return query["cursor"].ToString() is not { Length: > 0 } text || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out cursor);
    }

    /// <summary>As a cursor that is a place in memory.</summary>
    public static bool TryPlace(IQueryCollection query, out int place)
    {
        var isSound = TryCursor(query, out var cursor) && cursor <= int.MaxValue;
        place = isSound ? (int)cursor : 0;
        return isSound;
    }

    /// <summary>The value of a filter; null without one.</summary>
    public static string? Text(this IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    public static Task BadLimitAsync(this HttpResponse response) => response.ErrorAsync(400, "bad_limit", $"limit is a number from 1 to {MostLimit}.");

    public static Task BadCursorAsync(this HttpResponse response) => response.ErrorAsync(400, "bad_cursor", "cursor is what the page before gave as next.");
}
