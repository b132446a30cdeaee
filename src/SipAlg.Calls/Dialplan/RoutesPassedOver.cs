using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary>
/// Why routes were passed over, asked when it is long decided. Of the request perhaps only a part is known: where all of a route's
/// conditions hold that can still be looked at, it was one of the others that did not.
/// </summary>
internal static class RoutesPassedOver
{
    /// <summary>As at the very second in which a window of time ends.</summary>
    private const string Unknown = "its conditions hold by what is kept of the call, and did not when it came";

    /// <param name="table">That has decided.</param>
    /// <param name="decision">What it has.</param>
    /// <param name="request">As it was.</param>
    /// <param name="hasMessage">False: what stands in the message alone is not known.</param>
    /// <param name="most">Of so many routes at most: of those that most conditions hold of before the first that does not; of equals the first written.</param>
    public static RouteExplanation Explain(RouteTable table, RouteDecision decision, in RouteRequest request, bool hasMessage, int most)
    {
        PriorityQueue<int, (int Held, int Before)> nearest = new();
        var passed = 0;
        for (; passed < table.Routes.Length && table.Routes[passed] != decision.Route; passed++)
        {
            var rank = (Held(table.Routes[passed], request, hasMessage), -passed);
            if (nearest.Count < most)
            {
                nearest.Enqueue(passed, rank);
            }
            else
            {
                nearest.EnqueueDequeue(passed, rank);
            }
        }

        var told = ImmutableArray.CreateBuilder<PassedRoute>(nearest.Count);
        foreach (var index in nearest.UnorderedItems.Select(item => item.Element).Order())
        {
            told.Add(new PassedRoute(table.Routes[index], Reason(table.Routes[index], request, hasMessage)));
        }

        return new RouteExplanation(decision, told.MoveToImmutable()) { LeftOut = passed - nearest.Count };
    }

    /// <summary>How many conditions hold before the first that does not.</summary>
    private static int Held(Route route, in RouteRequest request, bool hasMessage)
    {
        var hidden = -1;
        for (var index = 0; index < route.Conditions.Length; index++)
        {
            if (!hasMessage && route.Conditions[index].LooksIntoMessage)
            {
                hidden = hidden < 0 ? index : hidden;
            }
            else if (!route.Conditions[index].Matches(request))
            {
                return index;
            }
        }

        return hidden < 0 ? route.Conditions.Length : hidden;
    }

    private static string Reason(Route route, in RouteRequest request, bool hasMessage)
    {
        var held = Held(route, request, hasMessage);
        if (held == route.Conditions.Length)
        {
            return Unknown;
        }

        var unmet = route.Conditions[held];
        return hasMessage || !unmet.LooksIntoMessage
            ? unmet.Explain(request)
            : $"{string.Join(" or ", route.Conditions.Where(condition => condition.LooksIntoMessage).Select(condition => condition.Key).Distinct())} did not hold; the INVITE is not kept any more";
    }
}
