using System.Text.RegularExpressions;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// A regular expression of a dialplan. It runs without backtracking, so that no caller can choose a number that makes it slow;
/// only named groups capture.
/// </summary>
public sealed class RouteRegex
{
    private readonly Regex _regex;

    private RouteRegex(string pattern)
    {
        _regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        Names = [.. _regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];
    }

    public string Pattern => _regex.ToString();
    public IReadOnlyList<string> Names { get; }

    /// <param name="fault">What .NET says against the pattern.</param>
    public static bool TryCreate(string pattern, out RouteRegex? regex, out string fault)
    {
        try
        {
            (regex, fault) = (new RouteRegex(pattern), "");
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            (regex, fault) = (null, refused.Message);
        }

        return regex is not null;
    }

    public bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    internal void Capture(string text, Captures captures)
    {
        var match = _regex.Match(text);
        foreach (var name in Names)
        {
            captures[name] = match.Groups[name].Value;
        }
    }

    /// <summary>
    /// The literal that every match begins with, or null when the pattern does not say so plainly. A conservative reading:
    /// it only serves to find routes that can never be reached.
    /// </summary>
    public string? LiteralPrefix()
    {
        var pattern = Pattern;
        if (!pattern.StartsWith('^') || pattern.Contains('|', StringComparison.Ordinal))
        {
            return null;
        }

        var end = 1;
        while (end < pattern.Length && (char.IsAsciiLetterOrDigit(pattern[end]) || pattern[end] is '#' or '-' or '_'))
        {
            end++;
        }

        var repeated = end < pattern.Length && pattern[end] is '?' or '*' or '{';
        var literal = pattern[1..(repeated ? Math.Max(1, end - 1) : end)];
        return literal.Length == 0 ? null : literal;
    }
}
