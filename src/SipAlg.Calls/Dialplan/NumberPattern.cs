using System.Collections.Frozen;
using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary>What <c>called</c> and <c>caller</c> take: a regular expression, a list of numbers, prefixes, or a table.</summary>
public abstract class NumberPattern
{
    public abstract bool IsMatch(ReadOnlySpan<char> number);

    public abstract bool Covers(NumberPattern other);

    public virtual IReadOnlyList<string> CaptureNames => [];

    internal virtual void Capture(ReadOnlySpan<char> number, Captures captures)
    {
    }
}

public sealed class RegexNumbers(RouteRegex regex) : NumberPattern
{
    public RouteRegex Regex => regex;

    public override IReadOnlyList<string> CaptureNames => regex.Names;

    public override bool IsMatch(ReadOnlySpan<char> number) => regex.IsMatch(number);

    internal override void Capture(ReadOnlySpan<char> number, Captures captures) => regex.Capture(number.ToString(), captures);

    public override bool Covers(NumberPattern other) => other switch
    {
        RegexNumbers same => same.Regex.Pattern == regex.Pattern,
        ListedNumbers list => list.Numbers.All(number => regex.IsMatch(number)),
        _ => false,
    };

    public override string ToString() => $"does not match {regex.Pattern}";
}

public sealed class ListedNumbers : NumberPattern
{
    private readonly FrozenSet<string> _set;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public ListedNumbers(ImmutableArray<string> numbers)
    {
        Numbers = numbers;
        _set = numbers.ToFrozenSet(StringComparer.Ordinal);
        _lookup = _set.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public ImmutableArray<string> Numbers { get; }

    public override bool IsMatch(ReadOnlySpan<char> number) => _lookup.Contains(number);

    public override bool Covers(NumberPattern other) => other is ListedNumbers list && list.Numbers.All(_set.Contains);

    public override string ToString() => $"is not one of {ReasonText.List(Numbers, ", ", " and ")}";
}

public sealed class NumberPrefixes(ImmutableArray<string> prefixes) : NumberPattern
{
    public override bool IsMatch(ReadOnlySpan<char> number)
    {
        foreach (var prefix in prefixes)
        {
            if (number.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    public override bool Covers(NumberPattern other) => other switch
    {
        NumberPrefixes longer => longer.Prefixes.All(prefix => IsMatch(prefix)),
        ListedNumbers list => list.Numbers.All(number => IsMatch(number)),
        RegexNumbers { Regex: var regex } => regex.LiteralPrefix() is { } literal && IsMatch(literal),
        _ => false,
    };

    public ImmutableArray<string> Prefixes => prefixes;

    public override string ToString() => $"does not begin with {ReasonText.List(prefixes, ", ", " and ")}";
}

public sealed class TableNumbers(NumberTable table) : NumberPattern
{
    public override IReadOnlyList<string> CaptureNames => table.CaptureNames;

    public override bool IsMatch(ReadOnlySpan<char> number) => table.Find(number) >= 0;

    public override bool Covers(NumberPattern other) => other switch
    {
        TableNumbers same => same.Table == table,
        ListedNumbers list => list.Numbers.All(number => IsMatch(number)),
        _ => false,
    };

    internal override void Capture(ReadOnlySpan<char> number, Captures captures)
    {
        if (table.Find(number) is >= 0 and var row)
        {
            captures.Add(table, row);
        }
    }

    private NumberTable Table => table;

    public override string ToString() => $"is not in table {table.Name}";
}
