namespace SipAlg.Calls.Dialplan;

/// <summary>Where no route matches: which one nearly did.</summary>
internal static class NearestRoute
{
    /// <summary>The route that the most conditions hold of before the first that does not; of equals the first written. Null: there are none.</summary>
    /// <param name="table">The routes.</param>
    /// <param name="request">Matched by none of them.</param>
    public static PassedRoute? Of(RouteTable table, in RouteRequest request)
    {
        (Route Route, Condition Unmet)? nearest = null;
        var most = -1;
        foreach (var route in table.Routes)
        {
            if (route.FirstUnmet(request) is { } unmet && route.Conditions.IndexOf(unmet) is var met && met > most)
            {
                (nearest, most) = ((route, unmet), met);
            }
        }

        return nearest is { } found ? new PassedRoute(found.Route, found.Unmet.Explain(request)) : null;
    }
}
