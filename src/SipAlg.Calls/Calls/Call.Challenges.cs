using SipAlg.Calls.Authentication;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>A request of ours was challenged (RFC 3261 §22.2, §22.3) and is under way once more: the answer to that one is waited for.</content>
internal sealed partial class Call
{
    public override bool TryRenew(in RenewedRequest renewed)
    {
        var before = renewed.Before;
        switch ((LegPart)renewed.Part)
        {
            case LegPart.CalleeInvite when _phase == CallPhase.Setup && BranchOf(before) is { } branch:
                return TryRenew(branch, renewed);
            case LegPart.CalleeInvite or LegPart.CallerReinvite or LegPart.CalleeReinvite:
                return TryRenewInvite(renewed);
            case LegPart.CallerBye or LegPart.CalleeBye or LegPart.DepartedBye when StandingWhere(leg => leg.Bye == before) is { State: LegState.Leaving } leg:
                leg.Bye = renewed.Now;
                return true;
            case LegPart.CallerOwn or LegPart.CalleeOwn when StandingWhere(leg => leg.Own?.Asking == before) is { Own: { } own }:
                own.Asking = renewed.Now;
                return true;
            case LegPart.Report when StandingWhere(leg => leg.Reports?.Pending == before) is { Reports: { } reports }:
                reports.Pending = renewed.Now;
                return true;
            case LegPart.Crossing:
                return TryRenewCrossing(renewed);
            case LegPart.Digit when _telling == before:
                _telling = renewed.Now;
                return true;
            default:
                return (LegPart)renewed.Part == LegPart.Own;
        }
    }

    /// <summary>A target whose dialogs have gone further than that is one that failed.</summary>
    private static bool TryRenew(Branch branch, in RenewedRequest renewed)
    {
        if (!branch.First.Dialog.RemoteTag.IsEmpty)
        {
            return false;
        }

        branch.Asking = renewed.Now;
        branch.First.AskingSequence = renewed.Sequence;
        return true;
    }

    /// <summary>What its asker has cancelled meanwhile is not asked again.</summary>
    private bool TryRenewInvite(in RenewedRequest renewed)
    {
        var before = renewed.Before;
        if (StandingWhere(leg => leg.Asking == before) is not { } leg)
        {
            return false;
        }

        if (leg.Own is { } own && own.Asking == before)
        {
            own.Asking = renewed.Now;
        }
        else if (leg.Partner is { IsCancelled: true })
        {
            return false;
        }

        leg.Asking = renewed.Now;
        leg.AskingSequence = renewed.Sequence;
        _lane.Transactions.TryClaim(renewed.Now, leg.Dialog.RemoteTag);
        return true;
    }

    private bool TryRenewCrossing(in RenewedRequest renewed)
    {
        var crossing = _crossings;
        while (crossing is not null && crossing.Asking != renewed.Before)
        {
            crossing = crossing.Next;
        }

        if (crossing is null)
        {
            return false;
        }

        crossing.Asking = renewed.Now;
        if (crossing.Method == SipMethod.Refer)
        {
            crossing.From.Referrals?.Renew(renewed.SequenceBefore, renewed.Sequence);
        }

        return true;
    }

    /// <summary>The leg whose dialog has come to stand, also of those that have left, for which this holds.</summary>
    private Leg? StandingWhere(Predicate<Leg> holds) =>
        holds(_caller) ? _caller : _callee is not null && holds(_callee) ? _callee : _departed?.Find(holds);
}
