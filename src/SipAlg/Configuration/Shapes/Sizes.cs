using System.Globalization;
using System.Text.Json.Nodes;

namespace SipAlg.Configuration.Shapes;

/// <summary>Amounts of memory, or of the disk, such as <c>64MiB</c>.</summary>
internal static class Sizes
{
    private static readonly (string Unit, int Bits)[] Units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];

    /// <summary>Octets within bounds, both included.</summary>
    public static ScalarShape<long> Between(string least, string most) => new("an amount of octets", text =>
    {
        if (!TryParse(text, out var octets))
        {
            return Parsed<long>.Bad("is no amount of octets", "write it as 64MiB or 1GiB");
        }

        return octets >= Read(least) && octets <= Read(most) ? octets : Parsed<long>.Bad("is out of range", $"it may be {least} to {most}");
    },
        Schema(least, most));

    /// <summary>Octets within bounds, both included; or <c>off</c>, which is null.</summary>
    public static ScalarShape<long?> BetweenOrOff(string least, string most) => new("an amount of memory or off", text =>
    {
        if (text == "off")
        {
            return new Parsed<long?>(null, null, null);
        }

        if (!TryParse(text, out var octets))
        {
            return Parsed<long?>.Bad("is no amount of memory", "write it as 64MiB or 1GiB, or off");
        }

        return octets >= Read(least) && octets <= Read(most) ? new Parsed<long?>(octets, null, null) : Parsed<long?>.Bad("is out of range", $"it may be {least} to {most}, or off");
    },
        Schema(least, most, "|off"));

    private static JsonObject Schema(string least, string most, string other = "")
    {
        var units = Units.Select(unit => (unit.Unit, Least: (Read(least) + (1L << unit.Bits) - 1) >> unit.Bits, Most: Math.Min(uint.MaxValue, Read(most) >> unit.Bits)));
        return new JsonObject { ["type"] = "string", ["pattern"] = $"^({string.Join('|', units.Where(unit => unit.Least <= unit.Most).Select(unit => $"{NumberPatterns.Between(unit.Least, unit.Most)}{unit.Unit}"))}{other})$" };
    }

    private static bool TryParse(string text, out long octets)
    {
        octets = 0;
        var unit = Array.Find(Units, unit => text.EndsWith(unit.Unit, StringComparison.Ordinal));
        if (unit.Unit is null || !uint.TryParse(text.AsSpan(0, text.Length - unit.Unit.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return false;
        }

        octets = (long)count << unit.Bits;
        return true;
    }

    private static long Read(string text) => TryParse(text, out var octets) ? octets : throw new FormatException(text);
}
