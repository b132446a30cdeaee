using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <summary>Who has sent a request outside a dialog.</summary>
/// <param name="Realm">Index of the realm that it came from.</param>
/// <param name="Peer">Null for a user.</param>
/// <param name="User">Who has proven to be this user, or has registered with a peer; null for a peer.</param>
internal readonly record struct Sender(int Realm, PeerState? Peer, User? User)
{
    /// <summary>It is known as a peer by the contact that the gateway has registered there.</summary>
    public bool IsByContact { get; init; }

    /// <summary>What it says of who calls is believed.</summary>
    public bool IsTrusted => Peer is { Peer.IsTrusted: true } || User is { IsTrusted: true };

    /// <summary>Who calls as himself, whatever he says.</summary>
    public bool IsForced => User is { IsForced: true };

    public HeaderRules Headers => Peer?.Peer.Headers ?? HeaderRules.None;

    public bool IsNatAware(CallLane lane) => Peer?.Peer.IsNatAware ?? lane.Room.Model.Realms[Realm].IsNatAware;

    /// <summary>What a request of it takes a part of: the peer's, or that of all users in its realm.</summary>
    public Allotment Allotment(CallLane lane, SipMethod method)
    {
        var isSubscription = method is SipMethod.Subscribe or SipMethod.Refer;
        return Peer is null ? lane.Room.Users[Realm].Of(isSubscription) : isSubscription ? Peer.Subscriptions : Peer.Requests;
    }

    /// <summary>The address whose requests in the dialog are taken, besides the one that its Contact names.</summary>
    public IpAddress Source(in Flow flow) => User is null && !IsByContact ? default : flow.Remote.Address;
}
