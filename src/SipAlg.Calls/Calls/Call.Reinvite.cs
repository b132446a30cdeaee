using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sessions;
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
            RefuseRequest(transaction, request, flow, status);
            return;
        }

        if (_service is not null)
        {
            OnServiceReinvite(leg, transaction, request, flow);
            return;
        }

        var other = leg.Partner!;
        var result = CrossOffer(leg, other, request, out var body);
        if (result != BridgeResult.Done)
        {
            leg.Media!.Reject();
            RefuseRequest(leg, transaction, request, flow, result);
            return;
        }

        BeAsked(leg, transaction, request, flow);
        if (!TryAskAgain(other, request, body))
        {
            RejectOffer(leg, other);
            RefuseAsked(leg, 513, default);
        }
    }

    /// <summary>RFC 3261 §14.2, §12.2.2: 500 for what comes out of order or before the last was answered, 491 for what crosses ours.</summary>
    private int WhyNot(Leg leg, SipMessage request)
    {
        if (request.CSeq < leg.Dialog.RemoteSequence)
        {
            return 500;
        }

        if (!leg.Asked.IsNone)
        {
            return 500;
        }

        if (!leg.Asking.IsNone || leg is { State: LegState.Early, Index: CalleeIndex })
        {
            return 491;
        }

        if (IsChanging || (_transfer is { By.State: not LegState.Confirmed } transfer && transfer.Stays == leg))
        {
            return 491;
        }

        if (leg.State != LegState.Confirmed || (_service is null && leg.Partner is not { State: LegState.Confirmed }))
        {
            return 481;
        }

        if (request.MaxForwards == 0)
        {
            return 483;
        }

        if (!BodyCrossing.IsKnown(request))
        {
            return 415;
        }

        if (SessionRequest.Of(request).IsTooShort)
        {
            return 422;
        }

        return leg.OwesAck || leg.Partner is { IsBusy: true } ? 491 : _service is null ? WhyNotOffer(leg) : 0;
    }

    private void BeAsked(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        // Whoever asks again has our 2xx, though the ACK of it was lost (RFC 5407 §3.1.4).
        leg.DropSuccess(_lane.Lane.Octets, _lane.Lane.Timers);
        leg.Asked = transaction;
        leg.AskedSequence = request.CSeq;
        leg.Clock.Asked = SessionRequest.Of(request);
        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, request);
        leg.Dialog.RemoteSequence = request.CSeq;
        leg.Flow = NextHops.Of(_lane, leg, flow);
        leg.ResponseFields = LegMessages.KeepResponseFields(_lane.Lane.Octets, _lane.Output, request, flow, default);
        _lane.Transactions.Adopt(transaction, Owner(LegPart.CallerInvite));
    }

    private bool TryAskAgain(Leg leg, SipMessage request, in CrossedBody body)
    {
        var part = leg.Index == CallerIndex ? LegPart.CallerReinvite : LegPart.CalleeReinvite;
        var transaction = _lane.Transactions.Reserve(SipMethod.Invite, Owner(part));
        var sequence = leg.Dialog.LocalSequence + 1;
        var shown = _lane.Shown(leg.Flow);
        var writer = new MessageWriter(_lane.Output);
        leg.Dialog.WriteRequest(ref writer, SipMethod.Invite, sequence, HopsLeft(request), LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, shown));
        LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, shown, leg.Dialog.IsSips);
        LegMessages.WriteAllow(ref writer, AllowedTowards(leg), AccessOf(leg.Realm));
        LegMessages.WriteSupported(ref writer, isReliable: false);
        WriteSession(ref writer, leg);
        var crossing = Crossing(leg);
        crossing.Write(ref writer, request);
        crossing.WriteId(ref writer, _record.Id);
        LegMessages.Finish(ref writer, request.First(HeaderId.ContentType), body.Octets);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            return false;
        }

        _lane.Transactions.TryClaim(transaction, leg.Dialog.RemoteTag);
        leg.Asking = transaction;
        leg.AskingSequence = leg.Dialog.LocalSequence = sequence;
        leg.HasOffered = body.HasDescription;
        KeepRequest(leg, writer.Written);
        KeepProof(leg, request);
        _lane.ClientRequests.Send(transaction, leg, _lane.Output.AsSpan(0, writer.Length), FixesTransport(leg));
        return true;
    }

    private static bool FixesTransport(Leg leg) => SipUri.TryParse(leg.Dialog.NextHop, out var next) && next.TryParameter("transport"u8, out _);

    private void OnReinviteResponse(Leg leg, SipMessage response)
    {
        if (leg.Own is { } own && own.Asking == leg.Asking)
        {
            OnOwnResponse(leg, own, response);
            return;
        }

        var asker = leg.Partner!;
        Learn(leg, response);
        if (response.Status < 200)
        {
            if (asker.IsCancelled)
            {
                _lane.Transactions.TryCancel(leg.Asking);
            }

            return;
        }

        leg.Asking = default;
        if (response.Status == 422 && !asker.IsCancelled && TryReinviteLonger(leg, response))
        {
            return;
        }

        _lane.Lane.Octets.Drop(ref leg.Request);
        if (response.Status >= 300)
        {
            OnReinviteRefused(asker, response);
            return;
        }

        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, response);
        leg.Flow = NextHops.Of(_lane, leg, leg.Flow);
        HearSession(leg, response);
        var result = leg.HasOffered
            ? CrossAnswer(leg, asker, response, isFinal: true, out var body)
            : CrossOffer(leg, asker, response, out body);
        if (result != BridgeResult.Done || !body.HasDescription)
        {
            // The two sides no longer agree on a session.
            SendAck(leg);
            var cause = result == BridgeResult.NoSrtp ? CallCause.NoSrtp : CallCause.NoSdpAnswer;
            RefuseAsked(asker, 502, default, cause);
            HangUp(cause);
            return;
        }

        if (asker.State == LegState.Ended)
        {
            OnAnswerBehindBye(leg);
            return;
        }

        if (!TryRespond(asker, response.Status, response, body.Octets))
        {
            SendAck(leg);
            HangUp(CallCause.MessageTooLarge);
            return;
        }

        leg.OwesAck = !leg.HasOffered;
        if (!leg.OwesAck)
        {
            SendAck(leg);
        }
    }

    /// <summary>Who asked has hung up, and its place in the call is to be somebody else's; nobody is left to answer an offer.</summary>
    private void OnAnswerBehindBye(Leg leg)
    {
        SendAck(leg);
        if (!leg.HasOffered)
        {
            HangUp(CallCause.NoSdpAnswer);
        }
    }

    /// <summary>
    /// Who transferred hangs up with a re-INVITE under way, either way: who stays is told to ask again later (RFC 3261 §14.2), and need not
    /// answer what it was asked.
    /// </summary>
    private void EndReinvites(Leg leaves)
    {
        if (leaves.Partner is not { } stays)
        {
            return;
        }

        if (!stays.Asked.IsNone)
        {
            RejectOffer(stays, leaves);
            EndAsked(stays, 491);
        }

        if (stays.Own is not { } own || own.Asking != stays.Asking)
        {
            _lane.Transactions.TryCancel(stays.Asking);
        }
    }

    /// <summary>The session stays as it was (RFC 3261 §14.1); 408 and 481 say that the dialog is gone (§12.2.1.2).</summary>
    private void OnReinviteRefused(Leg asker, SipMessage response)
    {
        RejectOffer(asker, asker.Partner!);
        var status = IsChallengeFor(asker, asker.Partner, response.Status) ? response.Status : FailureStatus(response.Status);
        if (!asker.Asked.IsNone && !TryRespond(asker, status, status == response.Status ? response : null, BodyCrossing.Opaque(_lane, response)))
        {
            RefuseAsked(asker, status, default);
        }

        if (response.Status is 408 or 481)
        {
            HangUp(CallCause.DialogLost, asker.Partner!, response.Status);
        }
    }

    private void OnReinviteLost(Leg leg, NoResponse reason)
    {
        var asking = leg.Asking;
        leg.Asking = default;
        _lane.Lane.Octets.Drop(ref leg.Request);
        if (leg.Own is { } own && own.Asking == asking)
        {
            OnOwnLost(leg, own, reason);
            return;
        }

        if (leg.Partner is { } asker)
        {
            RejectOffer(asker, leg);
            EndAsked(asker, 408);
        }

        HangUp(CallCause.DialogLost, leg);
    }

    /// <summary>
    /// The CANCEL goes on to the other side, whose final answer then crosses: an answer of our own could say that nothing has
    /// changed while the other side has just agreed to a change.
    /// </summary>
    private void OnReinviteCancelled(TransactionId invite)
    {
        var leg = _caller.Asked == invite ? _caller : _callee?.Asked == invite ? _callee : null;
        if (leg is not null && _phase == CallPhase.Answered && leg.Partner is { } other)
        {
            leg.IsCancelled = true;
            _lane.Transactions.TryCancel(other.Asking);
        }
    }
}
