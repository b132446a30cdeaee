using SipAlg.Calls.Bodies;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Requests in a dialog, but for ACK and OPTIONS: by their method each is answered here or goes on to the leg's partner.</content>
internal sealed partial class Call
{
    public override MethodSet AllowedFrom(DialogEnd end) => ((Leg)end).Partner?.Allows ?? default;

    /// <summary>A request in a dialog of this call, but for ACK and OPTIONS.</summary>
    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow)
    {
        var leg = (Leg)end;
        if (request.Method == SipMethod.Invite)
        {
            OnReinvite(leg, transaction, request, flow);
        }
        else if (request.Method == SipMethod.Bye)
        {
            OnBye(leg, transaction, request, flow);
        }
        else if (WhyNotCrossing(leg, request) is var status and not 0)
        {
            RefuseRequest(transaction, request, flow, status);
        }
        else
        {
            leg.Dialog.RemoteSequence = request.CSeq;
            OnOrdered(leg, transaction, request, flow);
        }
    }

    /// <summary>One that comes in its order.</summary>
    private void OnOrdered(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        switch (request.Method)
        {
            case SipMethod.Prack:
                OnPrack(leg, transaction, request, flow);
                break;
            case SipMethod.Update:
                OnUpdate(leg, transaction, request, flow);
                break;
            case SipMethod.Refer:
                OnRefer(leg, transaction, request, flow);
                break;
            case SipMethod.Subscribe when TrySubscribe(leg, transaction, request, flow):
                break;
            default:
                OnOther(leg, transaction, request, flow);
                break;
        }
    }

    /// <summary>RFC 3261 §12.2.2: 481 outside a dialog that stands, 500 for what comes out of order.</summary>
    private static int WhyNotCrossing(Leg leg, SipMessage request) =>
        leg.State is not (LegState.Early or LegState.Confirmed) ? 481 :
        request.CSeq < leg.Dialog.RemoteSequence ? 500 :
        request.MaxForwards == 0 ? 483 : 0;

    private void OnUpdate(Leg leg, TransactionId transaction, SipMessage update, in Flow flow)
    {
        var status = !BodyCrossing.IsKnown(update) ? 415 :
            BodyCrossing.HasDescription(update) ? IsChanging ? 491 : WhyNotOffer(leg) :
            leg.IsUpdating ? 500 : 0;
        if (status == 0 && leg.State == LegState.Confirmed && SessionRequest.Of(update).IsTooShort)
        {
            status = 422;
        }

        if (status != 0)
        {
            RefuseRequest(transaction, update, flow, status);
            return;
        }

        if (_service is not null && BodyCrossing.HasDescription(update))
        {
            OnServiceUpdate(leg, transaction, update, flow);
            return;
        }

        Move(leg, update, flow);
        if (IsOfLegAlone(leg, update))
        {
            AnswerUpdate(leg, transaction, update, flow);
            return;
        }

        OnOther(leg, transaction, update, flow);
    }

    /// <summary>RFC 3311 §5.1: UPDATE and its 2xx move the target, as a re-INVITE does.</summary>
    private void Move(Leg leg, SipMessage message, in Flow known)
    {
        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, message);
        leg.Flow = NextHops.Of(_lane, leg, known);
    }

    private void OnOther(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (TryTakeDigit(leg, transaction, request, flow))
        {
            return;
        }

        if (_service is not null || request.Method is SipMethod.Register or SipMethod.Publish)
        {
            _lane.RefuseMethod(transaction, request, flow);
        }
        else if (EventBodies.IsHidden(request))
        {
            _lane.RefuseBody(transaction, request, flow);
        }
        else if (leg.Partner is { State: LegState.Early or LegState.Confirmed, Dialog.RemoteTag.IsEmpty: false } other && HasRoomForCrossing)
        {
            Cross(leg, other, transaction, request, flow, request.Method);
        }
        else
        {
            // The dialog stands, but there is nobody behind it now, or nobody who keeps up.
            RefuseRequest(transaction, request, flow, 500);
        }
    }
}
