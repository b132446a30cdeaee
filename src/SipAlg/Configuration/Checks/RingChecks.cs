using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What is probably not meant where targets ring together.</summary>
internal static class RingChecks
{
    public static void Run(DialplanRouteOptions route, ProblemList problems)
    {
        if (route is not { RingsAll: { Value: true } ring, To: { } targets })
        {
            return;
        }

        var groups = targets.Value.Where(target => target.Value.Priority is not null).GroupBy(target => target.Value.Priority!.Value).Where(group => group.Count() > 1).ToArray();
        if (groups.Length == 0)
        {
            problems.Warn(ring.At, "'ring: all' rings nothing together here: no two targets have the same 'priority'", "write priority: 1 for each target that is to ring with the others");
        }

        foreach (var target in groups.SelectMany(group => group).Select(target => target.Value))
        {
            Answers(target, problems);
            Weighted(target, problems);
        }
    }

    private static void Answers(TargetOptions target, ProblemList problems)
    {
        if (target.Service is not null)
        {
            problems.Warn(target.At, "a service answers at once, so that the targets that ring with it never can", "give it a 'priority' of its own");
        }
    }

    private static void Weighted(TargetOptions target, ProblemList problems)
    {
        if (target.Weight is { } weight)
        {
            problems.Warn(weight.At, "'weight' means nothing among targets that ring together", "leave it out");
        }
    }
}
