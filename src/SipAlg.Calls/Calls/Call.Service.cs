using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Service targets: the gateway itself answers, so there is no callee leg.</content>
internal sealed partial class Call
{
    /// <summary>What a response has besides what it repeats of its request.</summary>
    private const int RoomForHead = 2048;

    private ServiceMedia? _service;

    /// <summary>The service answers in a dialog that has seen no answer yet (RFC 3261 §13.2.1), and whoever rings is cancelled.</summary>
    private bool TryService(in TargetStep step, int index, SipMessage invite)
    {
        if (_isAttempt)
        {
            // A service answers callers only: who is transferred has been answered before.
            return Missed(step, index, 488, CallCause.NoTargetUsable);
        }

        var caller = _caller;
        while (caller is { HasAnswer: true } or { Partner: not null })
        {
            caller = caller.Next;
        }

        caller ??= NewCaller(hasOffer: true);
        var face = new MediaFace(_lane.Room.Media, _callerFace.Side, _place, IsEmergency) { Owner = CallLane.SourceOwner(Slot, _generation), Call = _record.Id };
        var service = new ServiceMedia(_lane.Room.Media, step[index].Service, face, caller.Origin);
        var result = Answer(service, invite, out var body);
        if (result != BridgeResult.Done)
        {
            service.Release();
            return Missed(step, index, StatusOf(result), CauseOf(result));
        }

        _service = service;
        GiveUpAll(AttemptOutcome.Cancelled, StrayAnswers.AnsweredElsewhere);
        _callerFace.Release();
        KeepCaller(caller);
        (_record.ToRealm, _record.ToPeer, _record.ToUser) = (null, null, null);
        RespondWithSdp(_caller, body);
        BeAnswered(200);
        return true;
    }

    private void OnServiceReinvite(Leg leg, TransactionId transaction, SipMessage request, in Flow flow)
    {
        var result = Answer(_service!, request, out var body);
        if (result != BridgeResult.Done)
        {
            RefuseRequest(transaction, request, flow, StatusOf(result));
            return;
        }

        AwaitMedia();
        BeAsked(leg, transaction, request, flow);
        RespondWithSdp(leg, body);
    }

    /// <summary>RFC 3311 §5.2: the offer in an UPDATE is answered in its 2xx.</summary>
    private void OnServiceUpdate(Leg leg, TransactionId transaction, SipMessage update, in Flow flow)
    {
        var result = Answer(_service!, update, out var body);
        if (result != BridgeResult.Done)
        {
            RefuseRequest(transaction, update, flow, StatusOf(result));
            return;
        }

        Move(leg, update, flow);
        AwaitMedia();
        AnswerUpdate(leg, transaction, update, flow, body);
        KeepSent(leg, body);
    }

    /// <summary>An INVITE without an offer is not served: a service has no offer of its own to make.</summary>
    private BridgeResult Answer(ServiceMedia service, SipMessage invite, out ReadOnlySpan<byte> body)
    {
        body = default;
        var description = _lane.Room.Media.Description;
        if (!BodyCrossing.TryRead(description, invite))
        {
            return BridgeResult.Malformed;
        }

        // Once it is written it goes out: it has to fit behind the fields of the response.
        var room = SipLimits.Message - RoomForHead - (invite.Octets.Length - invite.Body.Length);
        var result = service.Answer(description, _lane.Room.Media.Scratch.AsSpan(0, Math.Max(room, 0)), out var length);
        body = _lane.Room.Media.Scratch.AsSpan(0, Math.Max(length, 0));
        return result;
    }

    private void RespondWithSdp(Leg leg, ReadOnlySpan<byte> body)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, leg, 200, default);
        FinishResponse(ref writer, leg, body);
        Respond(leg, 200, writer.Written);
        KeepSent(leg, body);
    }

    private void FinishResponse(ref MessageWriter writer, Leg leg, ReadOnlySpan<byte> body)
    {
        LegMessages.WriteContact(ref writer, new Signaling.Identifiers.MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips);
        LegMessages.WriteAllow(ref writer, default, AccessOf(leg.Realm));
        LegMessages.WriteSupported(ref writer, isReliable: true);
        AnswerSession(ref writer, leg, leg.Clock.Asked);
        LegMessages.Finish(ref writer, "application/sdp"u8, body);
    }
}
