using SipAlg.Calls.Dialplan;
using SipAlg.Configuration.Shapes;

namespace SipAlg.Configuration.Dialplans;

/// <summary>The single values of a route's conditions.</summary>
internal static class Matching
{
    public static ScalarShape<RouteRegex> Regex { get; } = new("a regular expression", text => RouteRegex.TryCreate(text, out var regex, out var fault)
        ? regex!
        : Parsed<RouteRegex>.Bad($"is no regular expression that runs without backtracking: {fault}", "look-around and back-references are not taken; write \\( for the character ("));

    public static ScalarShape<string> Method { get; } = new("a SIP method", text => text.Length > 0 && text.All(c => char.IsAsciiLetterUpper(c))
        ? text
        : Parsed<string>.Bad("is no SIP method", $"write it in capitals: {text.ToUpperInvariant()}"));

    public static ScalarShape<TimeWindow> Time { get; } = new("a time window", text => TimeWindow.TryParse(text, out var window, out var fault)
        ? window!
        : Parsed<TimeWindow>.Bad($"is no time window: {fault}", "write it as Mon-Fri 08:00-18:00 Europe/Berlin"));
}
