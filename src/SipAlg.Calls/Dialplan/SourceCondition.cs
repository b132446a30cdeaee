using System.Collections.Immutable;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>source</c>: the address that the request came from.</summary>
public sealed class SourceCondition(ImmutableArray<IpNetwork> networks) : Condition
{
    public override string Key => "source";

    public override bool Matches(in RouteRequest request)
    {
        foreach (var network in networks)
        {
            if (network.Contains(request.Source))
            {
                return true;
            }
        }

        return false;
    }

    public override string Explain(in RouteRequest request) => $"source {request.Source} is not in {ReasonText.Any(networks)}";

    public override bool Covers(Condition other) => other is SourceCondition narrower && narrower.Networks.All(Holds);

    private ImmutableArray<IpNetwork> Networks => networks;

    private bool Holds(IpNetwork block) =>
        networks.Any(network => network.PrefixLength <= block.PrefixLength && network.Contains(block.Address));
}
