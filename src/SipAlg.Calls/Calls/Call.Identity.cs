using SipAlg.Calls.Dialplan;
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

    private IdentityCrossing IdentityTowards(Leg to) => to.Index == CalleeIndex
        ? IdentityTowards(to.Peer, to.Branch?.List.Decision ?? _decision)
        : IdentityTowardsCaller(IsTrusted((to.Partner ?? _callee)?.Peer));

    /// <summary>Of the caller, towards a target.</summary>
    private IdentityCrossing IdentityTowards(PeerState? target, RouteDecision decision) => new()
    {
        IsBelieved = IsTrusted(_caller.Peer),
        IsTold = IsTrusted(target),
        Given = decision.Privacy,
        Remembered = _privacy,
        Number = decision.Caller,
        Name = decision.CallerName,
    };

    /// <summary>Of a target that is trusted or is not, towards the caller.</summary>
    private IdentityCrossing IdentityTowardsCaller(bool isBelieved) => new() { IsBelieved = isBelieved, IsTold = IsTrusted(_caller.Peer) };

    private static bool IsTrusted(PeerState? peer) => peer is { Peer.IsTrusted: true };

    private static bool IsTrusted(RouteTarget target) => target.Peer is { IsTrusted: true };
}
