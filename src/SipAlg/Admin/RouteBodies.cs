using System.Text.Json.Serialization;
using SipAlg.Calls.Dialplan;
using SipAlg.Journal;
using SipAlg.Protocol.Sip;

namespace SipAlg.Admin;

/// <summary>A request that nobody sent; what is left out is as <c>sipalg route</c> has it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RouteQuery
{
    public required string Called { get; init; }
    public string? Caller { get; init; }

    /// <summary>Null: the peer's, or the only one.</summary>
    public string? Realm { get; init; }
    public string? Peer { get; init; }
    public string? User { get; init; }

    /// <summary>Null: INVITE.</summary>
    public string? Method { get; init; }

    /// <summary>Host of the Request-URI.</summary>
    public string? Domain { get; init; }

    /// <summary>The address that it comes from.</summary>
    public string? Source { get; init; }
    public Dictionary<string, string>? Headers { get; init; }

    /// <summary>When it arrives; null: now.</summary>
    public string? At { get; init; }
}

/// <summary>What the dialplan says to it.</summary>
internal sealed record RouteBody
{
    /// <summary>False: it is rejected.</summary>
    public required bool Routed { get; init; }

    /// <summary>Null if none matched.</summary>
    public required string? Route { get; init; }

    /// <summary>Where that is written.</summary>
    public required string? At { get; init; }
    public required bool Emergency { get; init; }

    /// <summary>Null if it is routed.</summary>
    public required RejectionBody? Rejection { get; init; }

    /// <summary>In the order to try.</summary>
    public required IReadOnlyList<RouteTargetBody> Targets { get; init; }

    /// <summary>What the request is given on its way; null leaves it.</summary>
    public required RouteChanges Changes { get; init; }

    /// <summary>The routes before it, and the condition of each that did not hold.</summary>
    public required IReadOnlyList<PassedDetails> Passed { get; init; }

    public static RouteBody Of(RouteExplanation explanation)
    {
        var decision = explanation.Decision;
        return new RouteBody
        {
            Routed = decision.Rejection is null,
            Route = decision.Route?.Name,
            At = decision.Route?.Position,
            Emergency = decision.Route?.IsEmergency ?? false,
            Rejection = decision.Rejection is { } rejection ? new RejectionBody(rejection.Status, rejection.Reason) : null,
            Targets = [.. decision.Targets.Select((target, index) => RouteTargetBody.Of(target, index > 0 && decision.Route!.RingsTogether(decision.Targets[index - 1], target)))],
            Changes = RouteChanges.Of(decision),
            Passed = [.. explanation.Passed.Select(passed => new PassedDetails(passed.Route.Name, passed.Route.Position, passed.Reason))],
        };
    }
}

/// <param name="Reason">The phrase; null for the status's usual one.</param>
internal sealed record RejectionBody(int Status, string? Reason);

/// <param name="Target">In the words of <c>sipalg route</c>.</param>
/// <param name="Address">Of a peer, as configured.</param>
/// <param name="NoAnswerSeconds">How long it may ring; null: as any.</param>
/// <param name="Weight">Its share among those of its priority: their order is drawn anew for each call.</param>
/// <param name="WithPrevious">It rings together with the one before.</param>
internal sealed record RouteTargetBody(string Target, string? Peer, string? Address, double? NoAnswerSeconds, int? Priority, int? Weight, bool WithPrevious)
{
    public static RouteTargetBody Of(RouteTarget target, bool withPrevious) => new(
        target.ToString(), target.Peer?.Name, target.Peer?.Address?.ToString(), target.NoAnswer?.TotalSeconds, target.Priority, target.Weight, withPrevious);
}

/// <param name="Headers">In their order.</param>
internal sealed record RouteChanges(string? Called, string? Caller, string? CallerName, string? Domain, IReadOnlyList<string>? Privacy, IReadOnlyList<HeaderChange> Headers)
{
    public static RouteChanges Of(RouteDecision decision) => new(
        decision.Called, decision.Caller, decision.CallerName, decision.Domain,
        decision.Privacy is { } values ? [.. Words(values)] : null,
        [.. decision.Headers.Select(header => new HeaderChange(header.Name, header.Value))]);

    private static IEnumerable<string> Words(PrivacyValues values) => Enum.GetValues<PrivacyValues>()
        .Where(value => value is not (PrivacyValues.Unspecified or PrivacyValues.Unknown) && values.HasFlag(value))
        .Select(value => System.Text.Encoding.ASCII.GetString(Protocol.Sip.Privacy.Word(value)));
}

/// <param name="Value">Replaces every occurrence; null removes them.</param>
internal sealed record HeaderChange(string Name, string? Value);
