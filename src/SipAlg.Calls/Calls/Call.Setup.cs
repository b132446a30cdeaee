using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Setting up: what the callee answers to its INVITE, and the caller that gives up.</content>
internal sealed partial class Call
{
    private void OnSetupResponse(SipMessage response, in Flow flow)
    {
        if (response.Status < 200)
        {
            OnProvisional(response, flow);
        }
        else if (response.Status < 300)
        {
            OnAnswer(response, flow);
        }
        else
        {
            OnFailure(response);
        }
    }

    /// <summary>18x crosses as it came, with or without SDP; 100 is each hop's own (RFC 3261 §8.2.6.1).</summary>
    private void OnProvisional(SipMessage response, in Flow flow)
    {
        if (response.Status == 100)
        {
            return;
        }

        var callee = _callee!;
        if (!response.ToTag.IsEmpty)
        {
            callee.Dialog = _lane.Dialogs.FromResponse(callee.Dialog, response);
        }

        ReadOnlySpan<byte> body = default;
        if (callee.HasOffered && BodyCrossing.TryAnswer(_lane, _media, CalleeIndex, response, isFinal: false, out var crossed) == BridgeResult.Done)
        {
            body = crossed.Octets;
            callee.HasAnswer |= crossed.HasDescription;
        }

        // An 18x that fits no message can be done without.
        _ = TryRespond(_caller, response.Status, response, body);
    }

    private void OnAnswer(SipMessage response, in Flow flow)
    {
        var callee = _callee!;
        callee.Asking = default;
        callee.Dialog = _lane.Dialogs.FromResponse(callee.Dialog, response);
        callee.Flow = NextHops.Of(_lane, callee.Dialog, flow);
        callee.State = LegState.Confirmed;
        StopTimer(ref _noAnswer);
        var result = callee.HasOffered
            ? BodyCrossing.TryAnswer(_lane, _media, CalleeIndex, response, isFinal: true, out var body)
            : BodyCrossing.TryOffer(_lane, _media, CalleeIndex, response, out body);
        if (result == BridgeResult.Done && !body.HasDescription && callee.HasAnswer)
        {
            // The answer stood in an 18x, and the 2xx does not repeat it.
            _media.Agree();
        }
        else if (result != BridgeResult.Done || !body.HasDescription)
        {
            TakeBack(callee);
            Fail(result == BridgeResult.Done ? 502 : StatusOf(result), "No usable SDP in the answer"u8, result == BridgeResult.Done ? CallCause.NoSdpAnswer : CauseOf(result));
            return;
        }

        if (!TryRespond(_caller, response.Status, response, body.Octets))
        {
            TakeBack(callee);
            Fail(513, default, CallCause.MessageTooLarge);
            return;
        }

        _calleePeer?.Attempted(AttemptOutcome.Answered);
        callee.OwesAck = !callee.HasOffered;
        if (!callee.OwesAck)
        {
            SendAck(callee);
        }

        BeAnswered(response.Status);
    }

    /// <summary>The callee has answered, but nothing can be made of it.</summary>
    private void TakeBack(Leg callee)
    {
        _calleePeer?.Attempted(AttemptOutcome.Failed);
        SendAck(callee);
        SendBye(callee, null);
    }

    /// <summary>The caller has its 2xx.</summary>
    private void BeAnswered(int status)
    {
        _phase = CallPhase.Answered;
        _answered = _lane.Lane.Now;
        _record.Status = status;
        _record.Answered = _lane.Room.Time.GetUtcNow();
        _lane.Lane.Octets.Drop(ref _invite);
        if (_lane.Room.Model.Calls.MaxDuration is { } most)
        {
            StartTimer(ref _maxDuration, CallTimer.MaxDuration, (long)most.TotalMilliseconds);
        }
    }

    private void OnFailure(SipMessage response)
    {
        var callee = _callee!;
        callee.Asking = default;
        callee.State = LegState.Ended;
        StopTimer(ref _noAnswer);
        var status = FailureStatus(response.Status);
        _calleePeer?.Attempted(AttemptOutcome.Refused);
        if (response.Status < 600 && _decision.Route!.TryNextOn.Contains(status) && TryNext(status, CallCause.CalleeRefused))
        {
            return;
        }

        if (!TryRespond(_caller, status, status == response.Status ? response : null, BodyCrossing.Opaque(response)))
        {
            RefuseAsked(_caller, status, default);
        }

        End(status, CallCause.CalleeRefused);
    }

    /// <summary>
    /// What a peer's final answer is to the caller: its challenges are for us (401, 407), and so are its redirections, which are
    /// not followed.
    /// </summary>
    private static int FailureStatus(int status) => status switch
    {
        401 or 407 => 500,
        < 400 => 480,
        _ => status,
    };
    /// <summary>RFC 3261 §9.2: the caller gave up.</summary>
    public void OnCancel(TransactionId invite, SipMessage cancel)
    {
        if (_caller.Asked == invite && _phase == CallPhase.Setup)
        {
            _calleePeer?.Attempted(AttemptOutcome.Cancelled);
            CancelCallee();
            Fail(487, default, CallCause.CallerCancelled);
        }
        else
        {
            OnReinviteCancelled(invite);
        }
    }
}
