using System.Text;
using System.Text.RegularExpressions;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// A regular expression of a dialplan. It runs without backtracking, so that no caller can choose a number that makes it slow;
/// only named groups capture. One that has matched once keeps some 180 KB of what it has learnt: a pattern that is plain text does
/// without, and the others are shared by all routes that have them, those of configurations before a reload included.
/// </summary>
public sealed class RouteRegex
{
    private static readonly Lock Sharing = new();
    private static readonly Dictionary<string, WeakReference<RouteRegex>> Shared = [];
    private static int _sweepAt = 64;

    /// <summary>Null: it is <see cref="_literal"/>.</summary>
    private readonly Regex? _regex;
    private readonly string _literal = "";
    private readonly bool _isWhole;

    private RouteRegex(string pattern)
    {
        Pattern = pattern;
        if (IsLiteral(pattern, out _literal, out _isWhole))
        {
            Names = [];
            return;
        }

        _regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        Names = [.. _regex.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0]))];
    }

    public string Pattern { get; }
    public IReadOnlyList<string> Names { get; }

    /// <param name="fault">What .NET says against the pattern.</param>
    public static bool TryCreate(string pattern, out RouteRegex? regex, out string fault)
    {
        try
        {
            (regex, fault) = (Of(pattern), "");
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            (regex, fault) = (null, refused.Message);
        }

        return regex is not null;
    }

    public bool IsMatch(ReadOnlySpan<char> text) => _regex?.IsMatch(text) ?? (_isWhole ? text.SequenceEqual(_literal) : text.StartsWith(_literal));

    private static RouteRegex Of(string pattern)
    {
        lock (Sharing)
        {
            if (Shared.TryGetValue(pattern, out var known) && known.TryGetTarget(out var shared))
            {
                return shared;
            }

            var made = new RouteRegex(pattern);
            Shared[pattern] = new WeakReference<RouteRegex>(made);
            if (Shared.Count >= _sweepAt)
            {
                foreach (var gone in Shared.Where(entry => !entry.Value.TryGetTarget(out _)).Select(entry => entry.Key).ToArray())
                {
                    Shared.Remove(gone);
                }

                _sweepAt = Math.Max(64, 2 * Shared.Count);
            }

            return made;
        }
    }

    /// <summary>Whether it is <c>^text</c> or <c>^text$</c>, with nothing in it that means anything else but escaped marks.</summary>
    private static bool IsLiteral(string pattern, out string literal, out bool isWhole)
    {
        isWhole = pattern.EndsWith('$');
        var text = new StringBuilder();
        var rest = pattern.StartsWith('^') ? pattern.AsSpan(1, pattern.Length - (isWhole ? 2 : 1)) : default;
        while (!rest.IsEmpty)
        {
            var isEscaped = rest is ['\\', > ' ' and < '\x7f', ..] && !char.IsAsciiLetterOrDigit(rest[1]) && rest[1] != '_';
            if (!isEscaped && !IsPlain(rest[0]))
            {
                break;
            }

            text.Append(rest[isEscaped ? 1 : 0]);
            rest = rest[(isEscaped ? 2 : 1)..];
        }

        literal = text.ToString();
        return literal.Length > 0 && rest.IsEmpty;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '#' or '-' or '_';

    internal void Capture(string text, Captures captures)
    {
        if (_regex?.Match(text) is not { } match)
        {
            return;
        }

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
        while (end < pattern.Length && IsPlain(pattern[end]))
        {
            end++;
        }

        var repeated = end < pattern.Length && pattern[end] is '?' or '*' or '{';
        var literal = pattern[1..(repeated ? Math.Max(1, end - 1) : end)];
        return literal.Length == 0 ? null : literal;
    }
}
