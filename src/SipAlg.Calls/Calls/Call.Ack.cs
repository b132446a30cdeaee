using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Our 2xx and its ACK, their 2xx and ours.</content>
internal sealed partial class Call
{
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
        StartTimer(ref timer, leg.Index == CallerIndex ? CallTimer.CallerSuccess : CallTimer.CalleeSuccess, Math.Min(leg.SuccessInterval, leg.SuccessDeadline - _lane.Lane.Now));
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
            else if (leg.State == LegState.Ended)
            {
                ForgetIfOver();
            }
            else
            {
                HangUp(CallCause.AckMissing, leg);
            }

            return;
        }

        _lane.Lane.Counters.Retransmitted(leg.Flow.Listener);
        _lane.Transactions.Respond(leg.SuccessTransaction, 200, leg.Success.Span);
        leg.SuccessInterval = Math.Min(leg.SuccessInterval * 2, _lane.Transactions.Times.T2);
        ArmSuccess(leg);
    }

    public override void OnAck(DialogEnd end, SipMessage ack)
    {
        var leg = (Leg)end;
        if (leg.Success.IsEmpty || ack.CSeq != leg.AskedSequence)
        {
            return;
        }

        leg.HasAcknowledged = true;
        leg.DropSuccess(_lane.Lane.Octets, _lane.Lane.Timers);
        _service?.Begin();
        if (leg.Partner is { OwesAck: true } other)
        {
            PassAnswer(leg, other, ack);
        }

        if (leg.ByeWaits)
        {
            SendBye(leg, null);
        }
        else if (leg.State == LegState.Ended)
        {
            ForgetIfOver();
        }
    }

    /// <summary>The ACK brings the answer to the other side's offer (RFC 3261 §13.2.1, an INVITE without SDP).</summary>
    private void PassAnswer(Leg from, Leg to, SipMessage ack)
    {
        to.OwesAck = false;
        var result = CrossAnswer(from, to, ack, isFinal: true, out var body);
        SendAck(to, to.AskingSequence, body.Octets, ack.First(HeaderId.ContentType));
        if (result != BridgeResult.Done || !body.HasDescription)
        {
            HangUp(result == BridgeResult.NoSrtp ? CallCause.NoSrtp : CallCause.NoSdpAnswer);
        }
    }

    /// <summary>RFC 3261 §13.2.2.4: the ACK of a 2xx is a request of its own in the dialog.</summary>
    private void SendAck(Leg leg, uint sequence, ReadOnlySpan<byte> body, ReadOnlySpan<byte> contentType)
    {
        var writer = new MessageWriter(_lane.Output);
        leg.Dialog.WriteRequest(ref writer, SipMethod.Ack, sequence, 70, LegMessages.AckViaOf(_lane.Transactions, leg.Dialog, sequence, leg.Flow, _lane.Shown(leg.Flow)));
        if (sequence == leg.AskingSequence)
        {
            writer.Write(leg.Credentials.Span);
        }

        LegMessages.Finish(ref writer, contentType, body);
        if (!body.IsEmpty)
        {
            _lane.Lane.Octets.Drop(ref leg.Ack);
            leg.Ack = _lane.Lane.Octets.Keep(writer.Written);
            leg.AckSequence = sequence;
        }

        _lane.Transactions.SendAck(leg.Flow, writer.Written, Trace);
    }

    private void SendAck(Leg leg) => SendAck(leg, leg.AskingSequence, default, default);

    /// <summary>Their 2xx once more, to the last INVITE or to one before it: the ACK was lost.</summary>
    private void RepeatAck(Leg leg, uint sequence)
    {
        if (!leg.Ack.IsEmpty && leg.AckSequence == sequence)
        {
            _lane.Transactions.SendAck(leg.Flow, leg.Ack.Span, Trace);
        }
        else if (!leg.OwesAck || sequence != leg.AskingSequence)
        {
            SendAck(leg, sequence, default, default);
        }
    }
}
