using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Requests;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Answers to the requests that have crossed, each taken back to the leg that asked, and answers that do not come.</content>
internal sealed partial class Call
{
    private void OnCrossingResponse(TransactionId transaction, SipMessage response)
    {
        if (response.Status < 200 || (response.Status == 422 && TryCrossLonger(transaction, response)) || TakeCrossing(transaction) is not { } crossing)
        {
            return;
        }

        if (crossing.Method == SipMethod.Bye && !IsChallengeFor(crossing.From, crossing.To, response.Status))
        {
            OnByeCrossed(crossing);
            return;
        }

        var (from, to) = (crossing.From, crossing.To);
        var isSuccess = response.Status < 300;
        var isSession = crossing.Method is SipMethod.Prack or SipMethod.Update;
        CrossedBody body = default;
        if (crossing.HasOffer && !(isSuccess && CrossAnswer(to, from, response, isFinal: to.State == LegState.Confirmed, out body) == BridgeResult.Done && body.HasDescription))
        {
            RejectOffer(from, to);
        }

        if (isSuccess && crossing.Method == SipMethod.Update)
        {
            Move(to, response, to.Flow);
            if (to.State == LegState.Confirmed)
            {
                HearSession(to, response);
            }
        }

        var isEarly = response.Status == 481 && crossing.MayBeEarly;
        var status = isEarly ? 500 : IsChallengeFor(from, to, response.Status) ? response.Status : EventMessages.FinalStatus(response.Status);
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, crossing.ResponseFields.Span, status, status == response.Status ? response[response.Reason] : default);
        if (response.Has(HeaderId.Contact) && isSuccess)
        {
            LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, from.Secret), from.Flow, _lane.Shown(from.Flow), from.Dialog.IsSips);
        }

        if (isSuccess && crossing.Method == SipMethod.Update && from.State == LegState.Confirmed)
        {
            AnswerSession(ref writer, from, crossing.Session);
        }

        if (status == response.Status)
        {
            Crossing(from).Write(ref writer, response);
            LegMessages.Finish(ref writer, response.First(HeaderId.ContentType), isSession && isSuccess ? body.Octets : BodyCrossing.Opaque(_lane, response));
        }
        else
        {
            writer.Finish(default);
        }

        Answer(crossing, writer, status);
        if (crossing.Method == SipMethod.Update && response.Status is 408 or 481 && !isEarly && to.State == LegState.Confirmed)
        {
            HangUp(CallCause.DialogLost, to, response.Status);
        }
    }

    /// <summary>Answers the one who asked; an answer that does not fit a message is a failure of ours.</summary>
    private void Answer(CrossingRequest crossing, scoped in MessageWriter written, int status)
    {
        var writer = written;
        if (writer.Overflowed)
        {
            status = 513;
            writer = new MessageWriter(_lane.Output);
            LegMessages.BeginResponse(ref writer, crossing.ResponseFields.Span, status, default);
            writer.Finish(default);
        }

        _lane.Transactions.Respond(crossing.Asked, status, writer.Written);
        crossing.Drop(_lane.Lane.Octets);
    }

    /// <summary>No answer came. RFC 4320 §4.2: a 408 to other requests than INVITE would only come too late.</summary>
    private void OnCrossingLost(TransactionId transaction, NoResponse reason)
    {
        if (TakeCrossing(transaction) is not { } crossing)
        {
            return;
        }

        if (crossing.Method == SipMethod.Bye)
        {
            OnByeCrossed(crossing);
            return;
        }

        if (crossing.HasOffer)
        {
            RejectOffer(crossing.From, crossing.To);
        }

        Refuse(crossing, reason == NoResponse.TimedOut ? 504 : 503);
        if (crossing.Method == SipMethod.Update && crossing.To.State == LegState.Confirmed)
        {
            // RFC 3261 §12.2.1.2.
            HangUp(CallCause.DialogLost, crossing.To);
        }
    }

    private void Refuse(CrossingRequest crossing, int status)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, crossing.ResponseFields.Span, status, default);
        writer.Finish(default);
        _lane.Transactions.Respond(crossing.Asked, status, writer.Written);
        crossing.Drop(_lane.Lane.Octets);
    }
}
