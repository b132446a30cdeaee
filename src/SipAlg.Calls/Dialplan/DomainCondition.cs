using System.Collections.Immutable;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>domain</c>: the host of the Request-URI, compared ignoring case (RFC 3261 §19.1.4).</summary>
public sealed class DomainCondition(ImmutableArray<string> domains) : Condition
{
    public override string Key => "domain";

    internal override bool LooksIntoMessage => true;

    public override bool Matches(in RouteRequest request)
    {
        foreach (var domain in domains)
        {
            if (request.Domain.Equals(domain, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) => $"domain '{request.Domain}' is not {ReasonText.Any(domains)}";

    public override bool Covers(Condition other) => other is DomainCondition narrower &&
        narrower.Domains.All(domain => domains.Contains(domain, StringComparer.OrdinalIgnoreCase));

    private ImmutableArray<string> Domains => domains;
}
