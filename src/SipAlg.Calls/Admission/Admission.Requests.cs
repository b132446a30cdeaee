using System.Text;
using SipAlg.Calls.Bodies;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Requests;
using SipAlg.Calls.Subscriptions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Admission;

/// <content>Requests outside a dialog, other than INVITE, that the dialplan sends on.</content>
internal sealed partial class Admission
{
    private void OnOther(TransactionId transaction, SipMessage request, in SipUri uri, in Flow flow, in Sender sender)
    {
        var decision = lane.Routes.Find(request, flow, sender);
        if (decision.Route is null && request.Method is SipMethod.Info or SipMethod.Unknown)
        {
            // No route names it, so it is not served.
            RefuseMethod(transaction, request, flow, default);
            return;
        }

        if (!AreExtensionsKnown(transaction, request, flow) || !IsSound(transaction, request, uri, flow))
        {
            return;
        }

        var isEmergency = decision.Route is { IsEmergency: true };
        if (lane.IsDraining && !isEmergency)
        {
            RefuseForNow(transaction, request, flow, RefusalReason.Draining);
        }
        else if (lane.IsOnTrial && !isEmergency)
        {
            RefuseForNow(transaction, request, flow, RefusalReason.Overload);
        }
        else if (TryChallenge(transaction, request, flow, sender, decision))
        {
            // The proof comes in a request of its own.
        }
        else if (decision.Route?.Filter.TakesBody(request) == false)
        {
            RefuseBody(transaction, request, flow);
        }
        else if (decision.Rejection is { } rejection)
        {
            lane.Transactions.Reply(transaction, request, flow, rejection.Status, rejection.Reason is null ? default : Encoding.UTF8.GetBytes(rejection.Reason));
        }
        else
        {
            Begin(transaction, request, flow, sender, decision, isEmergency);
        }
    }

    /// <summary>What an INVITE must fulfil too; and Event, without which nobody knows what is subscribed to (RFC 6665 §8.2.1).</summary>
    private bool IsSound(TransactionId transaction, SipMessage request, in SipUri uri, in Flow flow)
    {
        if (!uri.IsSip && uri.Scheme != UriScheme.Tel)
        {
            lane.Refuse(transaction, request, flow, 416, RefusalReason.Scheme);
            return false;
        }

        if (request.MaxForwards == 0)
        {
            lane.Refuse(transaction, request, flow, 483, RefusalReason.TooManyHops);
            return false;
        }

        if ((!request.Body.IsEmpty && !request.Has(HeaderId.ContentType)) || EventBodies.IsHidden(request))
        {
            RefuseBody(transaction, request, flow);
            return false;
        }

        if (request.Method == SipMethod.Subscribe && !request.Has(HeaderId.Event))
        {
            lane.Refuse(transaction, request, flow, 400, RefusalReason.BadEvent, "Missing Event"u8);
            return false;
        }

        return true;
    }

    private void Begin(TransactionId transaction, SipMessage request, in Flow flow, in Sender sender, RouteDecision decision, bool isEmergency)
    {
        var allotment = sender.Allotment(lane, request.Method);
        if (!allotment.TryTake(isEmergency))
        {
            RefuseForNow(transaction, request, flow, RefusalReason.PeerLimit);
            return;
        }

        var hasBegun = request.Method is SipMethod.Subscribe or SipMethod.Refer
            ? Subscription.TryBegin(lane, transaction, request, flow, sender, allotment, decision)
            : StandaloneRequest.TryBegin(lane, transaction, request, flow, sender, allotment, decision);
        if (!hasBegun)
        {
            allotment.Give();
            lane.Refuse(transaction, request, flow, 482, RefusalReason.Merged);
        }
    }

    private void WriteAllow(ref MessageWriter writer, SipMessage request, in Flow flow, MethodSet other)
    {
        var access = lane.Room.Model.Realms[lane.Lane.Group(flow.Listener)].Access;
        if (request.ToTag.IsEmpty)
        {
            LegMessages.WriteAllowOutside(ref writer, access);
        }
        else
        {
            LegMessages.WriteAllow(ref writer, other, access);
        }
    }
}
