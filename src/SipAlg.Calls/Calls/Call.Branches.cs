using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using SipAlg.Calls.Dialplan;
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

/// <content>Asking a target, and giving it up.</content>
internal sealed partial class Call
{
    private bool TryTarget(in TargetStep step, int index, SipMessage invite)
    {
        var (target, decision) = (step[index], step.List.Decision);
        if (decision.Domain is { } domain && !Model.PeerAddress.IsHost(domain))
        {
            // A capture made it none: as unusable as a URI that is none.
            return Missed(step, index, 503, CallCause.NoTargetUsable);
        }

        if (HopQueue.Of(_lane, target, out var search) is { } hops)
        {
            return TryHops(step, index, hops, invite);
        }

        return search is { } name ? LookUp(step, index, name, invite) : Missed(step, index, 503, CallCause.NoTargetUsable);
    }

    /// <summary>Asks the target at the next of its places.</summary>
    private bool TryHops(in TargetStep step, int index, HopQueue hops, SipMessage invite)
    {
        var (target, decision) = (step[index], step.List.Decision);
        if (!Destination.TryFind(_lane, target, hops, out var destination, _isSips))
        {
            return _isSips ? Missed(step, index, 480, CallCause.NoSecureTarget) : Missed(step, index, 503, CallCause.NoTargetUsable);
        }

        if (!IdentityTowards(destination.Peer, decision).MayCross(invite))
        {
            return Missed(step, index, 500, CallCause.PrivacyUnavailable);
        }

        if (destination.Peer is { } peer && !peer.TryBegin(_lane.Room.Time, decision.Route is { IsEmergency: true } || hops.HasBegun))
        {
            return Missed(step, index, 503, CallCause.LimitReached);
        }

        NameTarget(target);
        _record.Sent = new SentNumbers(decision.Caller, decision.Called);
        var realm = _lane.Room.Model.Realms[target.Realm];
        var face = NewFace(MediaSide.Of(realm, target.Peer, destination.Flow.Local.Address, destination.Flow.Remote.Address));
        var before = _branches;
        try
        {
            return TryAsk(step, index, destination, face, invite);
        }
        finally
        {
            if (_branches == before)
            {
                // What has no branch is given back here, be it since a defect has ended the turn.
                face.Release();
                destination.Peer?.End();
            }
        }
    }

    private void NameTarget(RouteTarget target)
    {
        _record.ToRealm = target.Realm < 0 ? null : _lane.Room.Model.Realms[target.Realm].Name;
        _record.ToPeer = target.Peer?.Name;
        _record.ToUser = target.Contact?.User.KnownName;
    }

    private bool TryAsk(in TargetStep step, int index, in Destination destination, MediaFace face, SipMessage invite)
    {
        var (target, list) = (step[index], step.List);
        var origin = NewOrigin();
        var media = new MediaBridge(_lane.Room.Media, new MediaEnd(_callerFace, _caller.Origin), new MediaEnd(face, origin))
        {
            Codecs = CodecsWith(list.Route, target.Peer),
            Known = _known,
            IsConcealed = IdentityTowards(destination.Peer, list.Decision).ConcealsSession(invite),
        };
        var result = BodyCrossing.TryOffer(_lane, media, CallerIndex, invite, out var body);
        if (result != BridgeResult.Done)
        {
            return Missed(step, index, StatusOf(result), CauseOf(result));
        }

        var id = _lane.Lane.MintId(Slot);
        if (destination.NewDialog(_lane, invite, list.Decision, id, IdentityTowards(destination.Peer, list.Decision), list.Uri, _isSips) is not { } dialog)
        {
            return Missed(step, index, 513, CallCause.MessageTooLarge);
        }

        var transaction = _lane.Transactions.Reserve(SipMethod.Invite, Owner(LegPart.CalleeInvite));
        var host = list.Decision.Domain is { } domain ? Encoding.ASCII.GetBytes(domain) : destination.Host;
        var branch = new Branch { List = list, Target = target, Step = step, Index = index, Hops = destination.Hops, Hop = destination.Hop, Breadth = step.Breadth, Peer = destination.Peer, Host = host, Face = face, AskedAt = _lane.Lane.Now, Asked = destination.Flow.Remote.Address, Asking = transaction };
        branch.First = NewCallee(branch, destination, dialog, id, media, origin, body.HasDescription, IsRegistrarOfCaller(target));
        var writer = new MessageWriter(_lane.Output);
        var shown = _lane.Shown(destination.Flow);
        dialog.WriteRequest(ref writer, SipMethod.Invite, 1, HopsLeft(invite), LegMessages.ViaOf(_lane.Transactions, transaction, destination.Flow, shown));
        LegMessages.WriteContact(ref writer, id, destination.Flow, shown, dialog.IsSips);
        LegMessages.WriteAllow(ref writer, AllowedTowards(CalleeIndex, media, WithRefer(_caller.Allows, destination.Peer)), AccessOf(branch.First.Realm));
        LegMessages.WriteSupported(ref writer, isReliable: body.HasDescription || _caller.Supports.HasFlag(SipExtensions.Reliable));
        WriteSession(ref writer, branch.First);
        if (IsTrusted(destination.Peer) && OptionTags.In(invite, HeaderId.ProxyRequire).HasFlag(SipExtensions.Privacy))
        {
            writer.Write("Proxy-Require: privacy\r\n"u8);
        }

        if (_caller.Requires.HasFlag(SipExtensions.Replaces) && invite.Has(HeaderId.Replaces))
        {
            // RFC 3891 §4: who cannot replace must not take it for a new call.
            writer.Write("Require: replaces\r\n"u8);
        }

        var crossing = Crossing(branch.First) with { Edits = EditsOf(step), BeginsDialog = true };
        crossing.Write(ref writer, invite);
        crossing.WriteId(ref writer, _record.Id);
        LegMessages.Finish(ref writer, invite.First(HeaderId.ContentType), body.Octets);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            return Missed(step, index, 513, CallCause.MessageTooLarge);
        }

        if (body.HasDescription && _caller.Session == OfferAnswerState.NoSession)
        {
            _caller.Session = OfferAnswerState.FirstRemoteOffer;
        }

        KeepOffered(branch.First, body.Description);
        KeepRequest(branch.First, writer.Written);
        KeepProof(branch.First, invite);
        branch.NoAnswerAt = destination.Hops.Begin(_lane.Lane.Now, target.NoAnswer ?? _lane.Room.Model.Calls.NoAnswer);
        branch.Next = _branches;
        _branches = branch;
        _hasAsked = true;
        if (branch.Hops.HasNext)
        {
            KeepInvite(invite);
        }

        branch.Facts = new AskedTarget(destination.Flow.Remote, destination.Flow.Transport, writer.Length);
        NoteTarget(branch.Facts);
        _lane.ClientRequests.Send(transaction, branch.First, _lane.Output.AsSpan(0, writer.Length), destination.FixesTransport);
        NoteWay(branch, transaction);
        ArmNoAnswer();
        return true;
    }

    private static Leg NewCallee(Branch branch, in Destination destination, Dialog dialog, MintedId id, MediaBridge media, SessionOrigin origin, bool hasOffered, bool takesProof) =>
        new(CalleeIndex)
        {
            Branch = branch,
            Dialog = dialog,
            Flow = destination.Flow,
            IsBehindNat = destination.Contact is { KeepsFlow: true },
            Secret = id.Secret,
            Realm = branch.Target.Realm,
            Peer = destination.Peer,
            User = destination.Contact?.User,
            TakesProof = takesProof,
            Source = destination.Contact?.Flow.Remote.Address ?? default,
            Told = branch.List.Decision,
            Media = media,
            Origin = origin,
            AskingSequence = 1,
            HasOffered = hasOffered,
            Session = hasOffered ? OfferAnswerState.FirstLocalOffer : OfferAnswerState.NoSession,
        };

    /// <summary>RFC 3261 §16.6 step 3, though we are no proxy: a B2BUA that starts anew makes endless loops (RFC 7332).</summary>
    internal static int HopsLeft(SipMessage request) => request.MaxForwards < 0 ? 70 : request.MaxForwards - 1;

    /// <summary>What the dialplan sets, and a share of Max-Breadth for each of those that ring together (RFC 5393 §5.3.3).</summary>
    private static ImmutableArray<HeaderEdit> EditsOf(in TargetStep step) => step.Count == 1 && step.List.Hops == 0 || step.Breadth == 0
        ? step.List.Decision.Headers
        : step.List.Decision.Headers.Add(new HeaderEdit("Max-Breadth", step.Breadth.ToString(CultureInfo.InvariantCulture)));

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

    /// <summary>Cancels what a target was asked. Whatever still comes of it is a stray answer's business.</summary>
    /// <param name="branch">Which.</param>
    /// <param name="outcome">Of the attempt.</param>
    /// <param name="reason">What its CANCEL says (RFC 3326); empty for nothing.</param>
    private void GiveUp(Branch branch, AttemptOutcome outcome, ReadOnlySpan<byte> reason = default)
    {
        _lane.Transactions.KeepSequence(branch.Asking, branch.LastSequence);
        if (!branch.Answer.IsEmpty)
        {
            // It has answered already, and only we know (RFC 3261 §13.2.2.4: ACK, then BYE).
            StrayAnswers.OnResponse(_lane, branch.Asking, LegPart.CalleeInvite, Parsed(branch.Answer), branch.AnswerFlow);
        }
        else if (!_lane.Transactions.TryCancel(branch.Asking, reason) && reason.SequenceEqual(StrayAnswers.AnsweredElsewhere))
        {
            _lane.Transactions.Adopt(branch.Asking, Owner(LegPart.AnsweredElsewhere));
        }

        EndBranch(branch, outcome);
    }

    private void GiveUpAll(AttemptOutcome outcome, ReadOnlySpan<byte> reason = default)
    {
        while (_branches is { } branch)
        {
            GiveUp(branch, outcome, reason);
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
        Observe(branch.Target.Realm, branch.Peer, branch.Face.Audio());
        branch.Face.Release();
        _lane.Lane.Octets.Drop(ref branch.Answer);
        for (var leg = branch.First; leg is not null; leg = leg.Next)
        {
            EndEarly(leg);
        }

        ResumeEarlyMedia();
        ArmNoAnswer();
    }

    /// <summary>With the target whose early media the caller heard that of another one comes back that had it before.</summary>
    private void ResumeEarlyMedia()
    {
        for (var branch = _callerFace.Partner is null ? _branches : null; branch is not null; branch = branch.Next)
        {
            for (var leg = branch.First; leg is not null; leg = leg.Next)
            {
                if (leg is { State: LegState.Early, HasAnswer: true, Media: { } media })
                {
                    media.Resume();
                    return;
                }
            }
        }
    }
}
