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
        NoteAnswer(branch, response, flow);
        if (response.Status < 200)
        {
            OnProvisional(branch, response, flow);
        }
        else if (response.Status == 422 && TryInviteLonger(branch, response))
        {
            return;
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
        if (LegOf(branch, response, flow) is not { } callee)
        {
            OnEndedAnswer(branch, response, flow);
            return;
        }

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
        NoteTarget(branch.Facts);
        callee.State = LegState.Confirmed;
        var described = DescribedBy(callee, response);
        _lane.Lane.Octets.Drop(ref callee.Request);
        var result = callee.HasOffered
            ? TryFinalAnswer(callee, described, out var body)
            : TryFinalOffer(callee, response, out body);
        if (result != BridgeResult.Done || !(body.HasDescription || HasSession(callee)))
        {
            TakeBack(callee);
            var isBad = result is BridgeResult.Done or BridgeResult.Malformed;
            Fail(isBad ? 502 : StatusOf(result), default, isBad ? CallCause.NoSdpAnswer : CauseOf(result));
            return;
        }

        if (_madeFor is not null)
        {
            HearSession(callee, response);
            BeTaken(branch, callee);
            return;
        }

        if (!TryRespond(_caller, response.Status, response, body.Octets, body.HasDescription ? described.First(HeaderId.ContentType) : default))
        {
            TakeBack(callee);
            Fail(513, default, CallCause.MessageTooLarge);
            return;
        }

        _lane.Lane.Octets.Drop(ref callee.Answer);
        branch.Peer?.Answered(_lane.Lane.Now - branch.AskedAt);
        NameTarget(branch.Target);
        _record.Sent = new SentNumbers(branch.List.Decision.Caller, branch.List.Decision.Called);
        callee.OwesAck = callee.Session == OfferAnswerState.FirstRemoteOffer;
        if (!callee.OwesAck)
        {
            SendAck(callee);
        }

        HearSession(callee, response);
        BeAnswered(response.Status);
    }

    /// <summary>
    /// The 2xx crossed the BYE by which the caller ended this early dialog. Who forked the INVITE cancels the others now (RFC 3261 §16.7),
    /// so there is nobody left to answer but the other targets that ring.
    /// </summary>
    private void OnEndedAnswer(Branch branch, SipMessage response, in Flow flow)
    {
        _lane.Transactions.KeepSequence(branch.Asking, branch.LastSequence);
        StrayAnswers.OnResponse(_lane, branch.Asking, LegPart.CalleeInvite, response, flow);
        EndBranch(branch, AttemptOutcome.Cancelled);
        if (_branches is null)
        {
            Fail(487, default, CallCause.CallerCancelled);
        }
    }

    /// <summary>What holds the callee's SDP: its 2xx, or an 18x before it that had the answer for good, or alone.</summary>
    private static SipMessage DescribedBy(Leg callee, SipMessage response) =>
        !callee.Answer.IsEmpty && (callee.IsAnswerFixed || !BodyCrossing.HasDescription(response)) ? Parsed(callee.Answer) : response;

    /// <summary>The answer to our offer, for the 2xx to the caller; nothing where that had it reliably (RFC 3261 §13.2.1: one answer).</summary>
    private BridgeResult TryFinalAnswer(Leg callee, SipMessage described, out CrossedBody body)
    {
        body = default;
        if (!_caller.IsAnswerFixed)
        {
            return CrossAnswer(callee, _caller, described, isFinal: true, out body);
        }

        if (_caller.AnsweredBy != callee)
        {
            // The caller took another early dialog's answer for this one's; the media at least are right.
            return CrossAnswer(callee, _caller, described, isFinal: true, out _);
        }

        if (!callee.IsAnswerFixed)
        {
            Step(callee, OfferAnswerEvent.AnswerReceived);
        }

        callee.Media!.Confirm();
        return BridgeResult.Done;
    }

    /// <summary>A first exchange has been done, be another one open by now or not.</summary>
    private static bool HasSession(Leg leg) => leg.Session is OfferAnswerState.Stable or OfferAnswerState.LocalOffer or OfferAnswerState.RemoteOffer;

    /// <summary>The SDP of a 2xx to an INVITE without: the offer, unless that stood in a reliable 18x and the PRACK answered it.</summary>
    private BridgeResult TryFinalOffer(Leg callee, SipMessage response, out CrossedBody body)
    {
        body = default;
        if (callee.Session == OfferAnswerState.NoSession)
        {
            return CrossOffer(callee, _caller, response, out body);
        }

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

        // RFC 3262 §3: a reliable 18x that may go without its PRACK is not sent again behind the final answer.
        StopTimer(ref _provisional);
        _record.Status = status;
        _record.Answered = TimeOfDay;
        _lane.Room.Watch?.Answered(_record);
        _lane.Lane.Octets.Drop(ref _invite);
        _failures.Drop(_lane.Lane.Octets);
        if (_lane.Room.Model.Calls.MaxDuration is { } most)
        {
            StartTimer(ref _maxDuration, CallTimer.MaxDuration, (long)most.TotalMilliseconds);
        }

        AwaitMedia();
        ArmSeries();
        BeginToPay(_callee?.Branch?.List);
        EndWait();
    }

    /// <summary>
    /// What a peer's final answer is to the other side: its challenges are for us (401, 407), and so are redirections that lead
    /// nowhere and what it has to say of the session's time on its leg (422).
    /// </summary>
    internal static int FailureStatus(int status) => status switch
    {
        < 300 => status,
        401 or 407 or 422 => 500,
        < 400 => 480,
        _ => status,
    };

    /// <summary>RFC 3261 §9.2: the caller gave up.</summary>
    public override void OnCancel(TransactionId invite, SipMessage cancel)
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
