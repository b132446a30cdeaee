using SipAlg.Calls.Legs;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Headers;

/// <summary>Who is going to read a header that names a dialog.</summary>
/// <param name="Realm">Index of its realm.</param>
/// <param name="Peer">Null for one that is no peer.</param>
/// <param name="Flow">The way to it.</param>
/// <param name="Shown">Where it reaches us.</param>
internal readonly record struct DialogReader(int Realm, PeerState? Peer, Flow Flow, IpEndpoint Shown)
{
    /// <summary>Whether it is the far side of this leg. A peer is one far side however many phones are behind it.</summary>
    public bool Faces(Leg leg) => Realm == leg.Realm && (Peer is not null || leg.Peer is not null ? Peer?.Peer.Index == leg.Peer?.Peer.Index : Flow.Remote == leg.Flow.Remote);
}
