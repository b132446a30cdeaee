using System.Collections.Immutable;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Dialplan;

/// <summary>What a route's <c>set</c> says; null parts leave the request as it is.</summary>
public sealed record RouteEdits
{
    public static RouteEdits None { get; } = new();

    public Template? Called { get; init; }
    public Template? Caller { get; init; }
    public Template? CallerName { get; init; }
    public Template? Domain { get; init; }
    public PrivacyValues? Privacy { get; init; }
    public ImmutableArray<HeaderTemplate> Headers { get; init; } = [];

    internal bool HasCaptures => new[] { Called, Caller, CallerName, Domain }.Concat(Headers.Select(header => header.Value))
        .Any(template => template is { Literal: null });

    internal RouteDecision Apply(RouteDecision decision, Captures captures) => decision with
    {
        Called = Called?.Expand(captures),
        Caller = Caller?.Expand(captures),
        CallerName = CallerName?.Expand(captures),
        Domain = Domain?.Expand(captures),
        Privacy = Privacy,
        Headers = [.. Headers.Select(header => new HeaderEdit(header.Name, header.Value?.Expand(captures)))],
    };
}

/// <param name="Value">Null removes the header.</param>
public readonly record struct HeaderTemplate(string Name, Template? Value);
