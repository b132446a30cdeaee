using SipAlg.Calls.Bodies;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Requests;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>
/// Requests in a dialog other than INVITE, ACK and BYE: each goes on to the leg's partner, and the answer comes back. Offers in
/// PRACK and UPDATE are taken along.
/// </content>
internal sealed partial class Call
{
    private CrossingRequest? _crossings;

    public override MethodSet AllowedFrom(DialogEnd end) => ((Leg)end).Partner?.Allows ?? default;

    /// <summary>A request in a dialog of this call, but for ACK and OPTIONS.</summary>
    public override void OnRequest(DialogEnd end, TransactionId transaction, SipMessage request, in Flow flow)
    {
        var leg = (Leg)end;
        switch (request.Method)
        {
            case SipMethod.Invite:
                OnReinvite(leg, transaction, request, flow);
                break;
            case SipMethod.Bye:
                OnBye(leg, transaction, request, flow);
                break;
            case var _ when WhyNotCrossing(leg, request) is var status and not 0:
                RefuseRequest(transaction, request, flow, status);
                break;
            case SipMethod.Prack:
                leg.Dialog.RemoteSequence = request.CSeq;
                OnPrack(leg, transaction, request, flow);
                break;
            case SipMethod.Update:
                leg.Dialog.RemoteSequence = request.CSeq;
                OnUpdate(leg, transaction, request, flow);
                break;
            case SipMethod.Refer:
                leg.Dialog.RemoteSequence = request.CSeq;
                OnRefer(leg, transaction, request, flow);
                break;
            case SipMethod.Subscribe when TrySubscribe(leg, transaction, request, flow):
                leg.Dialog.RemoteSequence = request.CSeq;
                break;
            default:
                leg.Dialog.RemoteSequence = request.CSeq;
                OnOther(leg, transaction, request, flow);
                break;
        }
    }

    /// <summary>RFC 3261 §12.2.2: 481 outside a dialog that stands, 500 for what comes out of order.</summary>
    private static int WhyNotCrossing(Leg leg, SipMessage request) =>
        leg.State is not (LegState.Early or LegState.Confirmed) ? 481 :
        request.CSeq < leg.Dialog.RemoteSequence ? 500 :
        request.MaxForwards == 0 ? 483 : 0;

    private void OnUpdate(Leg leg, TransactionId transaction, SipMessage update, in Flow flow)
    {
        var status = !BodyCrossing.IsKnown(update) ? 415 :
            BodyCrossing.HasDescription(update) ? IsChanging ? 491 : WhyNotOffer(leg) :
            leg.IsUpdating ? 500 : 0;
        if (status == 0 && leg.State == LegState.Confirmed && SessionRequest.Of(update).IsTooShort)
        {
            status = 422;
        }

        if (status != 0)
        {
            RefuseRequest(transaction, update, flow, status);
            return;
        }

        if (_service is not null && BodyCrossing.HasDescription(update))
        {
            OnServiceUpdate(leg, transaction, update, flow);
            return;
        }

        Move(leg, update, flow);
        if (IsOfLegAlone(leg, update))
        {
            AnswerUpdate(leg, transaction, update, flow);
            return;
        }

        OnOther(leg, transaction, update, flow);
    }

    /// <summary>RFC 3311 §5.1: UPDATE and its 2xx move the target, as a re-INVITE does.</summary>
    private void Move(Leg leg, SipMessage message, in Flow known)
    {
        leg.Dialog = _lane.Dialogs.WithTarget(leg.Dialog, message);
        leg.Flow = NextHops.Of(_lane, leg.Dialog, known);
    }

    private void OnOther(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (TryTakeDigit(leg, transaction, request, flow))
        {
            return;
        }

        if (_service is not null || request.Method is SipMethod.Register or SipMethod.Publish)
        {
            _lane.RefuseMethod(transaction, request, flow);
        }
        else if (EventBodies.IsHidden(request))
        {
            _lane.RefuseBody(transaction, request, flow);
        }
        else if (leg.Partner is { State: LegState.Early or LegState.Confirmed, Dialog.RemoteTag.IsEmpty: false } other)
        {
            Cross(leg, other, transaction, request, flow, request.Method);
        }
        else
        {
            // The dialog stands, but there is nobody behind it now.
            RefuseRequest(transaction, request, flow, 500);
        }
    }

    /// <summary>Sends a request of one leg on to the other.</summary>
    /// <param name="from">Who asks.</param>
    /// <param name="to">Who is asked.</param>
    /// <param name="transaction">The request's.</param>
    /// <param name="request">The request.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="method">As it goes on: another one where the far side does not know the one that came.</param>
    private void Cross(Leg from, Leg to, TransactionId transaction, SipMessage request, in Flow flow, SipMethod method)
    {
        var isSession = request.Method is SipMethod.Prack or SipMethod.Update;
        var isAnswer = IsAnswer(from, request);
        if (isSession && !isAnswer && to.State == LegState.Early)
        {
            (to.Branch ?? from.Branch)?.KeepOffer();
        }

        CrossedBody body = default;
        var result = !isSession ? BridgeResult.Done :
            isAnswer ? CrossAnswer(from, to, request, isFinal: false, out body) : CrossOffer(from, to, request, out body);
        if (result != BridgeResult.Done)
        {
            from.Media?.Reject();
            ReportNoPorts(result, _record.ToRealm ?? "");
            RefuseRequest(from, transaction, request, flow, result);
            return;
        }

        var hasOffer = isSession && body.HasDescription && !isAnswer;
        if (body.HasDescription)
        {
            to.IsAnswerFixed = from.IsAnswerFixed = true;
        }

        var asking = _lane.Transactions.Reserve(method, Owner(LegPart.Crossing));
        var crossing = new CrossingRequest(from, to, transaction, asking, request.Method, hasOffer)
        {
            ResponseFields = LegMessages.KeepResponseFields(_lane.Lane.Octets, _lane.Output, request, flow, default),
            Session = SessionRequest.Of(request),
            MayBeEarly = !to.Success.IsEmpty,
        };
        var octets = body.Octets;
        var length = 0;
        var status = isSession ? 0 : EventBodies.Cross(_lane, request, new BodyReader(HostTowards(to), ReaderOf(to)), out octets);
        if (status != 0 || !TryWrite(from, to, asking, request, method, octets, out length))
        {
            _lane.Transactions.Abandon(asking);
            if (hasOffer)
            {
                RejectOffer(from, to);
            }

            Refuse(crossing, status != 0 ? status : 513);
            return;
        }

        from.IsUpdating |= hasOffer;
        if (method == SipMethod.Update && AskedInterval(to) != 0)
        {
            crossing.Request = _lane.Lane.Octets.Keep(_lane.Output.AsSpan(0, length));
        }

        _lane.Transactions.Adopt(transaction, Owner(LegPart.Crossing));
        crossing.Next = _crossings;
        _crossings = crossing;
        LargeRequests.Send(_lane, asking, to.Flow, _lane.Output.AsSpan(0, length), to.Peer?.Peer.LargeRequests ?? Model.LargeRequests.Auto, FixesTransport(to));
    }

    /// <summary>A PRACK answers the offer of the reliable response that it acknowledges (RFC 3262 §5), and no other.</summary>
    private static bool IsAnswer(Leg from, SipMessage request) => request.Method == SipMethod.Prack && from.Session == OfferAnswerState.FirstLocalOffer;

    private bool TryWrite(Leg from, Leg to, TransactionId asking, SipMessage request, SipMethod method, scoped ReadOnlySpan<byte> body, out int length)
    {
        var name = method == SipMethod.Unknown ? request[request.MethodText] : SipMethods.Name(method);
        var shown = _lane.Shown(to.Flow);
        var writer = new MessageWriter(_lane.Output);
        to.Dialog.WriteRequest(ref writer, name, ++to.Dialog.LocalSequence, HopsLeft(request), LegMessages.ViaOf(_lane.Transactions, asking, to.Flow, shown));
        if (method == SipMethod.Prack)
        {
            WriteRAck(ref writer, to, from.Provisionals!.CrossingNumber);
        }
        else if (request.Has(HeaderId.Contact))
        {
            LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, to.Secret), to.Flow, shown);
        }

        if (method == SipMethod.Update)
        {
            LegMessages.WriteAllow(ref writer, AllowedTowards(to));
            LegMessages.WriteSupported(ref writer, isReliable: false);
            if (to.State == LegState.Confirmed)
            {
                WriteSession(ref writer, to);
            }
        }

        (Crossing(to) with { EventId = EventIdTowards(to, request) }).Write(ref writer, request);
        LegMessages.Finish(ref writer, request.First(HeaderId.ContentType), body);
        length = writer.Length;
        to.Dialog.LocalSequence -= writer.Overflowed ? 1u : 0;
        return !writer.Overflowed;
    }

    /// <summary>RFC 3262 §7.2.</summary>
    private static void WriteRAck(ref MessageWriter writer, Leg to, uint response)
    {
        writer.Write("RAck: "u8);
        writer.Write(response);
        writer.Write((byte)' ');
        writer.Write(to.AskingSequence);
        writer.Write(" INVITE\r\n"u8);
    }

    private void OnCrossingResponse(TransactionId transaction, SipMessage response)
    {
        if (response.Status < 200 || (response.Status == 422 && TryCrossLonger(transaction, response)) || TakeCrossing(transaction) is not { } crossing)
        {
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
        var status = isEarly ? 500 : EventMessages.FinalStatus(response.Status);
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, crossing.ResponseFields.Span, status, status == response.Status ? response[response.Reason] : default);
        if (response.Has(HeaderId.Contact) && isSuccess)
        {
            LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, from.Secret), from.Flow, _lane.Shown(from.Flow));
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
            HangUp(CallCause.DialogLost);
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

        if (crossing.HasOffer)
        {
            RejectOffer(crossing.From, crossing.To);
        }

        Refuse(crossing, reason == NoResponse.TimedOut ? 504 : 503);
        if (crossing.Method == SipMethod.Update && crossing.To.State == LegState.Confirmed)
        {
            // RFC 3261 §12.2.1.2.
            HangUp(CallCause.DialogLost);
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

    private CrossingRequest? TakeCrossing(TransactionId transaction)
    {
        CrossingRequest? before = null;
        for (var crossing = _crossings; crossing is not null; before = crossing, crossing = crossing.Next)
        {
            if (crossing.Asking == transaction)
            {
                Unlink(before, crossing);
                return crossing;
            }
        }

        return null;
    }

    private void Unlink(CrossingRequest? before, CrossingRequest crossing)
    {
        if (before is null)
        {
            _crossings = crossing.Next;
        }
        else
        {
            before.Next = crossing.Next;
        }

        crossing.From.IsUpdating &= !crossing.HasOffer;
    }

    /// <summary>Requests from or to a dialog that has ended: who asked hears that it is gone.</summary>
    private void DropCrossings(Leg leg)
    {
        CrossingRequest? before = null;
        for (var crossing = _crossings; crossing is not null; crossing = crossing.Next)
        {
            if (crossing.From == leg || crossing.To == leg)
            {
                Unlink(before, crossing);
                Refuse(crossing, 481);
            }
            else
            {
                before = crossing;
            }
        }
    }

    /// <summary>A leg goes over to another call: what is under way is to be asked there once more.</summary>
    private void AbandonCrossings()
    {
        for (; _crossings is { } crossing; _crossings = crossing.Next)
        {
            crossing.From.IsUpdating &= !crossing.HasOffer;
            Refuse(crossing, 500);
        }
    }

    private void DropCrossings()
    {
        for (; _crossings is { } crossing; _crossings = crossing.Next)
        {
            Refuse(crossing, 481);
        }
    }

    /// <summary>Sends a request of our own, whose answer changes nothing: a PRACK, or the BYE of an early dialog.</summary>
    private void SendOwn(Leg leg, SipMethod method, uint acknowledged)
    {
        var transaction = _lane.Transactions.Reserve(method, Owner(LegPart.Own));
        var writer = new MessageWriter(_lane.Output);
        leg.Dialog.WriteRequest(ref writer, SipMethods.Name(method), ++leg.Dialog.LocalSequence, 70, LegMessages.ViaOf(_lane.Transactions, transaction, leg.Flow, _lane.Shown(leg.Flow)));
        if (method == SipMethod.Prack)
        {
            WriteRAck(ref writer, leg, acknowledged);
        }

        writer.Finish(default);
        _lane.Transactions.Send(transaction, leg.Flow, writer.Written);
    }

    /// <summary>Refuses a request of theirs in a dialog since its description cannot be taken to the other side.</summary>
    private void RefuseRequest(Leg leg, TransactionId transaction, SipMessage request, in Flow flow, BridgeResult result)
    {
        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, request, flow, StatusOf(result), default, default);
        WriteWarning(ref writer, leg, CauseOf(result));
        writer.Finish(default);
        _lane.Transactions.Respond(transaction, StatusOf(result), writer.Written);
    }

    /// <summary>Refuses a request of theirs in a dialog with nothing of the other side's in it.</summary>
    private void RefuseRequest(TransactionId transaction, SipMessage request, in Flow flow, int status)
    {
        if (status == 415)
        {
            _lane.RefuseBody(transaction, request, flow);
            return;
        }

        var writer = new MessageWriter(_lane.Output);
        ResponseHead.Write(ref writer, request, flow, status, default, default);
        if (status == 500)
        {
            // RFC 3261 §14.2, RFC 3311 §5.2: between 0 and 10 seconds.
            writer.Field("Retry-After"u8, (long)(_lane.Lane.Secrets.Next() % 11));
        }
        else if (status == 422)
        {
            writer.Field("Min-SE"u8, SessionExpires.Least);
        }

        writer.Finish(default);
        _lane.Transactions.Respond(transaction, status, writer.Written);
    }
}

/// <summary>A request on its way from one leg to the other; who asked waits for the answer.</summary>
internal sealed class CrossingRequest(Leg from, Leg to, TransactionId asked, TransactionId asking, SipMethod method, bool hasOffer)
{
    /// <summary>What all responses to it share.</summary>
    public StoredOctets ResponseFields;

    public Leg From => from;
    public Leg To => to;
    public TransactionId Asked => asked;
    public TransactionId Asking { get; set; } = asking;

    /// <summary>What it says of the session's time.</summary>
    public SessionRequest Session { get; init; }

    /// <summary>An UPDATE as it went on, where a 422 may make it longer.</summary>
    public StoredOctets Request;

    /// <summary>As it came.</summary>
    public SipMethod Method => method;

    /// <summary>It holds an offer, which its 2xx answers.</summary>
    public bool HasOffer => hasOffer;

    /// <summary>Who is asked had not acknowledged our 2xx: it may not have had it, and so not know the dialog yet.</summary>
    public bool MayBeEarly { get; init; }
    public CrossingRequest? Next { get; set; }

    public void Drop(OctetStore octets)
    {
        octets.Drop(ref ResponseFields);
        octets.Drop(ref Request);
    }
}
