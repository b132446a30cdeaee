using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Peers;

namespace SipAlg.Calls.Calls;

/// <content>Who is believed and who is told of who is calling (RFC 3325, RFC 3323). A far side that is no peer is not trusted.</content>
internal sealed partial class Call
{
    /// <summary>Of who is behind a leg's partner, towards its far side.</summary>
    private IdentityCrossing IdentityTowards(Leg to)
    {
        var from = OtherOf(to);
        return new()
        {
            IsBelieved = IsTrusted(from),
            IsTold = IsTrusted(to),
            Given = to.Told?.Privacy,
            Remembered = from?.Privacy ?? default,
            Number = to.Told?.Caller,
            IsNumberProven = to.Told is { IsCallerProven: true },
            Name = to.Told?.CallerName,
            IsForced = from is { User.IsForced: true },
        };
    }

    /// <summary>Of the caller, towards a target.</summary>
    private IdentityCrossing IdentityTowards(PeerState? target, RouteDecision decision) => new()
    {
        IsBelieved = IsTrusted(_caller),
        IsTold = IsTrusted(target),
        Given = decision.Privacy,
        Remembered = _caller.Privacy,
        Number = decision.Caller,
        IsNumberProven = decision.IsCallerProven,
        Name = decision.CallerName,

        // What the gateway writes itself of a transfer names who asked for it, as he may be named.
        IsForced = !_isAttempt && IsForced(_caller),
    };

    /// <summary>Of a leg's far side towards one in another call, which is to be its partner.</summary>
    private static IdentityCrossing IdentityBetween(Leg from, Leg to) => new() { IsBelieved = IsTrusted(from), IsTold = IsTrusted(to), Remembered = from.Privacy };

    /// <summary>Of a target that is trusted or is not, towards the caller.</summary>
    private IdentityCrossing IdentityTowardsCaller(bool isBelieved) => new() { IsBelieved = isBelieved, IsTold = IsTrusted(_caller) };

    private static bool IsTrusted(Leg? leg) => leg is { Peer.Peer.IsTrusted: true } or { User.IsTrusted: true };

    private static bool IsTrusted(PeerState? peer) => peer is { Peer.IsTrusted: true };

    private static bool IsTrusted(RouteTarget target) => target.Peer is { IsTrusted: true };
}
