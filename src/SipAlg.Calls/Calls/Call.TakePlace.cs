using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>
/// A caller who takes the place of one side of another call (Replaces, RFC 3891), where the other side's far end cannot do it itself:
/// that end is offered the caller's media in the dialog that it has, and then belongs to this call.
/// </content>
internal sealed partial class Call
{
    private Takeover? _taking;

    private void TakePlace(Call home, Leg stays, SipMessage invite)
    {
        var face = NewFace(SideOf(stays));
        var media = new MediaBridge(_lane.Room.Media, new MediaEnd(_callerFace, _caller.Origin), new MediaEnd(face, stays.Origin))
        {
            Codecs = CodecsWith(_decision.Route!, stays.Peer?.Peer),
            IsConcealed = IdentityTowards(stays.Peer, _decision).ConcealsSession(invite),
        };
        var takeover = new Takeover(home, stays, face, media);
        var result = BodyCrossing.TryOffer(_lane, media, CallerIndex, invite, out var body);
        if (result != BridgeResult.Done || !body.HasDescription)
        {
            // An INVITE without an offer would need one of ours before the other side has said anything.
            face.Release();
            Fail(StatusOf(result), default, CauseOf(result));
            return;
        }

        _taking = takeover;
        _caller.Media = media;
        _caller.Session = OfferAnswerState.FirstRemoteOffer;
        if (!home.TryGive(takeover, body.Description, (status, answer) => OnPlaceAnswer(takeover, status, answer)))
        {
            takeover.IsOver = true;
            Fail(491, default, CallCause.NothingToReplace);
        }
    }

    private void OnPlaceAnswer(Takeover takeover, int status, SdpDescription? answer)
    {
        if (_phase != CallPhase.Setup)
        {
            return;
        }

        takeover.Media.IsConcealed = IdentityBetween(takeover.Leg, _caller).ConcealsSession(null);
        var result = BridgeResult.Malformed;
        var length = 0;
        if (status != 200 || (result = takeover.Media.Answer(CalleeIndex, answer!, isFinal: true, _lane.Room.Media.Scratch, out length)) != BridgeResult.Done)
        {
            Fail(status != 200 ? status : StatusOf(result), default, CallCause.NothingToReplace);
            return;
        }

        var leg = takeover.Leg;
        _taking = null;
        takeover.Home.GoOver(takeover, this, CallCause.Replaced);
        leg.Index = CalleeIndex;
        leg.Told = _decision;
        (leg.Partner, leg.Media, _caller.Partner) = (_caller, takeover.Media, leg);
        (_callee, _calleeFace) = (leg, takeover.Face);
        _record.ToRealm = _lane.Room.Model.Realms[leg.Realm].Name;
        _record.ToPeer = leg.Peer?.Peer.Name;
        _record.ToUser = leg.User?.KnownName;
        ResumeClock(leg);
        Step(_caller, OfferAnswerEvent.AnswerSent);
        RespondWithSdp(_caller, _lane.Room.Media.Scratch.AsSpan(0, length));
        BeAnswered(200);
    }

    /// <summary>The caller does not want it any more.</summary>
    private void LeavePlace()
    {
        if (_taking is { } takeover)
        {
            _taking = null;
            if (!takeover.IsOver)
            {
                takeover.Home.GiveBack(takeover);
            }

            takeover.Face.Release();
        }
    }
}
