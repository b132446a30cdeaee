using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>ACK and BYE: confirming answers, and ending a call on both legs.</content>
internal sealed partial class Call
{
    // ---- our 2xx and its ACK

    private void KeepSuccess(Leg leg, TransactionId transaction, ReadOnlySpan<byte> octets)
    {
        var times = _lane.Transactions.Times;
        _lane.Lane.Octets.Drop(ref leg.Success);
        leg.Success = _lane.Lane.Octets.Keep(octets);
        leg.SuccessTransaction = transaction;
        leg.SuccessInterval = times.T1;
        leg.SuccessDeadline = _lane.Lane.Now + times.Timeout;
        ArmSuccess(leg);
    }

    private void ArmSuccess(Leg leg)
    {
        var timer = leg.SuccessTimer;
        StartTimer(ref timer, leg.Index == CallerIndex ? CallTimer.CallerSuccess : CallTimer.CalleeSuccess, leg.SuccessInterval);
        leg.SuccessTimer = timer;
    }

    /// <summary>RFC 3261 §13.3.1.4: the 2xx again, at doubling intervals up to T2; after 64·T1 without an ACK the call ends.</summary>
    private void OnSuccessTimer(Leg leg)
    {
        leg.SuccessTimer = default;
        if (leg.Success.IsEmpty)
        {
            return;
        }

        if (_lane.Lane.Now >= leg.SuccessDeadline)
        {
            _lane.Lane.Octets.Drop(ref leg.Success);
            if (leg.ByeWaits)
            {
                SendBye(leg, null);
            }
            else
            {
                HangUp(CallCause.AckMissing);
            }

            return;
        }

        _lane.Lane.Counters.Retransmitted(leg.Flow.Listener);
        _lane.Transactions.Respond(leg.SuccessTransaction, 200, leg.Success.Span);
        leg.SuccessInterval = Math.Min(leg.SuccessInterval * 2, _lane.Transactions.Times.T2);
        ArmSuccess(leg);
    }

    public void OnAck(Leg leg, SipMessage ack)
    {
        if (leg.Success.IsEmpty || ack.CSeq != leg.AskedSequence)
        {
            return;
        }

        _lane.Lane.Octets.Drop(ref leg.Success);
        _lane.Lane.Timers.Cancel(leg.SuccessTimer);
        leg.SuccessTimer = default;
        if (Other(leg) is { OwesAck: true } other)
        {
            PassAnswer(leg, other, ack);
        }

        if (leg.ByeWaits)
        {
            SendBye(leg, null);
        }
    }

    /// <summary>The ACK brings the answer to the other side's offer (RFC 3261 §13.2.1, an INVITE without SDP).</summary>
    private void PassAnswer(Leg from, Leg to, SipMessage ack)
    {
        to.OwesAck = false;
        var result = BodyCrossing.TryAnswer(_lane, _media, from.Index, ack, isFinal: true, out var body);
        SendAck(to, body.Octets, ack.First(HeaderId.ContentType));
        if (result != BridgeResult.Done || !body.HasDescription)
        {
            HangUp(CallCause.NoSdpAnswer);
        }
    }

    /// <summary>RFC 3261 §13.2.2.4: the ACK of a 2xx is a request of its own in the dialog.</summary>
    private void SendAck(Leg leg, ReadOnlySpan<byte> body, ReadOnlySpan<byte> contentType)
    {
        var writer = new MessageWriter(_lane.Output);
        leg.Dialog.WriteRequest(ref writer, SipMethod.Ack, leg.AskingSequence, 70, LegMessages.ViaOf(_lane.Transactions, default, leg.Flow, _lane.Shown(leg.Flow)));
        LegMessages.Finish(ref writer, contentType, body);
        if (!body.IsEmpty)
        {
            _lane.Lane.Octets.Drop(ref leg.Ack);
            leg.Ack = _lane.Lane.Octets.Keep(writer.Written);
        }

        _lane.Transactions.SendAck(leg.Flow, writer.Written);
    }

    /// <summary>Their 2xx once more: the ACK was lost.</summary>
    private void RepeatAck(Leg leg)
    {
        if (leg.OwesAck)
        {
            return;
        }

        if (leg.Ack.IsEmpty)
        {
            SendAck(leg, default, default);
        }
        else
        {
            _lane.Transactions.SendAck(leg.Flow, leg.Ack.Span);
        }
    }

    // ---- BYE

    public void OnBye(Leg leg, TransactionId transaction, SipMessage bye, in Flow flow)
    {
        if (leg.State == LegState.Early && leg.Index == CallerIndex)
        {
            // RFC 3261 §15.1.2: a BYE on an early dialog ends its INVITE.
            _lane.Transactions.Reply(transaction, bye, flow, 200);
            CancelCallee();
            Fail(487, default, CallCause.CallerCancelled);
            return;
        }

        _lane.Transactions.Reply(transaction, bye, flow, 200);
        EndAsked(leg, 487);
        leg.State = LegState.Ended;
        leg.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        if (_phase == CallPhase.Answered)
        {
            _record.Status = 200;
            Close(leg.Index == CallerIndex ? CallCause.CallerHungUp : CallCause.CalleeHungUp);
        }

        if (Other(leg) is { } other)
        {
            Leave(other, bye);
        }

        ForgetIfOver();
    }

    /// <summary>Ends the call from our side.</summary>
    public void HangUp(CallCause cause)
    {
        switch (_phase)
        {
            case CallPhase.Setup:
                CancelCallee();
                Fail(cause == CallCause.GatewayStopped ? 503 : 480, default, cause);
                break;
            case CallPhase.Answered:
                Close(cause);
                Leave(_caller, null);
                if (_callee is not null)
                {
                    Leave(_callee, null);
                }

                ForgetIfOver();
                break;
            default:
                break;
        }
    }

    /// <summary>Ends a leg in whatever state it is.</summary>
    /// <param name="leg">Which.</param>
    /// <param name="bye">The other side's BYE, whose headers cross; null without one.</param>
    private void Leave(Leg leg, SipMessage? bye)
    {
        if (leg.State != LegState.Confirmed)
        {
            return;
        }

        EndAsked(leg, 487);
        if (!leg.Asking.IsNone)
        {
            _lane.Transactions.TryCancel(leg.Asking);
            leg.Asking = default;
        }

        if (leg.OwesAck)
        {
            leg.OwesAck = false;
            SendAck(leg, default, default);
        }

        if (!leg.Success.IsEmpty)
        {
            // RFC 3261 §15: who answered may not send BYE before the ACK came or was given up.
            leg.ByeWaits = true;
            leg.State = LegState.Leaving;
            return;
        }

        SendBye(leg, bye);
    }

    /// <summary>An INVITE of theirs that is still open when its dialog ends gets its final answer.</summary>
    private void EndAsked(Leg leg, int status)
    {
        if (leg.Asked.IsNone)
        {
            return;
        }

        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, leg, status, default);
        writer.Finish(default);
        Respond(leg, status, writer.Written);
    }

    private void SendBye(Leg leg, SipMessage? bye)
    {
        leg.State = LegState.Leaving;
        leg.ByeWaits = false;
        var transaction = _lane.Transactions.Reserve(SipMethod.Bye, Owner(leg.Index == CallerIndex ? LegPart.CallerBye : LegPart.CalleeBye));
        var writer = new MessageWriter(_lane.Output);
        var hops = bye is null ? 70 : Math.Max(HopsLeft(bye), 1);
        leg.Dialog.WriteRequest(ref writer, SipMethod.Bye, ++leg.Dialog.LocalSequence, hops, LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, _lane.Shown(leg.Flow)));
        if (bye is not null)
        {
            Crossing(leg).Write(ref writer, bye);
            LegMessages.Finish(ref writer, bye.First(HeaderId.ContentType), BodyCrossing.Opaque(bye));
        }
        else
        {
            writer.Finish(default);
        }

        _lane.Transactions.Send(transaction, leg.Flow, writer.Written);
    }

    private void OnByeOver(Leg? leg)
    {
        if (leg is not null)
        {
            leg.State = LegState.Ended;
            leg.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
            ForgetIfOver();
        }
    }

    // ---- answers and their absence

    /// <summary>False: the call does not wait for this answer (any more).</summary>
    public bool OnResponse(TransactionId transaction, int part, SipMessage response, in Flow flow)
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
            case LegPart.CalleeInvite or LegPart.CallerReinvite or LegPart.CalleeReinvite:
                var leg = kind == LegPart.CallerReinvite ? _caller : _callee;
                if (leg is not null && leg.Asking == transaction)
                {
                    if (kind == LegPart.CalleeInvite)
                    {
                        OnSetupResponse(response, flow);
                    }
                    else
                    {
                        OnReinviteResponse(leg, response);
                    }

                    return true;
                }

                if (leg is { State: LegState.Confirmed or LegState.Leaving } && response.Status is >= 200 and < 300 && response.CSeq == leg.AskingSequence &&
                    response[response.ToTag].SequenceEqual(leg.Dialog.RemoteTag))
                {
                    RepeatAck(leg);
                    return true;
                }

                return false;
            default:
                return false;
        }
    }

    /// <summary>No final answer came, or the request could not be delivered.</summary>
    public void OnNoResponse(TransactionId transaction, int part, NoResponse reason)
    {
        switch ((LegPart)part)
        {
            case LegPart.CallerBye:
                OnByeOver(_caller);
                break;
            case LegPart.CalleeBye:
                OnByeOver(_callee);
                break;
            case LegPart.CalleeInvite when _callee?.Asking == transaction:
                OnTargetSilent(reason);
                break;
            case LegPart.CallerReinvite when _caller.Asking == transaction:
                OnReinviteLost(_caller);
                break;
            case LegPart.CalleeReinvite when _callee?.Asking == transaction:
                OnReinviteLost(_callee);
                break;
            default:
                break;
        }
    }

    private void OnTargetSilent(NoResponse reason)
    {
        _callee!.Asking = default;
        _callee.State = LegState.Ended;
        StopTimer(ref _noAnswer);
        if (_phase != CallPhase.Setup)
        {
            ForgetIfOver();
            return;
        }

        _calleePeer?.Attempted(AttemptOutcome.Failed);
        var cause = reason == NoResponse.TimedOut ? CallCause.TargetTimedOut : CallCause.TargetUnreachable;
        var status = reason == NoResponse.TimedOut ? 408 : 503;
        if (!TryNext(status, cause))
        {
            Fail(status, default, cause);
        }
    }
}
