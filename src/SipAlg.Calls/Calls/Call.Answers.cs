using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Answers to our requests, and their absence.</content>
internal sealed partial class Call
{
    /// <summary>False: the call does not wait for this answer (any more).</summary>
    public override bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
    {
        var kind = (LegPart)part;
        switch (kind)
        {
            case LegPart.CallerBye or LegPart.CalleeBye:
                if (response.Status >= 200)
                {
                    OnByeOver(kind == LegPart.CallerBye ? _caller : _callee);
                }

                return true;
            case LegPart.DepartedBye:
                if (response.Status >= 200)
                {
                    OnByeOver(DepartedBy(transaction));
                }

                return true;
            case LegPart.Report:
                if (response.Status >= 200)
                {
                    OnReportAnswer(transaction, response.Status);
                }

                return true;
            case LegPart.CallerOwn or LegPart.CalleeOwn:
                OnRefreshResponse(kind == LegPart.CallerOwn ? _caller : _callee, transaction, response);
                return true;
            case LegPart.Crossing:
                OnCrossingResponse(transaction, response);
                return true;
            case LegPart.Own:
                return true;
            case LegPart.Digit:
                OnDigitAnswered(transaction, response.Status);
                return true;
            case LegPart.CalleeInvite when _phase == CallPhase.Setup && BranchOf(transaction) is { } branch:
                NoteWay(branch, transaction);
                OnSetupResponse(branch, response, flow);
                return true;
            case LegPart.CalleeInvite or LegPart.CallerReinvite or LegPart.CalleeReinvite:
                return OnReinviteResponse(transaction, response);
            default:
                return false;
        }
    }

    private bool OnReinviteResponse(TransactionId transaction, SipMessage response)
    {
        if (_caller.Asking == transaction || _callee?.Asking == transaction)
        {
            OnReinviteResponse(_caller.Asking == transaction ? _caller : _callee!, response);
            return true;
        }

        // It may have been asked in another call, before it came into this one.
        var leg = IsOf(_caller, response) ? _caller : _callee is not null && IsOf(_callee, response) ? _callee : null;
        if (leg is { State: LegState.Confirmed or LegState.Leaving } && response.Status is >= 200 and < 300)
        {
            RepeatAck(leg, response.CSeq);
            return true;
        }

        return false;
    }

    private static bool IsOf(Leg leg, SipMessage response) =>
        response[response.ToTag].SequenceEqual(leg.Dialog.RemoteTag) && response[response.CallId].SequenceEqual(leg.Dialog.CallId);

    /// <summary>No final answer came, or the request could not be delivered.</summary>
    public override void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        switch ((LegPart)part)
        {
            case LegPart.CallerBye when !TryByeAnew(_caller, reason):
                OnByeOver(_caller);
                break;
            case LegPart.CalleeBye when _callee is null || !TryByeAnew(_callee, reason):
                OnByeOver(_callee);
                break;
            case LegPart.DepartedBye when DepartedBy(transaction) is { } left && !TryByeAnew(left, reason):
                OnByeOver(left);
                break;
            case LegPart.Report:
                OnReportAnswer(transaction, 0);
                break;
            case LegPart.CallerOwn or LegPart.CalleeOwn:
                OnRefreshLost((LegPart)part == LegPart.CallerOwn ? _caller : _callee, transaction, reason);
                break;
            case LegPart.Crossing:
                OnCrossingLost(transaction, reason);
                break;
            case LegPart.Digit:
                OnDigitAnswered(transaction, 408);
                break;
            case LegPart.CalleeInvite when _phase == CallPhase.Setup && BranchOf(transaction) is { } branch:
                NoteWay(branch, transaction);
                OnTargetSilent(branch, reason);
                break;
            case LegPart.CallerReinvite when _caller.Asking == transaction:
                OnReinviteLost(_caller, reason);
                break;
            case LegPart.CalleeReinvite when _callee?.Asking == transaction:
                OnReinviteLost(_callee, reason);
                break;
            default:
                break;
        }
    }
}
