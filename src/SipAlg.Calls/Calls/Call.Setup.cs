using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Setting up: what the callee answers to its INVITE, and the caller that gives up.</content>
internal sealed partial class Call
{
    private void OnSetupResponse(Branch branch, SipMessage response, in Flow flow)
    {
        if (response.Status < 200)
        {
            OnProvisional(branch, response, flow);
        }
        else if (response.Status >= 300)
        {
            OnFailure(branch, response);
        }
        else if (branch.Answer.IsEmpty)
        {
            OnAnswer(branch, response, flow);
        }
    }

    private void OnAnswer(Branch branch, SipMessage response, in Flow flow)
    {
        var callee = LegOf(branch, response, flow)!;
        if (callee.Partner!.Provisionals is { IsPending: true, HasDescription: true })
        {
            // RFC 3262 §3: not before the PRACK of a response with SDP.
            branch.Answer = _lane.Lane.Octets.Keep(response.Octets);
            branch.AnswerFlow = flow;
            branch.NoAnswerAt = long.MaxValue;
            ArmNoAnswer();
            return;
        }

        Choose(branch, callee);
        callee.State = LegState.Confirmed;
        var result = callee.HasOffered
            ? TryFinalAnswer(callee, response, out var body)
            : TryFinalOffer(callee, response, out body);
        if (result != BridgeResult.Done || !(body.HasDescription || callee.HasAnswer))
        {
            TakeBack(callee);
            Fail(result == BridgeResult.Done ? 502 : StatusOf(result), "No usable SDP in the answer"u8, result == BridgeResult.Done ? CallCause.NoSdpAnswer : CauseOf(result));
            return;
        }

        if (_madeFor is not null)
        {
            BeTaken(branch, callee);
            return;
        }

        if (!TryRespond(_caller, response.Status, response, body.Octets))
        {
            TakeBack(callee);
            Fail(513, default, CallCause.MessageTooLarge);
            return;
        }

        branch.Peer?.Attempted(AttemptOutcome.Answered);
        NameTarget(branch.Target);
        callee.OwesAck = callee.Session == OfferAnswerState.FirstRemoteOffer;
        if (!callee.OwesAck)
        {
            SendAck(callee);
        }

        BeAnswered(response.Status);
    }

    /// <summary>The SDP of a 2xx to our offer: the answer, unless that stood in an 18x for good.</summary>
    private BridgeResult TryFinalAnswer(Leg callee, SipMessage response, out CrossedBody body)
    {
        body = default;
        var result = callee.IsAnswerFixed ? BridgeResult.Done : CrossAnswer(callee, _caller, response, isFinal: true, out body);
        if (result == BridgeResult.Done && !body.HasDescription && callee.HasAnswer)
        {
            callee.Media!.Confirm();
        }

        return result;
    }

    /// <summary>The SDP of a 2xx to an INVITE without: the offer, unless that stood in a reliable 18x and the PRACK answered it.</summary>
    private BridgeResult TryFinalOffer(Leg callee, SipMessage response, out CrossedBody body)
    {
        body = default;
        if (callee.Session == OfferAnswerState.NoSession)
        {
            return CrossOffer(callee, _caller, response, out body);
        }

        callee.HasAnswer = callee.Session == OfferAnswerState.Stable;
        callee.Media!.Confirm();
        return BridgeResult.Done;
    }

    /// <summary>The callee has answered, but nothing can be made of it.</summary>
    private void TakeBack(Leg callee)
    {
        callee.Branch!.Peer?.Attempted(AttemptOutcome.Failed);
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
        _failures.Drop(_lane.Lane.Octets);
        if (_lane.Room.Model.Calls.MaxDuration is { } most)
        {
            StartTimer(ref _maxDuration, CallTimer.MaxDuration, (long)most.TotalMilliseconds);
        }

        EndWait();
    }

    /// <summary>
    /// What a peer's final answer is to the other side: its challenges are for us (401, 407), and so are redirections that lead
    /// nowhere.
    /// </summary>
    internal static int FailureStatus(int status) => status switch
    {
        < 300 => status,
        401 or 407 => 500,
        < 400 => 480,
        _ => status,
    };

    /// <summary>RFC 3261 §9.2: the caller gave up.</summary>
    public void OnCancel(TransactionId invite, SipMessage cancel)
    {
        if (_caller.Asked == invite && _phase == CallPhase.Setup)
        {
            GiveUpAll(AttemptOutcome.Cancelled, cancel.First(HeaderId.Reason));
            Fail(487, default, CallCause.CallerCancelled);
        }
        else
        {
            OnReinviteCancelled(invite);
        }
    }
}
