using SipAlg.Calls.Bodies;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sessions;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>A request in a dialog other than INVITE, ACK and BYE goes on to the leg's partner. Offers in PRACK and UPDATE are taken along.</content>
internal sealed partial class Call
{
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
        _lane.ClientRequests.Send(asking, to, _lane.Output.AsSpan(0, length), FixesTransport(to));
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
            LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, to.Secret), to.Flow, shown, to.Dialog.IsSips);
        }

        if (method == SipMethod.Update)
        {
            LegMessages.WriteAllow(ref writer, AllowedTowards(to), AccessOf(to.Realm));
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
}
