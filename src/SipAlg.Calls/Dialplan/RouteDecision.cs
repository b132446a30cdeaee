using System.Collections.Immutable;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Dialplan;

/// <summary>What the dialplan says to a request: either targets to try or a rejection.</summary>
public sealed record RouteDecision
{
    /// <summary>No route matches: 404.</summary>
    public static RouteDecision None { get; } = new() { Rejection = new Rejection(404, "No route matches") };

    /// <summary>Null when none matched.</summary>
    public Route? Route { get; init; }

    /// <summary>Null when there are targets.</summary>
    public Rejection? Rejection { get; init; }

    /// <summary>In the order to try; empty for a rejection.</summary>
    public ImmutableArray<RouteTarget> Targets { get; init; } = [];

    /// <summary>New called number; null leaves it.</summary>
    public string? Called { get; init; }

    /// <summary>New caller's number; null leaves it.</summary>
    public string? Caller { get; init; }

    /// <summary>The caller has proven to be who <see cref="Caller"/> names, or the dialplan says so of a user: it is asserted towards the trust domain (RFC 3325 §5).</summary>
    public bool IsCallerProven { get; init; }

    /// <summary>New caller's display name; null leaves it.</summary>
    public string? CallerName { get; init; }

    /// <summary>New host in Request-URI, From, To and P-Asserted-Identity; null leaves it to the target.</summary>
    public string? Domain { get; init; }

    /// <summary>The privacy that the caller is given, in place of what it asked for (RFC 3323 §4.2); null leaves it.</summary>
    public PrivacyValues? Privacy { get; init; }

    /// <summary>The Request-URI goes on as it came: a digest that crosses covers it.</summary>
    internal bool KeepsUri { get; init; }

    public ImmutableArray<HeaderEdit> Headers { get; init; } = [];
}

/// <param name="Status">400 to 699.</param>
/// <param name="Reason">Reason phrase; null for the status's usual one.</param>
public sealed record Rejection(int Status, string? Reason);

/// <param name="Value">Replaces every occurrence; null removes them.</param>
public readonly record struct HeaderEdit(string Name, string? Value);
