using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

/// <summary>Statuses such as <c>408</c> or <c>500-599</c>.</summary>
internal static class Statuses
{
    public static ScalarShape<StatusRange> Shape { get; } = new("a status or a range of them", Parse,
        new JsonObject { ["type"] = new JsonArray("integer", "string"), ["minimum"] = 300, ["maximum"] = 699, ["pattern"] = "^0*[3-6][0-9][0-9](-0*[3-6][0-9][0-9])?$" });

    private static Parsed<StatusRange> Parse(string text)
    {
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = Number(dash < 0 ? text : text[..dash]);
        var last = dash < 0 ? first : Number(text[(dash + 1)..]);
        return first is >= 300 and <= 699 && last is >= 300 and <= 699 && first <= last
            ? new StatusRange(first, last)
            : Parsed<StatusRange>.Bad("is no failure status", "write 408 or 500-599, from 300 to 699");
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
