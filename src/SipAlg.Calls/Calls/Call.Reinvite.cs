using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Re-INVITE (RFC 3261 §14), from either side to the other: hold, resume, another address, another codec.</content>
internal sealed partial class Call
{
    public void OnReinvite(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        var status = WhyNot(leg, request);
        if (status != 0)
        {
            RefuseReinvite(transaction, request, flow, status);
            return;
        }

        if (_service is not null)
        {
            OnServiceReinvite(leg, transaction, request, flow);
            return;
        }

        var other = Other(leg)!;
        var result = BodyCrossing.TryOffer(_lane, _media, leg.Index, request, out var body);
        if (result != BridgeResult.Done)
        {
            _media.Reject();
            ReportNoPorts(result, _record.ToRealm ?? "");
            RefuseReinvite(transaction, request, flow, StatusOf(result));
            return;
        }

        BeAsked(leg, transaction, request, flow);
        AskAgain(other, request, body);
    }

    /// <summary>RFC 3261 §14.2, §12.2.2: 500 for what comes out of order or before the last was answered, 491 for what crosses ours.</summary>
    private int WhyNot(Leg leg, SipMessage request)
    {
        if (request.CSeq < leg.Dialog.RemoteSequence)
        {
            return 500;
        }

        if (leg.State != LegState.Confirmed || (_service is null && Other(leg) is not { State: LegState.Confirmed }))
        {
            return leg.State == LegState.Early ? 500 : 481;
        }

        if (!leg.Asked.IsNone)
        {
            return 500;
        }

        if (request.MaxForwards == 0)
        {
            return 483;
        }

        return !leg.Asking.IsNone || !leg.Success.IsEmpty || leg.OwesAck || Other(leg) is { IsInviting: true } or { OwesAck: true } ? 491 : 0;
    }

    private void RefuseReinvite(TransactionId transaction, SipMessage request, in Flow flow, int status)
    {
        var writer = new MessageWriter(_lane.Output);
        Signaling.Messages.ResponseHead.Write(ref writer, request, flow, status, default, default);
        if (status == 500)
        {
            // RFC 3261 §14.2: between 0 and 10 seconds.
            writer.Field("Retry-After"u8, (long)(_lane.Lane.Secrets.Next() % 11));
        }

        writer.Finish(default);
        _lane.Transactions.Respond(transaction, status, writer.Written);
    }

    private void BeAsked(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        leg.Asked = transaction;
        leg.AskedSequence = request.CSeq;
        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, request);
        leg.Dialog.RemoteSequence = request.CSeq;
        leg.Flow = NextHops.Of(_lane, leg.Dialog, flow);
        leg.ResponseFields = LegMessages.KeepResponseFields(_lane.Lane.Octets, _lane.Output, request, flow, default);
        _lane.Transactions.Adopt(transaction, Owner(LegPart.CallerInvite));
    }

    private void AskAgain(Leg leg, SipMessage request, in CrossedBody body)
    {
        var part = leg.Index == CallerIndex ? LegPart.CallerReinvite : LegPart.CalleeReinvite;
        var transaction = _lane.Transactions.Reserve(SipMethod.Invite, Owner(part));
        leg.Asking = transaction;
        leg.AskingSequence = ++leg.Dialog.LocalSequence;
        leg.HasOffered = body.HasDescription;
        _lane.Lane.Octets.Drop(ref leg.Ack);
        var shown = _lane.Shown(leg.Flow);
        var writer = new MessageWriter(_lane.Output);
        leg.Dialog.WriteRequest(ref writer, SipMethod.Invite, leg.AskingSequence, HopsLeft(request), LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, shown));
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, shown);
        LegMessages.WriteAllow(ref writer);
        Crossing(leg).Write(ref writer, request);
        LegMessages.Finish(ref writer, request.First(HeaderId.ContentType), body.Octets);
        _lane.Transactions.Send(transaction, leg.Flow, writer.Written);
    }

    private void OnReinviteResponse(Leg leg, SipMessage response)
    {
        if (response.Status < 200)
        {
            return;
        }

        leg.Asking = default;
        var asker = Other(leg)!;
        if (response.Status >= 300)
        {
            OnReinviteRefused(asker, response);
            return;
        }

        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, response);
        leg.Flow = NextHops.Of(_lane, leg.Dialog, leg.Flow);
        if (asker.Asked.IsNone)
        {
            // His CANCEL crossed this answer. He has been told 487, so for him nothing has changed.
            _media.Reject();
            SendAck(leg, default, default);
            return;
        }

        var result = leg.HasOffered
            ? BodyCrossing.TryAnswer(_lane, _media, leg.Index, response, isFinal: true, out var body)
            : BodyCrossing.TryOffer(_lane, _media, leg.Index, response, out body);
        if (result != BridgeResult.Done || !body.HasDescription)
        {
            // There is nothing to tell the one who asked: the two sides no longer agree on a session.
            SendAck(leg, default, default);
            HangUp(CallCause.NoSdpAnswer);
            return;
        }

        leg.OwesAck = !leg.HasOffered;
        if (!leg.OwesAck)
        {
            SendAck(leg, default, default);
        }

        RespondTo(asker, response.Status, response, body.Octets);
    }

    /// <summary>The session stays as it was (RFC 3261 §14.1); 408 and 481 say that the dialog is gone (§12.2.1.2).</summary>
    private void OnReinviteRefused(Leg asker, SipMessage response)
    {
        _media.Reject();
        if (!asker.Asked.IsNone)
        {
            var status = FailureStatus(response.Status);
            RespondTo(asker, status, status == response.Status ? response : null, BodyCrossing.Opaque(response));
        }

        if (response.Status is 408 or 481)
        {
            HangUp(CallCause.DialogLost);
        }
    }

    private void OnReinviteLost(Leg leg)
    {
        leg.Asking = default;
        _media.Reject();
        if (Other(leg) is { } asker)
        {
            EndAsked(asker, 408);
        }

        HangUp(CallCause.DialogLost);
    }

    private void OnReinviteCancelled(TransactionId invite)
    {
        var leg = _caller.Asked == invite ? _caller : _callee?.Asked == invite ? _callee : null;
        if (leg is null || _phase != CallPhase.Answered)
        {
            return;
        }

        EndAsked(leg, 487);
        if (Other(leg) is { } other)
        {
            _lane.Transactions.TryCancel(other.Asking);
        }
    }

    private void RespondTo(Leg leg, int status, SipMessage? response, ReadOnlySpan<byte> body)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, leg, status, response is null ? default : response[response.Reason]);
        FinishResponse(ref writer, leg, status, response, body);
        Respond(leg, status, writer.Written);
    }
}
