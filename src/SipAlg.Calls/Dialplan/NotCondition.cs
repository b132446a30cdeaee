using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>not</c>: at least one of the conditions within does not hold. What it matches captures nothing.</summary>
public sealed class NotCondition(ImmutableArray<Condition> conditions) : Condition
{
    public override string Key => "not";

    internal override bool LooksIntoMessage { get; } = conditions.Any(condition => condition.LooksIntoMessage);

    public override bool Matches(in RouteRequest request)
    {
        foreach (var condition in conditions)
        {
            if (!condition.Matches(request))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) => $"not: {string.Join(", ", conditions.Select(condition => condition.Key))} holds";

    /// <summary>not A covers not B when A is the narrower: each of B's conditions covers one of A's.</summary>
    public override bool Covers(Condition other) => other is NotCondition not &&
        not.Conditions.All(wide => conditions.Any(wide.Covers));

    private ImmutableArray<Condition> Conditions => conditions;
}
