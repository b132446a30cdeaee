using System.Globalization;
using SipAlg.Calls.Bans;

namespace SipAlg.Admin;

/// <summary>
/// A place in the list of bans, which has the latest first: behind a certain ban, whether that still stands or not. A ban keeps its place
/// while it stands, so what begins or ends meanwhile shifts nothing.
/// </summary>
/// <param name="Since">Of the ban that the page before ended with; ticks.</param>
/// <param name="Text">Likewise.</param>
internal readonly record struct BanCursor(long Since, string Text)
{
    /// <param name="text">Empty for the beginning.</param>
    public static bool TryParse(string text, out BanCursor? cursor)
    {
        cursor = null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash <= 0 || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var since))
        {
            return text.Length == 0;
        }

        cursor = new BanCursor(since, text[(dash + 1)..]);
        return true;
    }

    /// <param name="bans">The latest first, as <see cref="BanList.List"/> has them.</param>
    /// <param name="from">Null: the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="next">Null after the last page.</param>
    public static IReadOnlyList<Ban> Page(IEnumerable<Ban> bans, BanCursor? from, int limit, out BanCursor? next)
    {
        var rest = bans.Where(ban => from?.IsBefore(ban) != false).Take(limit + 1).ToArray();
        next = rest.Length > limit ? new BanCursor(rest[limit - 1].Since.UtcTicks, rest[limit - 1].Text) : null;
        return rest.Length > limit ? rest[..limit] : rest;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Since}-{Text}");

    private bool IsBefore(Ban ban) => ban.Since.UtcTicks < Since || (ban.Since.UtcTicks == Since && string.CompareOrdinal(ban.Text, Text) > 0);
}
