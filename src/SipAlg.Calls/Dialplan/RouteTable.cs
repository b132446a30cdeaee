using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary>A dialplan: the first route whose every condition matches decides. Immutable, so every lane may ask it at once.</summary>
/// <param name="routes">In the order of the files.</param>
/// <param name="random">Draws among weighted targets; asked by all lanes, so it must bear that, as <see cref="Random.Shared"/> does.</param>
public sealed class RouteTable(ImmutableArray<Route> routes, Random random)
{
    /// <summary>Of each route for emergencies what can be asked before it is known who calls.</summary>
    private readonly ImmutableArray<Condition>[] _emergencies =
        [.. routes.Where(route => route.IsEmergency).Select(route => route.Conditions.Where(condition => condition is RealmCondition or NumberCondition { Key: "called" }).ToImmutableArray())];

    public ImmutableArray<Route> Routes => routes;

    /// <summary>Whether somebody who has proven nothing may reach anything.</summary>
    public bool IsOpenToStrangers { get; } = routes.Any(route => route.IsUnauthenticated);

    /// <summary>Whether a condition asks for what stands in the message alone.</summary>
    public bool LooksIntoMessages { get; } = routes.Any(route => route.Conditions.Any(condition => condition.LooksIntoMessage));

    public bool HasEmergencies => _emergencies.Length != 0;

    /// <summary>Whether a route for emergencies might match; no where none can, whatever the rest of the request is.</summary>
    /// <param name="request">Realm and called are looked at.</param>
    public bool MayBeEmergency(in RouteRequest request)
    {
        foreach (var conditions in _emergencies)
        {
            var isMet = true;
            foreach (var condition in conditions)
            {
                isMet = isMet && condition.Matches(request);
            }

            if (isMet)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Allocates only for a route with captures or weights.</summary>
    public RouteDecision Decide(in RouteRequest request)
    {
        foreach (var route in routes)
        {
            if (route.Matches(request))
            {
                return route.Decide(request, random);
            }
        }

        return RouteDecision.None;
    }

    /// <summary>The same decision, and for each route passed over the first condition that was not met.</summary>
    public RouteExplanation DecideWithReasons(in RouteRequest request)
    {
        var passed = ImmutableArray.CreateBuilder<PassedRoute>();
        foreach (var route in routes)
        {
            if (route.FirstUnmet(request) is not { } unmet)
            {
                return new RouteExplanation(route.Decide(request, random), passed.ToImmutable());
            }

            passed.Add(new PassedRoute(route, unmet.Explain(request)));
        }

        return new RouteExplanation(RouteDecision.None, passed.ToImmutable());
    }
}

/// <param name="Passed">In the order of the files.</param>
public sealed record RouteExplanation(RouteDecision Decision, ImmutableArray<PassedRoute> Passed)
{
    /// <summary>Routes passed over that are not among these.</summary>
    public int LeftOut { get; init; }
}

/// <param name="Reason">The condition that was not met, in words of the file.</param>
public readonly record struct PassedRoute(Route Route, string Reason);
