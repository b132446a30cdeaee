using System.Text.Json.Serialization;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;

namespace SipAlg.Journal;

/// <summary>What the dialplan decided of a call; docs/cdr.md is its description.</summary>
internal sealed record DecisionDetails
{
    /// <summary>The route that decided; null if none matched.</summary>
    public string? Route { get; init; }

    /// <summary>Where that is written.</summary>
    public string? At { get; init; }

    /// <summary>Of a rejection; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Status { get; init; }

    /// <summary>In the order in which they were to be tried.</summary>
    public required string[] Targets { get; init; }

    /// <summary>The routes before it.</summary>
    public required PassedDetails[] Passed { get; init; }

    /// <summary>How many of the routes before it are not among those; null: all are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? PassedLeftOut { get; init; }

    /// <param name="record">Of any call.</param>
    /// <param name="invite">Its INVITE; empty where that is not kept.</param>
    /// <returns>Null for a contact that the gateway minted, or a device: the dialplan was not asked.</returns>
    public static DecisionDetails? Of(CallRecord record, ReadOnlyMemory<byte> invite) =>
        DecisionNote.Read(record) ?? (RouteQuestion.Explain(record, invite) is { } explanation ? Of(explanation) : DecisionNote.Read(record));

    public static DecisionDetails Of(RouteExplanation explanation)
    {
        var decision = explanation.Decision;
        return new DecisionDetails
        {
            Route = decision.Route?.Name,
            At = decision.Route?.Position,
            Status = decision.Rejection?.Status,
            Targets = [.. decision.Targets.Select(target => target.ToString())],
            Passed = [.. explanation.Passed.Select(passed => new PassedDetails(passed.Route.Name, passed.Route.Position, passed.Reason))],
            PassedLeftOut = explanation.LeftOut == 0 ? null : explanation.LeftOut,
        };
    }
}

/// <param name="At">Where it is written.</param>
/// <param name="Reason">The condition that did not hold.</param>
internal sealed record PassedDetails(string Route, string At, string Reason);
