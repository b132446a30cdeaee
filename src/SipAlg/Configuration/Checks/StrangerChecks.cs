using SipAlg.Configuration.Dialplans;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for a route that takes calls of those who have proven nothing.</summary>
internal static class StrangerChecks
{
    public static void Run(DialplanRouteOptions route, ProblemList problems)
    {
        if (route.Unauthenticated is not { Value: true } open)
        {
            return;
        }

        if (route.Emergency is not { Value: true })
        {
            problems.Error(open.At, "'unauthenticated' needs 'emergency: true'", "who has proven nothing reaches emergency numbers, and nothing else");
        }
        else if (route.When?.Called is null)
        {
            problems.Warn(open.At, "an unauthenticated route without a 'called' condition: anybody may call any number by it", "write when: { called: '^(112|911)$' }");
        }
    }
}
