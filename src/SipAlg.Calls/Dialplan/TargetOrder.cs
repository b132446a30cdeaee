using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// The order in which targets are tried: by priority; among equals as written, or drawn by weight one after another, as
/// RFC 2782 does.
/// </summary>
internal static class TargetOrder
{
    public static bool HasWeights(ImmutableArray<RouteTarget> targets) => targets.Any(target => target.Weight is not null);

    /// <param name="targets">Sorted by priority.</param>
    public static ImmutableArray<RouteTarget> Draw(ImmutableArray<RouteTarget> targets, Random random)
    {
        var order = targets.ToArray();
        for (var start = 0; start < order.Length;)
        {
            var end = start + 1;
            while (end < order.Length && order[end].Priority == order[start].Priority)
            {
                end++;
            }

            DrawGroup(order.AsSpan(start, end - start), random);
            start = end;
        }

        return ImmutableArray.Create(order);
    }

    private static void DrawGroup(Span<RouteTarget> group, Random random)
    {
        var isWeighted = false;
        foreach (var target in group)
        {
            isWeighted |= target.Weight is not null;
        }

        for (; isWeighted && group.Length > 1; group = group[1..])
        {
            var drawn = DrawOne(group, random);
            var first = group[drawn];
            group[..drawn].CopyTo(group[1..]);
            group[0] = first;
        }
    }

    private static int DrawOne(ReadOnlySpan<RouteTarget> group, Random random)
    {
        var sum = 0;
        foreach (var target in group)
        {
            sum += WeightOf(target);
        }

        var left = random.Next(sum);
        var index = 0;
        while (left >= WeightOf(group[index]))
        {
            left -= WeightOf(group[index++]);
        }

        return index;
    }

    /// <summary>Beside weighted targets, one without a weight counts as 1.</summary>
    private static int WeightOf(RouteTarget target) => target.Weight ?? 1;
}
