using System.Globalization;

namespace SipAlg.Configuration.Shapes;

/// <summary>Regular expressions of whole numbers within bounds: JSON Schema has bounds for numbers, and none for numbers in quotes or with a unit.</summary>
internal static class NumberPatterns
{
    /// <summary>Both bounds included; zeros may stand in front.</summary>
    public static string Between(long least, long most)
    {
        var blocks = new List<string>();
        for (var from = least; from <= most;)
        {
            blocks.Add(Block(from, most, out var last));
            from = last + 1;
        }

        return $"0*({string.Join('|', blocks)})";
    }

    /// <summary>The numbers from one on that share all digits but one, and any that follow it: 40 to 69, or 1300 to 1399.</summary>
    private static string Block(long from, long most, out long last)
    {
        var free = 1L;
        while (from % (free * 10) == 0 && from >= free * 10 && from + (free * 10) - 1 <= most)
        {
            free *= 10;
        }

        var digit = from / free % 10;
        var highest = Math.Min(9, digit + ((most - from + 1) / free) - 1);
        last = from + ((highest - digit + 1) * free) - 1;
        var (before, after) = (from / free / 10, free.ToString(CultureInfo.InvariantCulture).Length - 1);
        return string.Create(CultureInfo.InvariantCulture, $"{(before == 0 ? "" : before)}{(digit == highest ? digit : $"[{digit}-{highest}]")}{(after == 0 ? "" : after == 1 ? "[0-9]" : $"[0-9]{{{after}}}")}");
    }
}
