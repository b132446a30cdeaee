using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>Offers and answers on their way from one leg to the other (RFC 3264, RFC 6337).</content>
internal sealed partial class Call
{
    private SessionCodecs? CodecsWith(Route route, Peer? target) =>
        SessionCodecs.Of(route.Codecs, _caller.Peer?.Peer.Codecs ?? CodecRules.None, target?.Codecs ?? CodecRules.None);

    /// <summary>Takes a body that may hold an offer from one leg to the other.</summary>
    private BridgeResult CrossOffer(Leg from, Leg to, SipMessage message, out CrossedBody body)
    {
        from.Media!.IsConcealed = IdentityTowards(to).ConcealsSession(message);
        var result = BodyCrossing.TryOffer(_lane, from.Media, from.Index, message, out body);
        if (result == BridgeResult.Done && body.HasDescription)
        {
            Step(from, OfferAnswerEvent.OfferReceived);
            Step(to, OfferAnswerEvent.OfferSent);
            KeepOffered(to, body.Description);
        }

        return result;
    }

    /// <summary>Takes a body that may hold an answer from one leg to the other.</summary>
    private BridgeResult CrossAnswer(Leg from, Leg to, SipMessage message, bool isFinal, out CrossedBody body)
    {
        from.Media!.IsConcealed = IdentityTowards(to).ConcealsSession(message);
        var result = BodyCrossing.TryAnswer(_lane, from.Media, from.Index, message, isFinal, out body);
        if (result == BridgeResult.Done && body.HasDescription)
        {
            Step(from, OfferAnswerEvent.AnswerReceived);
            Step(to, OfferAnswerEvent.AnswerSent);
            AgreeOffered(from);
            KeepSent(to, body.Description);
            Overtake(from, OwnInvitePurpose.Change);
            Overtake(to, OwnInvitePurpose.Change);
            AwaitMedia();
        }

        return result;
    }

    /// <summary>An answer that stands in an 18x, and so may go no further than that yet: media flow, and the exchange is open.</summary>
    private BridgeResult PreviewAnswer(Leg from, Leg to, SipMessage message, out CrossedBody body)
    {
        to.Media!.IsConcealed = IdentityTowards(to).ConcealsSession(message);
        return BodyCrossing.TryAnswer(_lane, to.Media, from.Index, message, isFinal: false, out body);
    }

    /// <summary>The far side refused, or we did before it was asked: what was agreed before holds.</summary>
    private void RejectOffer(Leg from, Leg to)
    {
        from.Media?.Reject();
        Step(from, OfferAnswerEvent.RemoteOfferRejected);
        RejectOwnOffer(to);
    }

    private void RejectOwnOffer(Leg to)
    {
        Step(to, OfferAnswerEvent.LocalOfferRejected);
        _lane.Lane.Octets.Drop(ref to.Offered);
    }

    private void KeepOffered(Leg to, ReadOnlySpan<byte> description)
    {
        _lane.Lane.Octets.Drop(ref to.Offered);
        to.Offered = _lane.Lane.Octets.Keep(description);
    }

    private void KeepSent(Leg to, ReadOnlySpan<byte> description)
    {
        _lane.Lane.Octets.Drop(ref to.Sent);
        to.Sent = _lane.Lane.Octets.Keep(description);
    }

    /// <summary>They have answered: what they were offered holds.</summary>
    private void AgreeOffered(Leg to)
    {
        if (!to.Offered.IsEmpty)
        {
            _lane.Lane.Octets.Drop(ref to.Sent);
            (to.Sent, to.Offered) = (to.Offered, default);
        }
    }

    /// <summary>An event that the machine refuses changes nothing: what may not be has been refused before it comes to this.</summary>
    private static void Step(Leg leg, OfferAnswerEvent happened) => leg.Session = OfferAnswer.Next(leg.Session, happened).State;

    /// <summary>RFC 3261 §14.2, RFC 3311 §5.2: why an offer of theirs cannot be taken now; 0 if it can.</summary>
    private static int WhyNotOffer(Leg leg)
    {
        var fault = OfferAnswer.Next(leg.Session, OfferAnswerEvent.OfferReceived).Fault;
        return fault == OfferAnswerFault.Glare ? 491 :
            fault != OfferAnswerFault.None || leg.IsUpdating ? 500 :
            leg.Partner is { } other && OfferAnswer.Next(other.Session, OfferAnswerEvent.OfferSent).Fault != OfferAnswerFault.None ? 491 : 0;
    }
}
