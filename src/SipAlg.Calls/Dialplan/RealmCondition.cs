using System.Collections.Immutable;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>realm</c>: the request arrived in one of these.</summary>
public sealed class RealmCondition(ImmutableArray<Realm> realms) : Condition
{
    public override string Key => "realm";

    public override bool Matches(in RouteRequest request) => Holds(request.Realm);

    public override string Explain(in RouteRequest request) => $"realm is not {ReasonText.Any([.. realms.Select(realm => realm.Name)])}";

    /// <summary>A peer lives in one realm, so asking for the peer asks for the realm.</summary>
    public override bool Covers(Condition other) => other switch
    {
        RealmCondition narrower => narrower.Realms.All(realm => Holds(realm.Index)),
        PeerCondition peers => peers.Peers.All(peer => Holds(peer.Realm)),
        _ => false,
    };

    private ImmutableArray<Realm> Realms => realms;

    private bool Holds(int index)
    {
        foreach (var realm in realms)
        {
            if (realm.Index == index)
            {
                return true;
            }
        }

        return false;
    }
}
