using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>Who is believed and who is told of who is calling (RFC 3325, RFC 3323). A far side that is no peer is not trusted.</content>
internal sealed partial class Call
{
    /// <summary>What the caller's INVITE asked for.</summary>
    private PrivacyValues _privacy;

    /// <summary>The peer whose answer came last while no target had been chosen: a failure crosses when its own leg has gone.</summary>
    private PeerState? _heard;

    private IdentityCrossing IdentityTowards(Leg to) => to.Index == CalleeIndex ? IdentityTowards(to.Peer) : new IdentityCrossing
    {
        IsBelieved = IsTrusted((to.Partner ?? _callee) is { } other ? other.Peer : _heard),
        IsTold = IsTrusted(_callerPeer),
    };

    /// <summary>Of the caller, towards a target.</summary>
    private IdentityCrossing IdentityTowards(PeerState? target) => new()
    {
        IsBelieved = IsTrusted(_callerPeer),
        IsTold = IsTrusted(target),
        Given = _decision.Privacy,
        Remembered = _privacy,
        Number = _decision.Caller,
        Name = _decision.CallerName,
    };

    private static bool IsTrusted(PeerState? peer) => peer is { Peer.IsTrusted: true };
}
