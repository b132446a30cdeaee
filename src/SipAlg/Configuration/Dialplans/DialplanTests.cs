using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Dialplans;

/// <summary>Runs the tests that stand in a dialplan.</summary>
internal sealed class DialplanTests(GatewayModel model, TimeProvider clock, ProblemList problems)
{
    /// <summary>Routes that a hint names as passed over.</summary>
    private const int MostPassed = 5;

    /// <summary>All tests of a configuration.</summary>
    /// <returns>A problem for each expectation that is not met.</returns>
    public static ImmutableArray<Problem> RunAll(LoadedConfiguration configuration, TimeProvider clock)
    {
        var failures = new ProblemList();
        var tests = new DialplanTests(configuration.Model, clock, failures);
        foreach (var test in configuration.DialplanTests)
        {
            tests.Run(test);
        }

        return failures.Sorted();
    }

    private void Run(TestOptions test)
    {
        var request = test.Request;
        var peer = model.Peers.FirstOrDefault(peer => peer.Name == request.Peer?.Value);
        if (DryRun.FindRealm(model, request.Realm?.Value, peer, out var fault) is not { } realm)
        {
            problems.Error(request.At, fault, "write realm: …");
            return;
        }

        var dryRun = new DryRun
        {
            Realm = realm,
            Peer = peer,
            User = request.User is { } user ? model.Users.WithName(user.Value) : null,
            Method = request.Method?.Value ?? "INVITE",
            Source = request.Source?.Value ?? default,
            Called = request.Called!.Value,
            Caller = request.Caller?.Value ?? "",
            Domain = request.Domain?.Value ?? "",
            Headers = [.. request.Headers.Select(header => KeyValuePair.Create(header.Name, header.Value))],
            At = request.Time?.Value ?? clock.GetLocalNow(),
        };
        Compare(test.Expect, dryRun, dryRun.Ask(model));
    }

    private void Compare(ExpectOptions expect, DryRun request, RouteExplanation explanation)
    {
        var decision = explanation.Decision;
        Same(expect.Route, decision.Route?.Name ?? "no route", "route", explanation);
        Same(expect.Status, decision.Rejection?.Status ?? 0, "status", explanation);
        Same(expect.Called, decision.Called ?? request.Called, "called", explanation);
        Same(expect.Caller, decision.Caller ?? request.Caller, "caller", explanation);
        Targets(expect, explanation);
        foreach (var header in expect.Headers)
        {
            Header(header, explanation);
        }
    }

    private void Same<T>(Located<T>? expected, T? found, string what, RouteExplanation explanation)
    {
        if (expected is not null && !EqualityComparer<T>.Default.Equals(expected.Value, found))
        {
            Fail(expected.At, $"{what} {expected.Value}", found is null or 0 ? $"no {what}" : $"{found}", explanation);
        }
    }

    /// <summary>Weights are drawn, so targets are compared within a priority that has any in any order; who has none there is drawn too.</summary>
    private void Targets(ExpectOptions expect, RouteExplanation explanation)
    {
        if (expect.To is not { } expected)
        {
            return;
        }

        var found = explanation.Decision.Targets;
        var names = found.Select(Name).ToList();
        var wanted = expected.Select(name => name.Value).ToList();
        var start = 0;
        var fits = names.Count == wanted.Count;
        var drawn = found.Where(target => target.Weight is not null).Select(target => target.Priority).ToHashSet();
        foreach (var group in found.Index().GroupBy(target => drawn.Contains(target.Item.Priority) ? (target.Item.Priority, 0) : (target.Item.Priority, target.Index), target => target.Item))
        {
            var count = group.Count();
            fits = fits && wanted.Skip(start).Take(count).Order(StringComparer.Ordinal).SequenceEqual(group.Select(Name).Order(StringComparer.Ordinal));
            start += count;
        }

        if (!fits)
        {
            Fail(expect.At, $"to {string.Join(", ", wanted)}", names.Count == 0 ? "no target" : string.Join(", ", names), explanation);
        }
    }

    private void Header(Named<string?> expected, RouteExplanation explanation)
    {
        var edits = explanation.Decision.Headers.Where(edit => edit.Name.Equals(HeaderNames.Long(expected.Name), StringComparison.OrdinalIgnoreCase)).ToArray();
        if (edits.Length == 0 || edits[0].Value != expected.Value)
        {
            Fail(expected.At, $"header {expected.Name}: {expected.Value ?? "removed"}", edits.Length == 0 ? "not touched" : edits[0].Value ?? "removed", explanation);
        }
    }

    private static string Name(RouteTarget target) => target.Kind switch
    {
        TargetKind.Peer => target.Peer!.Name,
        TargetKind.Uri => target.Uri!,
        TargetKind.Registered => target.User!,
        _ => target.Service == ServiceKind.Echo ? "echo" : "tone",
    };

    private void Fail(SourcePosition at, string expected, string found, RouteExplanation explanation)
    {
        var by = explanation.Decision.Route is { } route ? $"route '{route.Name}' ({route.Position}) decided: every condition holds" : "no route matches";
        problems.Error(at, $"the test expects {expected}, found {found}", by + Passed(explanation));
    }

    /// <summary>The routes before the one that decided, the nearest last, and why each was passed over.</summary>
    private static string Passed(RouteExplanation explanation)
    {
        var reasons = explanation.Passed.TakeLast(MostPassed).Select(passed => $"'{passed.Route.Name}' ({passed.Reason})");
        var more = explanation.Passed.Length - MostPassed;
        return explanation.Passed.IsEmpty ? "" : $"; passed over: {(more > 0 ? $"{more} more, " : "")}{string.Join(", ", reasons)}";
    }
}
