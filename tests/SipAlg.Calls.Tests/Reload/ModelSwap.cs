using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Reload;

/// <summary>Gives the lane of a scene another model, as a reload does.</summary>
internal static class ModelSwap
{
    /// <summary>The peers that the lane has now, by index.</summary>
    public static PeerState[] Take(this CallScene scene, GatewayModel model)
    {
        var before = scene.Calls.Room.Peers;
        PeerState[] peers = [.. model.Peers.Select(peer => peer.Index >= before.Length ? new PeerState(peer) : StateOf(before[peer.Index], peer))];
        var pools = scene.PoolsOf(model);
        scene.Turn(() => scene.Calls.Take(model, peers, pools));
        return peers;
    }

    public static GatewayModel With(this GatewayModel model, Peer peer) =>
        model with { Peers = peer.Index == model.Peers.Length ? model.Peers.Add(peer) : model.Peers.SetItem(peer.Index, peer) };

    /// <summary>The peer is in the configuration no more.</summary>
    public static GatewayModel Without(this GatewayModel model, Peer peer) => model.With(peer with { IsRemoved = true });

    public static GatewayModel With(this GatewayModel model, params Route[] routes) => model with { Dialplan = new RouteTable([.. routes], new Random(1)) };

    private static PeerState StateOf(PeerState before, Peer peer) => peer.IsRemoved || before.Peer == peer ? before : new PeerState(peer, before: before);
}
