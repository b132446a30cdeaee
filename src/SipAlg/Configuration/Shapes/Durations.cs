using System.Globalization;
using System.Text.Json.Nodes;

namespace SipAlg.Configuration.Shapes;

/// <summary>Durations such as <c>500ms</c>, <c>30s</c> or <c>1h30m</c>, and rates such as <c>20/s</c>.</summary>
internal static class Durations
{
    private const int MostOfUnit = 10_000_000;
    private static readonly (string Unit, TimeSpan Length)[] Units =
    [
        ("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    /// <summary>A duration within bounds, both included.</summary>
    public static ScalarShape<TimeSpan> Between(string least, string most) => new("a duration", text => Parse(text, Read(least), Read(most), $"{least} to {most}"),
        Schema(least, most));

    /// <summary>A duration within bounds, or <c>off</c>, which is null.</summary>
    public static ScalarShape<TimeSpan?> BetweenOrOff(string least, string most) => new("a duration or off", text =>
    {
        if (text == "off")
        {
            return new Parsed<TimeSpan?>(null, null, null);
        }

        var parsed = Parse(text, Read(least), Read(most), $"{least} to {most}, or off");
        return new Parsed<TimeSpan?>(parsed.Value, parsed.Fault, parsed.Hint);
    },
        Schema(least, most, "|off"));

    public static ScalarShape<double> Rate { get; } = new("a rate", ParseRate, new JsonObject { ["type"] = "string", ["pattern"] = $"^{RatePattern}$" });

    public static ScalarShape<double?> RateOrOff { get; } = new("a rate or off", text =>
    {
        if (text == "off")
        {
            return new Parsed<double?>(null, null, null);
        }

        var parsed = ParseRate(text);
        return new Parsed<double?>(parsed.Value, parsed.Fault, parsed.Hint);
    },
        new JsonObject { ["type"] = "string", ["pattern"] = $"^({RatePattern}|off)$" });

    private static string RatePattern => $"{NumberPatterns.Between(1, int.MaxValue)}/(s|m|h)";

    /// <summary>Numbers with units, the larger unit first, each at most once.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var largest = -1;
        while (rest.Length > 0)
        {
            var digits = rest.IndexOfAnyExceptInRange('0', '9') is var end && end < 0 ? rest.Length : end;
            var unitEnd = rest[digits..].IndexOfAnyInRange('0', '9') is var next && next < 0 ? rest.Length : digits + next;
            var name = rest[digits..unitEnd].ToString();
            var unit = Array.FindIndex(Units, known => known.Unit == name);
            if (unit <= largest || !int.TryParse(rest[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > MostOfUnit)
            {
                return false;
            }

            duration += Units[unit].Length * count;
            largest = unit;
            rest = rest[unitEnd..];
        }

        return largest >= 0;
    }

    /// <summary>Of one unit exactly what the bounds allow; of several, each by itself: no pattern can add them up.</summary>
    private static JsonObject Schema(string least, string most, string other = "")
    {
        var (from, to) = (Read(least).Ticks, Read(most).Ticks);
        var units = Units.Select(unit => (unit.Unit, Least: (from + unit.Length.Ticks - 1) / unit.Length.Ticks, Most: Math.Min(MostOfUnit, to / unit.Length.Ticks))).ToArray();
        var one = units.Where(unit => unit.Least <= unit.Most).Select(unit => $"{NumberPatterns.Between(unit.Least, unit.Most)}{unit.Unit}");
        var several = string.Concat(units.Select(unit => $"({NumberPatterns.Between(0, unit.Most)}{unit.Unit})?"));
        return new JsonObject { ["type"] = "string", ["pattern"] = $"^({string.Join('|', one)}|(?=[0-9]+[a-z]+[0-9]){several}{other})$" };
    }

    private static TimeSpan Read(string text) => TryParse(text, out var duration) ? duration : throw new FormatException(text);

    private static Parsed<TimeSpan> Parse(string text, TimeSpan least, TimeSpan most, string range)
    {
        if (!TryParse(text, out var duration))
        {
            return Parsed<TimeSpan>.Bad("is no duration", "write it as 500ms, 30s, 5m or 1h30m");
        }

        return duration >= least && duration <= most ? duration : Parsed<TimeSpan>.Bad("is out of range", $"it may be {range}");
    }

    private static Parsed<double> ParseRate(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var unit = slash < 0 ? -1 : Array.FindIndex(Units, known => known.Unit == text[(slash + 1)..] && known.Unit is "s" or "m" or "h");
        return unit >= 0 && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count / Units[unit].Length.TotalSeconds
            : Parsed<double>.Bad("is no rate", "write it as 20/s or 600/m");
    }
}
