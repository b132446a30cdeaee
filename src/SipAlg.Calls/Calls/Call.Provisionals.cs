using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>
/// Provisional responses: they cross with their SDP, reliably where both sides can (RFC 3262: the caller's PRACK goes on to the
/// callee), and reliably on one leg where only that side wants it.
/// </content>
internal sealed partial class Call
{
    /// <summary>Of one early dialog; what comes beyond is lost to the caller.</summary>
    private const int MostWaiting = 8;

    /// <summary>18x crosses as it came, with or without SDP; 100 is each hop's own (RFC 3261 §8.2.6.1).</summary>
    private void OnProvisional(Branch branch, SipMessage response, in Flow flow)
    {
        if (_madeFor is not null && response.Status > 100)
        {
            OnAttemptProgress(response.Status);
        }

        if (response.Status == 100 || !branch.Answer.IsEmpty || LegOf(branch, response, flow) is not { } leg)
        {
            return;
        }

        var number = response.Lists(HeaderId.Require, "100rel"u8) ? RAck.ParseRSeq(response.First(HeaderId.RSeq)) : 0;
        if (number != 0)
        {
            if (leg.ReliableSeen != 0 && number != leg.ReliableSeen + 1)
            {
                // RFC 3262 §4: a repetition, or one before which another was lost.
                return;
            }

            leg.ReliableSeen = number;
        }

        PassProvisional(leg, response, flow, number);
    }

    /// <param name="leg">The callee's.</param>
    /// <param name="response">18x.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="number">Its RSeq; 0 if it is not reliable.</param>
    private void PassProvisional(Leg leg, SipMessage response, in Flow flow, uint number)
    {
        var caller = leg.Partner!;
        var isReliable = caller.Requires.HasFlag(SipExtensions.Reliable) || (number != 0 && caller.Supports.HasFlag(SipExtensions.Reliable));
        if (isReliable && caller.Provisionals is { IsPending: true } before)
        {
            if (before.WaitingCount < MostWaiting)
            {
                before.Wait(leg, _lane.Lane.Octets.Keep(response.Octets), flow);
            }

            return;
        }

        var body = ProvisionalBody(leg, response, number != 0, out var hasDescription);
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, caller, response.Status, response[response.Reason]);
        if (isReliable)
        {
            caller.Provisionals ??= new ReliableProvisionals((uint)(_lane.Lane.Secrets.Next() & 0x3FFFFFFF) + 1);
            writer.Write("Require: 100rel\r\n"u8);
            writer.Field("RSeq"u8, caller.Provisionals.NextSequence);
        }

        FinishResponse(ref writer, caller, response.Status, response, body, response.First(HeaderId.ContentType));
        if (writer.Overflowed)
        {
            // An 18x that fits no message can be done without, but not its PRACK.
            Acknowledge(leg, number);
            return;
        }

        caller.Establish(_lane.Counters);
        _lane.Transactions.Respond(caller.Asked, response.Status, writer.Written);
        if (isReliable)
        {
            if (hasDescription && leg.HasOffered)
            {
                caller.IsAnswerFixed = true;
                Step(caller, OfferAnswerEvent.AnswerSent);
            }

            var times = _lane.Transactions.Times;
            caller.Provisionals!.Sent(_lane.Lane.Octets, writer.Written, response.Status, hasDescription, (number != 0 ? leg : null, number), _lane.Lane.Now, (times.T1, times.Timeout));
            ArmProvisionals();
        }
        else
        {
            Acknowledge(leg, number);
        }
    }

    /// <summary>
    /// SDP in an 18x answers our offer, as long as the answer may still change; in a reliable one to an INVITE without SDP it is an
    /// offer (RFC 3262 §5). Else it stays behind.
    /// </summary>
    private ReadOnlySpan<byte> ProvisionalBody(Leg leg, SipMessage response, bool isReliable, out bool hasDescription)
    {
        hasDescription = false;
        var caller = leg.Partner!;
        CrossedBody body;
        if (leg.HasOffered && BodyCrossing.HasDescription(response) && !leg.IsAnswerFixed)
        {
            KeepAnswer(leg, response, isReliable);
            if (caller.IsAnswerFixed || (caller.AnsweredBy is { } other && other != leg) || PreviewAnswer(leg, caller, response, out body) != BridgeResult.Done)
            {
                // A caller that takes one dialog only, or has its one answer for good.
                return default;
            }

            leg.HasAnswer = caller.HasAnswer = true;
            caller.AnsweredBy = leg;
        }
        else if (leg.HasOffered || !isReliable || !caller.Supports.HasFlag(SipExtensions.Reliable) || CrossOffer(leg, caller, response, out body) != BridgeResult.Done)
        {
            return BodyCrossing.Opaque(_lane, response);
        }

        hasDescription = body.HasDescription;
        return body.Octets;
    }

    /// <summary>
    /// For a 2xx without SDP to a caller that has not had the answer reliably: there it must stand again (RFC 3261 §13.2.1). One that came
    /// reliably does not change any more.
    /// </summary>
    private void KeepAnswer(Leg leg, SipMessage response, bool isReliable)
    {
        _lane.Lane.Octets.Drop(ref leg.Answer);
        leg.Answer = _lane.Lane.Octets.Keep(response.Octets);
        if (isReliable)
        {
            leg.IsAnswerFixed = true;
            Step(leg, OfferAnswerEvent.AnswerReceived);
        }
    }

    /// <summary>The PRACK that the caller will not bring: its side does without (RFC 3262 §4).</summary>
    private void Acknowledge(Leg leg, uint number)
    {
        if (number != 0)
        {
            SendOwn(leg, SipMethod.Prack, number);
        }
    }

    private void ArmProvisionals()
    {
        var first = long.MaxValue;
        for (var leg = _caller; leg is not null; leg = leg.Next)
        {
            if (leg.Provisionals is { IsPending: true } provisionals)
            {
                first = Math.Min(first, provisionals.Due);
            }
        }

        if (first == long.MaxValue)
        {
            StopTimer(ref _provisional);
        }
        else
        {
            StartTimer(ref _provisional, CallTimer.Provisional, first - _lane.Lane.Now);
        }
    }

    /// <summary>RFC 3262 §3: the response again at doubling intervals; after 64·T1 without a PRACK the INVITE is refused.</summary>
    private void OnProvisionalTimer()
    {
        for (var leg = _caller; leg is not null; leg = leg.Next)
        {
            if (leg.Provisionals is not { IsPending: true } provisionals || provisionals.Due > _lane.Lane.Now)
            {
                continue;
            }

            if (provisionals.Deadline <= _lane.Lane.Now)
            {
                GiveUpAll(Peers.AttemptOutcome.Cancelled);
                Fail(504, "No PRACK"u8, CallCause.PrackMissing);
                return;
            }

            _lane.Lane.Counters.Retransmitted(leg.Flow.Listener);
            _lane.Transactions.Respond(leg.Asked, provisionals.Status, provisionals.Octets);
            provisionals.SentAgain(_lane.Lane.Now);
        }

        ArmProvisionals();
    }

    /// <summary>A PRACK of the caller: it goes on to the callee where its response was reliable too, else it is ours to answer.</summary>
    private void OnPrack(Leg leg, TransactionId transaction, SipMessage prack, in Flow flow)
    {
        if (leg.Provisionals is not { } provisionals || !RAck.TryParse(prack.First(HeaderId.RAck), out var rack) ||
            !provisionals.TryAcknowledge(_lane.Lane.Octets, rack, leg.AskedSequence))
        {
            // RFC 3262 §3.
            _lane.Transactions.Reply(transaction, prack, flow, 481);
            return;
        }

        var callee = provisionals.Crossing is { State: LegState.Early or LegState.Confirmed } one ? one : null;
        var status = !BodyCrossing.IsKnown(prack) ? 415 : BodyCrossing.HasDescription(prack) && !IsAnswer(leg, prack) ? WhyNotOffer(leg) : 0;
        if (status != 0)
        {
            // The body cannot be read, or its offer crossed one of the callee's; what it came with is acknowledged all the same.
            RefuseRequest(transaction, prack, flow, status);
            if (callee is not null)
            {
                SendOwn(callee, SipMethod.Prack, provisionals.CrossingNumber);
            }
        }
        else if (callee is not null)
        {
            Cross(leg, callee, transaction, prack, flow, SipMethod.Prack);
        }
        else if (!prack.Body.IsEmpty && leg.Partner is { } other && other.Allows.Has(SipMethod.Update))
        {
            // The callee knows no PRACK, but can take an offer.
            Cross(leg, other, transaction, prack, flow, SipMethod.Update);
        }
        else
        {
            _lane.Transactions.Reply(transaction, prack, flow, prack.Body.IsEmpty ? 200 : 488);
        }

        PassWaiting(leg);
    }

    /// <summary>What the callee said while the caller owed a PRACK.</summary>
    private void PassWaiting(Leg caller)
    {
        while (_phase == CallPhase.Setup && caller.Provisionals is { IsPending: false } provisionals && provisionals.TryNext(out var waiting))
        {
            var octets = waiting.Octets;
            var response = Parsed(octets);
            _lane.Lane.Octets.Drop(ref octets);
            if (waiting.From.State == LegState.Early && waiting.From.Partner == caller)
            {
                PassProvisional(waiting.From, response, waiting.Flow, response.Lists(HeaderId.Require, "100rel"u8) ? RAck.ParseRSeq(response.First(HeaderId.RSeq)) : 0);
            }
        }

        if (_phase == CallPhase.Setup && caller.Provisionals is { IsPending: false } && caller.Partner?.Branch is { Answer.IsEmpty: false } branch)
        {
            var answer = branch.Answer;
            branch.Answer = default;
            OnAnswer(branch, Parsed(answer), branch.AnswerFlow);
            _lane.Lane.Octets.Drop(ref answer);
        }

        if (_phase == CallPhase.Setup)
        {
            ArmProvisionals();
        }
    }
}
