using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>BYE: ending a call on both legs.</content>
internal sealed partial class Call
{
    public void OnBye(Leg leg, TransactionId transaction, SipMessage bye, in Flow flow)
    {
        var status = WhyNotBye(leg, bye);
        if (status == 200 && MayBeChallenged(leg))
        {
            leg.Dialog.RemoteSequence = bye.CSeq;
            Cross(leg, leg.Partner!, transaction, bye, flow, SipMethod.Bye);
            return;
        }

        _lane.Transactions.Reply(transaction, bye, flow, status);
        if (status == 200)
        {
            leg.Dialog.RemoteSequence = bye.CSeq;
            EndByBye(leg, bye);
        }
    }

    /// <summary>The far side of a leg has hung up, and has its answer.</summary>
    /// <param name="leg">Whose.</param>
    /// <param name="bye">Goes on to the other side; null where that has heard.</param>
    private void EndByBye(Leg leg, SipMessage? bye)
    {
        if (leg.State == LegState.Early)
        {
            OnEarlyBye(leg);
            return;
        }

        EndAsked(leg, 487);
        GiveUpAsking(leg);
        leg.State = LegState.Ended;
        leg.ByeWaits = false;
        leg.DropButSuccess(_lane.Lane.Octets, _lane.Lane.Timers);
        if (HasDeparted(leg))
        {
            // Nobody sends its 2xx again, so nobody gives that up.
            leg.DropSuccess(_lane.Lane.Octets, _lane.Lane.Timers);
        }

        if (_transfer?.By == leg)
        {
            EndReinvites(leg);
        }

        if (HasDeparted(leg) || _transfer?.By == leg)
        {
            // The others talk, or will: who has asked to be replaced may go without waiting for it (RFC 5589 §6.1).
            ForgetIfOver();
            return;
        }

        if (_phase == CallPhase.Answered)
        {
            Close(leg.Index == CallerIndex ? CallCause.CallerHungUp : CallCause.CalleeHungUp);
        }

        if (leg.Partner is { } other)
        {
            Leave(other, bye);
        }

        ForgetIfOver();
    }

    /// <summary>
    /// RFC 3261 §15: the caller's BYE ends an early dialog alone while others of its INVITE go on; with the last of them the INVITE
    /// ends (§15.1.2).
    /// </summary>
    private void OnEarlyBye(Leg leg)
    {
        var isLast = true;
        for (var other = _caller; other is not null; other = other.Next)
        {
            isLast &= other == leg || other.Partner is null;
        }

        if (isLast)
        {
            GiveUpAll(AttemptOutcome.Cancelled);
            Fail(487, default, CallCause.CallerCancelled);
            return;
        }

        if (leg.Partner is { } callee)
        {
            _lane.Transactions.TryClaim(callee.Branch!.Asking, callee.Dialog.RemoteTag);
            SendOwn(callee, SipMethod.Bye, 0);
            EndEarly(callee);
        }

        leg.HasAnswer = true;
        leg.State = LegState.Ended;
        leg.Terminate();
        leg.Provisionals?.Drop(_lane.Lane.Octets);
        ArmProvisionals();
    }

    /// <summary>RFC 3261 §15: the callee may not end an early dialog by BYE; §12.2.2: 500 for what comes out of order.</summary>
    private static int WhyNotBye(Leg leg, SipMessage bye)
    {
        if (leg.State == LegState.Ended || (leg.State == LegState.Early && leg.Index == CalleeIndex))
        {
            return 481;
        }

        return bye.CSeq < leg.Dialog.RemoteSequence ? 500 : 200;
    }

    /// <summary>Our INVITE that is open when its dialog ends is cancelled, and nobody waits for its answer.</summary>
    private void GiveUpAsking(Leg leg)
    {
        _lane.Transactions.TryCancel(leg.Asking);
        leg.Asking = default;
        leg.DropOwn(_lane.Lane.Octets, _lane.Lane.Timers);
        _lane.Lane.Octets.Drop(ref leg.Request);
        StepClock(leg, SessionTimerEvent.Ended);
    }

    /// <summary>Ends the call from our side.</summary>
    public override void HangUp(CallCause cause)
    {
        switch (_phase)
        {
            case CallPhase.Setup:
                GiveUpAll(AttemptOutcome.Cancelled);
                Fail(cause is CallCause.GatewayStopped or CallCause.DrainDeadline ? 503 : 480, default, cause);
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
        GiveUpAsking(leg);
        if (leg.OwesAck)
        {
            leg.OwesAck = false;
            SendAck(leg);
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

    private void SendBye(Leg leg, SipMessage? bye)
    {
        leg.State = LegState.Leaving;
        leg.ByeWaits = false;
        var writer = new MessageWriter(_lane.Output);
        leg.Bye = BeginOwn(ref writer, leg, SipMethod.Bye, ByePartOf(leg), bye is null ? 70 : Math.Max(HopsLeft(bye), 1));
        var fields = writer.Length;
        if (bye is not null)
        {
            Crossing(leg).Write(ref writer, bye);
            LegMessages.Finish(ref writer, bye.First(HeaderId.ContentType), BodyCrossing.Opaque(_lane, bye));
        }

        if (bye is null || writer.Overflowed)
        {
            writer.Rewind(fields);
            WriteExpiry(ref writer);
            writer.Finish(default);
        }

        _lane.ClientRequests.Send(leg.Bye, leg, _lane.Output.AsSpan(0, writer.Length), FixesTransport(leg));
    }

    /// <summary>The leg's connection is gone, but not its far side: the BYE goes out once more over a new one.</summary>
    private bool TryByeAnew(Leg leg, NoResponse reason)
    {
        if (reason != NoResponse.TransportFailed || leg.State != LegState.Leaving || leg.Flow.Connection == 0 || !NextHops.TryAnew(_lane, leg.Dialog, leg.Flow, out var flow))
        {
            return false;
        }

        leg.Flow = flow;
        SendBye(leg, null);
        return true;
    }

    private void OnByeOver(Leg? leg)
    {
        if (leg is not null)
        {
            leg.State = LegState.Ended;
            leg.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
            if (leg.Reports is { } reports)
            {
                TellReport(leg, reports);
            }

            ForgetIfOver();
        }
    }
}
