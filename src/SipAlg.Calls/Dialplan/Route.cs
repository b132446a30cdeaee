using System.Collections.Immutable;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Dialplan;

/// <summary>One route of a dialplan, its decision built beforehand as far as no request is needed for it.</summary>
public sealed class Route
{
    internal static readonly Rejection NumberFiltered = new(403, "Number not allowed");

    private readonly RouteDecision _decision;
    private readonly RouteDecision _filtered;
    private readonly RouteEdits _edits;
    private readonly ImmutableArray<Template?> _texts;
    private readonly bool _hasCaptures;
    private readonly bool _hasWeights;

    private Route(RouteHead head, RouteDecision decision, RouteEdits edits, ImmutableArray<Template?> texts)
    {
        Head = head;
        Conditions = head.Conditions.Any(condition => condition is MethodCondition) ? head.Conditions : head.Conditions.Add(UsualMethods.Only);
        _edits = edits;
        _texts = texts;
        _hasCaptures = edits.HasCaptures || texts.Any(text => text is { Literal: null });
        _hasWeights = TargetOrder.HasWeights(decision.Targets);
        _filtered = new RouteDecision { Route = this, Rejection = NumberFiltered };
        _decision = edits.Apply(decision with { Route = this }, new Captures());
    }

    private RouteHead Head { get; }
    public string Name => Head.Name;

    /// <summary>Exempt from limits, overload and drain.</summary>
    public bool IsEmergency => Head.IsEmergency;

    /// <summary>Callers who have proven nothing may use it too.</summary>
    public bool IsUnauthenticated => Head.IsUnauthenticated;

    /// <summary>What crosses of the messages of what it begins.</summary>
    public RouteFilter Filter => Head.Filter;

    /// <summary>All of them must match; those that are written, and the one on the method, which a route has in any case.</summary>
    public ImmutableArray<Condition> Conditions { get; }

    /// <summary>Which failures of a target lead to the next one, besides timeout and transport failure.</summary>
    public StatusSet TryNextOn => Head.TryNextOn;

    /// <summary>Targets of equal priority ring together.</summary>
    public bool RingsAll => Head.RingsAll;

    /// <summary>Whether the route asks the two targets at the same time. Targets without a priority are tried one after another.</summary>
    public bool RingsTogether(RouteTarget one, RouteTarget other) => RingsAll && one.Priority is { } priority && priority == other.Priority;

    /// <summary>A 3xx is followed; else it goes to the caller.</summary>
    public bool FollowsRedirects => Head.FollowsRedirects;
    public CodecRules Codecs => Head.Codecs;

    /// <summary>What the targets' final answers become for the caller.</summary>
    public StatusMap MapStatus => Head.MapStatus;

    /// <summary>What a target's final answer becomes for the caller: by the route, or else by the peer that gave it.</summary>
    public int StatusForCaller(Peer? target, int status) => MapStatus[status] is var mapped && mapped != status ? mapped : target?.MapStatus[status] ?? status;

    /// <summary>Where it is written: <c>file:line</c>.</summary>
    public string Position => Head.Position;

    public static Route Reject(RouteHead head, Rejection rejection) =>
        new(head, new RouteDecision { Rejection = rejection }, RouteEdits.None, []);

    /// <param name="targets">As written. The URI or user of a target is what <paramref name="texts"/> has at its place.</param>
    /// <param name="texts">As long as the targets; null where a target has neither.</param>
    public static Route Deliver(RouteHead head, RouteEdits edits, ImmutableArray<RouteTarget> targets, ImmutableArray<Template?> texts)
    {
        var written = targets.Zip(texts, (target, text) => (Target: With(target, text?.Literal), Text: text));
        var order = written.OrderBy(pair => pair.Target.Priority ?? 0).ToArray();
        var decision = new RouteDecision { Targets = [.. order.Select(pair => pair.Target)] };
        return new Route(head, decision, edits, [.. order.Select(pair => pair.Text)]);
    }

    private static RouteTarget With(RouteTarget target, string? text) => target.Kind == TargetKind.Registered ? target with { User = text } : target with { Uri = text };

    public bool Matches(in RouteRequest request) => FirstUnmet(request) is null;

    /// <summary>Null when the route matches.</summary>
    internal Condition? FirstUnmet(in RouteRequest request)
    {
        foreach (var condition in Conditions)
        {
            if (!condition.Matches(request))
            {
                return condition;
            }
        }

        return null;
    }

    /// <summary>The decision for a request that matches: the one built beforehand, unless captures or weights make it this request's own.</summary>
    internal RouteDecision Decide(in RouteRequest request, Random random)
    {
        if (Filter.Called is { } called && !called.IsMatch(request.Called))
        {
            return _filtered;
        }

        var decision = _hasCaptures ? Fill(request) : _decision;
        return _hasWeights ? decision with { Targets = TargetOrder.Draw(decision.Targets, random) } : decision;
    }

    private RouteDecision Fill(in RouteRequest request)
    {
        var captures = new Captures();
        foreach (var condition in Conditions)
        {
            condition.Capture(request, captures);
        }

        var targets = _decision.Targets.Zip(_texts, (target, text) =>
            text is null ? target : With(target, target.Kind == TargetKind.Registered ? text.Expand(captures) : text.ExpandUri(captures)));
        return _edits.Apply(_decision with { Targets = [.. targets] }, captures);
    }
}

/// <param name="Position"><c>file:line</c> of the route.</param>
public sealed record RouteHead(string Name, bool IsEmergency, ImmutableArray<Condition> Conditions, StatusSet TryNextOn, string Position)
{
    public bool RingsAll { get; init; }
    public bool FollowsRedirects { get; init; } = true;
    public CodecRules Codecs { get; init; } = CodecRules.None;
    public StatusMap MapStatus { get; init; } = StatusMap.None;
    public bool IsUnauthenticated { get; init; }
    public RouteFilter Filter { get; init; } = RouteFilter.None;
}
