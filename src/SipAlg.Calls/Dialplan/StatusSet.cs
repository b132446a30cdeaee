using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary>Final status codes, as <c>try_next_on</c> lists them.</summary>
public sealed class StatusSet(ImmutableArray<StatusRange> ranges)
{
    /// <summary>408, 500 and 502 to 504: the target could not be asked, or could not serve.</summary>
    public static StatusSet Default { get; } = new([new(408, 408), new(500, 500), new(502, 504)]);

    public bool Contains(int status)
    {
        foreach (var range in ranges)
        {
            if (status >= range.First && status <= range.Last)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() => string.Join(", ", ranges);
}

/// <summary>Both ends included.</summary>
public readonly record struct StatusRange(int First, int Last)
{
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
