using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <summary>What becomes of an INVITE that is to take the place of one side of a call (Replaces, RFC 3891 §3).</summary>
/// <param name="Status">Why it is refused; 0 if it is not.</param>
/// <param name="Decision">Its targets: all, or those that have the dialog to be replaced.</param>
internal readonly record struct Replacement(int Status, RouteDecision Decision)
{
    /// <summary>The call and the leg in it whose far side it is to talk to, where the gateway has to see to that itself; null else.</summary>
    public Call? Home { get; init; }
    public Leg? Stays { get; init; }

    /// <param name="lane">Whose calls may be meant.</param>
    /// <param name="invite">With or without Replaces.</param>
    /// <param name="decision">Where the dialplan sends it.</param>
    public static Replacement Of(CallLane lane, SipMessage invite, RouteDecision decision)
    {
        if (!invite.Has(HeaderId.Replaces) || decision.Rejection is not null)
        {
            return new Replacement(0, decision);
        }

        if (!TryRead(invite, out var reference))
        {
            return new Replacement(400, decision);
        }

        return lane.DialogNames.Find(reference, out var named) switch
        {
            DialogMatch.Foreign => new Replacement(0, decision),
            DialogMatch.Mismatch => new Replacement(481, decision),
            _ => Of(lane, named, reference.IsEarlyOnly, decision),
        };
    }

    /// <summary>RFC 3891 §3: one Replaces, and no Join beside it.</summary>
    private static bool TryRead(SipMessage invite, out DialogReference reference)
    {
        reference = default;
        return invite.TryFirst(HeaderId.Replaces, out var index) && invite.Next(index) < 0 && !invite.Has(HeaderId.Join) &&
            DialogReference.TryParse(HeaderId.Replaces, invite[invite.Fields[index].Value], out reference);
    }

    /// <summary>RFC 3891 §3: 603 for a dialog that has ended, 486 for a confirmed one where only an early one may be replaced.</summary>
    private static Replacement Of(CallLane lane, NamedDialog named, bool isEarlyOnly, RouteDecision decision)
    {
        if (named.Leg.State is LegState.Leaving or LegState.Ended)
        {
            return new Replacement(603, decision);
        }

        if (named.Acting is not { State: LegState.Early or LegState.Confirmed } acting)
        {
            return new Replacement(481, decision);
        }

        if (isEarlyOnly && named.Leg.State == LegState.Confirmed)
        {
            return new Replacement(486, decision);
        }

        // Only the far side that has the dialog can replace it.
        var targets = decision.Targets.RemoveAll(target => !Faces(target, acting) && !Rings(lane, target, acting));
        if (!targets.IsEmpty && acting.Supports.HasFlag(SipExtensions.Replaces))
        {
            return new Replacement(0, decision with { Targets = targets });
        }

        return acting.State == LegState.Confirmed ? new Replacement(0, decision) { Home = named.Call, Stays = acting } : new Replacement(481, decision);
    }

    /// <summary>
    /// The phone of a user that still rings, or waits for an answer: which of his phones has the dialog they tell by its name. One that talks
    /// is asked in its dialog, so that his others stay silent.
    /// </summary>
    private static bool Rings(CallLane lane, RouteTarget target, Leg leg) => target.Kind == TargetKind.Registered && leg is { State: LegState.Early, User: { } user } &&
        lane.Room.Model.Realms[leg.Realm].Authentication?.Users.Find(target.User)?.Index == user.Index;

    private static bool Faces(RouteTarget target, Leg leg) => target.Realm == leg.Realm && target.Kind switch
    {
        TargetKind.Peer => target.Peer!.Index == leg.Peer?.Peer.Index,
        TargetKind.Uri => leg.Peer is null && SipUri.TryParse(System.Text.Encoding.UTF8.GetBytes(target.Uri!), out var uri) && uri.TryAddress(out var address) &&
            leg.Flow.Remote == new IpEndpoint(address, uri.Port == 0 ? SipPorts.Default(NextHops.TransportOf(uri)) : uri.Port),
        _ => false,
    };
}
