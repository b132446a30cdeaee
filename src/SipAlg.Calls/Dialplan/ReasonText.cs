using System.Collections.Immutable;
using System.Globalization;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// Why a condition does not hold, at a length that can be read, and kept with each call that has no route: a condition may list
/// thousands of numbers, and a header field is as long as its sender likes.
/// </summary>
public static class ReasonText
{
    /// <summary>Characters of a reason that is kept.</summary>
    public const int Longest = 200;

    private const int MostNamed = 8;

    /// <summary>The first of a list, and how many others there are.</summary>
    /// <param name="values">As they are written.</param>
    /// <param name="between">Two of them.</param>
    /// <param name="last">Before how many there are besides.</param>
    public static string List<T>(ImmutableArray<T> values, string between, string last) => values.Length <= MostNamed
        ? string.Join(between, values)
        : string.Create(CultureInfo.InvariantCulture, $"{string.Join(between, values.Take(MostNamed))}{last}{values.Length - MostNamed} more");

    /// <summary>What may be one or another.</summary>
    public static string Any<T>(ImmutableArray<T> values) => List(values, " or ", " or ");

    /// <summary>Cut where it is too long to be kept.</summary>
    public static string Shorten(string text) =>
        text.Length <= Longest ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)}…";
}
