using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>A phone proves to its registrar who it is, with the gateway between them.</content>
internal sealed partial class Call
{
    private bool IsRegistrarOfCaller(RouteTarget target) => target.Peer is { } peer && _caller.User?.Registrar?.Index == peer.Index;

    /// <summary>A challenge of the caller's registrar is the caller's to answer, and every other the gateway's.</summary>
    private int ShownToCaller(TargetList list, RouteTarget target, int status) =>
        status is 401 or 407 && IsRegistrarOfCaller(target) && list.Route.StatusForCaller(target.Peer, status) == status ? status : ShownStatus(list.Route, target.Peer, status);

    private static bool IsChallengeFor(Leg asker, Leg? asked, int status) => status is 401 or 407 && DialogEnd.IsProofBetween(asker, asked);

    /// <summary>
    /// A BYE that the phone's registrar may want to be proven: it goes on before it is answered, and the call stands until it has been taken.
    /// Only in a call that nothing else is under way in; any other ends at once.
    /// </summary>
    private bool MayBeChallenged(Leg leg) => _phase == CallPhase.Answered && _transfer is null && _crossings is null && leg.User is { Registrar: not null } &&
        leg.Partner is { State: LegState.Confirmed } other && leg.State == LegState.Confirmed && DialogEnd.IsProofBetween(leg, other) &&
        leg.Asked.IsNone && leg.Asking.IsNone && other.Asked.IsNone && other.Asking.IsNone && leg.Success.IsEmpty && other.Success.IsEmpty && !other.OwesAck;

    /// <summary>The registrar has taken the BYE, or has no answer to it: the call is over on both sides.</summary>
    private void OnByeCrossed(CrossingRequest bye)
    {
        Refuse(bye, 200);
        if (_phase != CallPhase.Answered)
        {
            // Meanwhile somebody else has ended it.
            return;
        }

        var (leg, other) = (bye.From, bye.To);
        EndAsked(other, 487);
        GiveUpAsking(other);
        other.State = LegState.Leaving;
        EndByBye(leg, null);
        OnByeOver(other);
    }

    /// <summary>The ACK of our INVITE has what proved it (RFC 3261 §22.1).</summary>
    private void KeepProof(Leg leg, SipMessage invite)
    {
        if (!DialogEnd.IsProofBetween(leg, OtherOf(leg)))
        {
            return;
        }

        var writer = new MessageWriter(_lane.Names);
        foreach (ref readonly var field in invite.Fields)
        {
            if (field.Id is HeaderId.Authorization or HeaderId.ProxyAuthorization)
            {
                writer.Write(invite[field.Line]);
                writer.EndLine();
            }
        }

        _lane.Lane.Octets.Drop(ref leg.Credentials);
        leg.Credentials = _lane.Lane.Octets.Keep(writer.Written);
    }
}
