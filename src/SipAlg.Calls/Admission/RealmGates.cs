using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;

namespace SipAlg.Calls.Admission;

/// <summary>What the model and the peers' addresses say of who is heard in which realm, in the words of the gate.</summary>
public static class RealmGates
{
    /// <param name="model">As it runs.</param>
    /// <param name="peers">With what their host names resolved to.</param>
    public static GateRules Of(GatewayModel model, PeerTable peers) => new(
    [
        .. model.Realms.Select(realm => Of(realm, [.. peers.SourcesIn(realm.Index)])),
    ]);

    private static RealmGate Of(Realm realm, ImmutableArray<IpNetwork> peers) => new()
    {
        Allow = realm.Access.Allow,
        Deny = realm.Access.Deny,
        Strangers = realm.Access.Strangers,
        Peers = new AddressSet(peers),
        PeerBlocks = peers,
    };
}
