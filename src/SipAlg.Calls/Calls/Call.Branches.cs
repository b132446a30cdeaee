using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Asking: the targets of the route are tried until one answers.</content>
internal sealed partial class Call
{
    private StoredOctets _invite;
    private int _target;
    private int _failedStatus = 503;
    private CallCause _failedCause = CallCause.NoTargetUsable;

    /// <summary>Tries the targets from the current one on until one of them is asked or answers by itself.</summary>
    private void TryTargets(SipMessage invite)
    {
        while (_phase == CallPhase.Setup && _target < _decision.Targets.Length)
        {
            var target = _decision.Targets[_target];
            if (target.Kind == TargetKind.Service ? TryService(target.Service, invite) : TryTarget(target, invite))
            {
                return;
            }

            _target++;
        }

        if (_phase == CallPhase.Setup)
        {
            Fail(_failedStatus, default, _failedCause);
        }
    }

    private bool TryTarget(RouteTarget target, SipMessage invite)
    {
        if (_decision.Domain is { } domain && !Model.PeerAddress.IsHost(domain))
        {
            // A capture made it none: as unusable as a URI that is none.
            return Missed(503, CallCause.NoTargetUsable);
        }

        if (!Destination.TryFind(_lane, target, out var destination))
        {
            return Missed(503, CallCause.NoTargetUsable);
        }

        if (destination.Peer is { } peer && !peer.TryBegin(_lane.Lane.Now / 1000.0, _decision.Route is { IsEmergency: true }))
        {
            return Missed(503, CallCause.LimitReached);
        }

        _record.ToRealm = _lane.Room.Model.Realms[target.Realm].Name;
        _record.ToPeer = target.Peer?.Name;
        if (TryAsk(target, destination, invite))
        {
            return true;
        }

        destination.Peer?.End();
        return false;
    }

    /// <summary>Notes why a target could not be asked. The caller hears of it if no other can.</summary>
    private bool Missed(int status, CallCause cause)
    {
        _failedStatus = status;
        _failedCause = cause;
        return false;
    }

    private bool TryAsk(RouteTarget target, in Destination destination, SipMessage invite)
    {
        var realm = _lane.Room.Model.Realms[target.Realm];
        var face = NewFace(MediaSide.Of(realm, target.Peer, destination.Flow.Local.Address, destination.Flow.Remote.Address));
        var origin = NewOrigin();
        var media = new MediaBridge(_lane.Room.Media, new MediaEnd(_callerFace, _caller.Origin), new MediaEnd(face, origin));
        var result = BodyCrossing.TryOffer(_lane, media, CallerIndex, invite, out var body);
        if (result != BridgeResult.Done)
        {
            face.Release();
            ReportNoPorts(result, realm.Name);
            return Missed(StatusOf(result), CauseOf(result));
        }

        var id = _lane.Lane.MintId(Slot);
        if (destination.NewDialog(_lane, invite, _decision, id) is not { } dialog)
        {
            face.Release();
            return Missed(513, CallCause.MessageTooLarge);
        }

        var transaction = _lane.Transactions.Reserve(SipMethod.Invite, Owner(LegPart.CalleeInvite));
        var branch = new Branch { Target = target, Peer = destination.Peer, Host = destination.Host, Face = face, Asking = transaction };
        branch.First = NewCallee(branch, destination, dialog, id, media, origin, body.HasDescription);
        var writer = new MessageWriter(_lane.Output);
        var shown = _lane.Shown(destination.Flow);
        dialog.WriteRequest(ref writer, SipMethod.Invite, 1, HopsLeft(invite), LegMessages.ViaOf(_lane.Transactions, transaction, destination.Flow, shown));
        LegMessages.WriteContact(ref writer, id, destination.Flow, shown);
        LegMessages.WriteAllow(ref writer, _caller.Allows);
        LegMessages.WriteSupported(ref writer, isReliable: body.HasDescription || _caller.Supports.HasFlag(SipExtensions.Reliable));
        if (_caller.Requires.HasFlag(SipExtensions.Replaces) && invite.Has(HeaderId.Replaces))
        {
            // RFC 3891 §4: who cannot replace must not take it for a new call.
            writer.Write("Require: replaces\r\n"u8);
        }

        var reader = new DialogReader(target.Realm, destination.Peer, destination.Flow, shown);
        new HeaderCrossing(branch.Host, _lane.DialogNames, reader) { Edits = _decision.Headers, Caller = _decision.Caller }.Write(ref writer, invite);
        LegMessages.Finish(ref writer, invite.First(HeaderId.ContentType), body.Octets);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            face.Release();
            return Missed(513, CallCause.MessageTooLarge);
        }

        if (body.HasDescription && _caller.Session == OfferAnswerState.NoSession)
        {
            _caller.Session = OfferAnswerState.FirstRemoteOffer;
        }

        branch.NoAnswerAt = _lane.Lane.Now + (long)(target.NoAnswer ?? _lane.Room.Model.Calls.NoAnswer).TotalMilliseconds;
        branch.Next = _branches;
        _branches = branch;
        LargeRequests.Send(_lane, transaction, destination.Flow, _lane.Output.AsSpan(0, writer.Length), destination.Peer?.Peer.LargeRequests ?? Model.LargeRequests.Auto, destination.FixesTransport);
        ArmNoAnswer();
        return true;
    }

    private static Leg NewCallee(Branch branch, in Destination destination, Dialog dialog, MintedId id, MediaBridge media, SessionOrigin origin, bool hasOffered) =>
        new(CalleeIndex)
        {
            Branch = branch,
            Dialog = dialog,
            Flow = destination.Flow,
            Secret = id.Secret,
            Realm = branch.Target.Realm,
            Peer = destination.Peer,
            Media = media,
            Origin = origin,
            AskingSequence = 1,
            HasOffered = hasOffered,
            Session = hasOffered ? OfferAnswerState.FirstLocalOffer : OfferAnswerState.NoSession,
        };

    /// <summary>RFC 3261 §16.6 step 3, though we are no proxy: a B2BUA that starts anew makes endless loops (RFC 7332).</summary>
    internal static int HopsLeft(SipMessage request) => request.MaxForwards < 0 ? 70 : request.MaxForwards - 1;

    /// <summary>Asks the next target; false when there is none.</summary>
    private bool TryNext(int status, CallCause cause)
    {
        _failedStatus = status;
        _failedCause = cause;
        _target++;
        if (_invite.IsEmpty || _target >= _decision.Targets.Length)
        {
            return false;
        }

        TryTargets(Parsed(_invite));
        return true;
    }

    /// <summary>A message that was kept, as it came.</summary>
    internal static SipMessage Parsed(in StoredOctets kept)
    {
        var octets = kept.Span.ToArray();
        var message = new SipMessage();
        SipParser.Parse(message, octets, 0, octets.Length, isStream: false);
        return message;
    }

    private Branch? BranchOf(TransactionId transaction)
    {
        var branch = _branches;
        while (branch is not null && branch.Asking != transaction)
        {
            branch = branch.Next;
        }

        return branch;
    }

    private void ArmNoAnswer()
    {
        var first = long.MaxValue;
        for (var branch = _branches; branch is not null; branch = branch.Next)
        {
            first = Math.Min(first, branch.NoAnswerAt);
        }

        if (first == long.MaxValue)
        {
            StopTimer(ref _noAnswer);
        }
        else
        {
            StartTimer(ref _noAnswer, CallTimer.NoAnswer, first - _lane.Lane.Now);
        }
    }

    private void OnNoAnswer()
    {
        if (_phase != CallPhase.Setup || _branches is not { } branch)
        {
            return;
        }

        GiveUp(branch, AttemptOutcome.NoAnswer);
        if (!_decision.Route!.TryNextOn.Contains(408) || !TryNext(480, CallCause.NoAnswer))
        {
            Fail(480, "No answer"u8, CallCause.NoAnswer);
        }
    }

    /// <summary>Cancels what a target was asked. Whatever still comes of it is a stray answer's business.</summary>
    private void GiveUp(Branch branch, AttemptOutcome outcome)
    {
        if (!branch.Answer.IsEmpty)
        {
            // It has answered already, and only we know (RFC 3261 §13.2.2.4: ACK, then BYE).
            StrayAnswers.OnResponse(_lane, branch.Asking, Parsed(branch.Answer), branch.AnswerFlow);
        }
        else
        {
            _lane.Transactions.TryCancel(branch.Asking);
        }

        EndBranch(branch, outcome);
    }

    private void GiveUpAll(AttemptOutcome outcome)
    {
        while (_branches is { } branch)
        {
            GiveUp(branch, outcome);
        }
    }

    /// <summary>A target is not asked any more: its ports and early dialogs go.</summary>
    private void EndBranch(Branch branch, AttemptOutcome outcome)
    {
        ref var link = ref _branches;
        if (link != branch)
        {
            var before = _branches!;
            while (before.Next != branch)
            {
                before = before.Next!;
            }

            before.Next = branch.Next;
        }
        else
        {
            link = branch.Next;
        }

        branch.Asking = default;
        branch.Peer?.Attempted(outcome);
        branch.Peer?.End();
        branch.Face.Release();
        _lane.Lane.Octets.Drop(ref branch.Answer);
        for (var leg = branch.First; leg is not null; leg = leg.Next)
        {
            EndEarly(leg);
        }

        ArmNoAnswer();
    }
}
