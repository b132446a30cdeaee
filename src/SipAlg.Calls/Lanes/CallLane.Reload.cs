using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;

namespace SipAlg.Calls.Lanes;

/// <content>Another model, while calls stand: they go on with what they have, and ask the new one from their next step on.</content>
public sealed partial class CallLane
{
    /// <summary>Takes another model, in a turn of its own.</summary>
    /// <param name="model">Of the same realms; peers and users that stay have their indexes.</param>
    /// <param name="peers">By index; those that did not change are the same as before, of a removed one what it was.</param>
    public void Take(GatewayModel model, PeerState[] peers)
    {
        Counters.Quality.Grow(peers.Length);
        Room.Take(model, peers);
        Trunks.Renew();
    }
}
