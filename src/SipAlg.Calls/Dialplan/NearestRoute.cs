namespace SipAlg.Calls.Dialplan;

/// <summary>Where no route matches: which one nearly did. In words, so that who keeps it keeps nothing of the dialplan.</summary>
/// <param name="Position">Where it is written: <c>file:line</c>.</param>
/// <param name="Reason">The condition that was not met, in words of the file.</param>
public sealed record NearestRoute(string Name, string Position, string Reason)
{
    /// <summary>The route that the most conditions hold of before the first that does not; of equals the first written. Null: there are none.</summary>
    /// <param name="table">The routes.</param>
    /// <param name="request">Matched by none of them.</param>
    internal static NearestRoute? Of(RouteTable table, in RouteRequest request)
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

        return nearest is { } found ? new NearestRoute(found.Route.Name, found.Route.Position, ReasonText.Shorten(found.Unmet.Explain(request))) : null;
    }
}
