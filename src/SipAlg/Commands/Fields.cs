using System.Globalization;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <summary>Members of the API's answers, as people read them.</summary>
internal static class Fields
{
    /// <summary>The value of a member; empty for none.</summary>
    public static string Text(this JsonNode node, string member) => node[member]?.ToString() ?? "";

    /// <summary>That of the first of the members that has one.</summary>
    public static string Text(this JsonNode node, params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (node[member] is { } value)
            {
                return value.ToString();
            }
        }

        return "";
    }

    public static double Number(this JsonNode node, string member) => node[member]?.GetValue<double>() ?? 0;

    /// <summary>A time as it is here.</summary>
    public static string Time(this JsonNode node, string member) => node.At(member) is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "";

    public static DateTimeOffset? At(this JsonNode node, string member) =>
        DateTimeOffset.TryParse(node.Text(member), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <summary>A time that somebody has typed, as the API takes it; without an offset it is one of here, as those in tables are. What is no time stays, for the API to say so.</summary>
    public static string Moment(string text, TimeZoneInfo zone) =>
        !DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) || at.Kind != DateTimeKind.Unspecified ? text
        : new DateTime(Math.Clamp(at.Ticks - zone.GetUtcOffset(at).Ticks, 0, DateTime.MaxValue.Ticks)).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static IEnumerable<JsonNode> Items(this JsonNode node, string member = "items") => node[member] is JsonArray items ? items.OfType<JsonNode>() : [];

    /// <summary>How long it takes until then, or has been since, in two units at most: 2h 5m.</summary>
    public static string Span(TimeSpan span) => span.Duration() switch
    {
        { TotalDays: >= 1 } days => $"{(int)days.TotalDays}d {days.Hours}h",
        { TotalHours: >= 1 } hours => $"{(int)hours.TotalHours}h {hours.Minutes}m",
        { TotalMinutes: >= 1 } minutes => $"{(int)minutes.TotalMinutes}m {minutes.Seconds}s",
        var seconds => $"{(int)seconds.TotalSeconds}s",
    };
}
