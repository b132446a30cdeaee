using System.Collections.Immutable;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>peer</c>: the request came from one of these.</summary>
public sealed class PeerCondition(ImmutableArray<Peer> peers) : Condition
{
    public ImmutableArray<Peer> Peers => peers;

    public override string Key => "peer";

    public override bool Matches(in RouteRequest request) => request.Peer is { } peer && Holds(peer.Index);

    public override string Explain(in RouteRequest request) =>
        $"peer {request.Peer?.Name ?? "(none)"} is not {ReasonText.Any([.. peers.Select(peer => peer.Name)])}";

    public override bool Covers(Condition other) => other is PeerCondition narrower && narrower.Peers.All(peer => Holds(peer.Index));

    private bool Holds(int index)
    {
        foreach (var peer in peers)
        {
            if (peer.Index == index)
            {
                return true;
            }
        }

        return false;
    }
}
