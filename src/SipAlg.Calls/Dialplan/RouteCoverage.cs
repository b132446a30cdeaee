namespace SipAlg.Calls.Dialplan;

/// <summary>Finds routes that no request can reach.</summary>
public static class RouteCoverage
{
    /// <summary>
    /// Whether every request that <paramref name="later"/> matches is certainly taken by <paramref name="earlier"/>: each of
    /// its conditions is implied by one of the later route's. Never wrong when it says yes; it may miss what only a
    /// comparison of regular expressions could prove.
    /// </summary>
    public static bool Covers(Route earlier, Route later) =>
        earlier.Conditions.All(wide => later.Conditions.Any(wide.Covers));
}
