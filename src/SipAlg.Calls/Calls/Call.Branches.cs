using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

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

        if (!TryDestination(target, out var destination))
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

    private bool TryDestination(RouteTarget target, out Destination destination)
    {
        destination = default;
        if (target.Peer is { } peer)
        {
            var state = _lane.Room.Peers[peer.Index];
            if (!state.TryEndpoint(out var endpoint, out var transport) || !_lane.Lane.Network.TryFlow(target.Realm, transport, endpoint, out var flow))
            {
                return false;
            }

            destination = new Destination(state, flow, state.Host, state.HostPort, default, peer.Address?.Transport is not null);
            return true;
        }

        var text = Encoding.UTF8.GetBytes(target.Uri!);
        if (!SipUri.TryParse(text, out var uri) || !uri.IsSip || !uri.TryAddress(out var address))
        {
            return false;
        }

        var uriTransport = NextHops.TransportOf(uri);
        var remote = new IpEndpoint(address, uri.Port == 0 ? SipPorts.Default(uriTransport) : uri.Port);
        if (!_lane.Lane.Network.TryFlow(target.Realm, uriTransport, remote, out var uriFlow))
        {
            return false;
        }

        var host = uri.Host.ToArray();
        destination = new Destination(null, uriFlow, host, host, text, uri.TryParameter("transport"u8, out _));
        return true;
    }

    private readonly record struct Destination(PeerState? Peer, Flow Flow, byte[] Host, byte[] HostPort, ReadOnlyMemory<byte> Uri, bool FixesTransport);

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
        if (NewDialog(destination, invite, id) is not { } dialog)
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
        new HeaderCrossing(branch.Host, _lane.DialogNames) { Edits = _decision.Headers, Caller = _decision.Caller }.Write(ref writer, invite);
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

    /// <summary>The names of the call at the target; null if they are longer than a header field may be.</summary>
    private Dialog? NewDialog(in Destination destination, SipMessage invite, MintedId id)
    {
        Span<byte> callId = stackalloc byte[MintedId.TextLength];
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        _lane.Lane.MintId(Slot).Format(callId);
        id.Format(tag);
        var addresses = new InviteAddresses(invite, _decision, _decision.Domain is { } domain ? Encoding.ASCII.GetBytes(domain) : destination.Host);
        var from = new MessageWriter(_lane.Names.AsSpan(0, SipLimits.Field));
        addresses.WriteFrom(ref from, tag);
        var to = new MessageWriter(_lane.Names.AsSpan(SipLimits.Field, SipLimits.Field));
        addresses.WriteTo(ref to);
        var uri = new MessageWriter(_lane.Names.AsSpan(2 * SipLimits.Field, SipLimits.Field));
        if (destination.Uri.IsEmpty)
        {
            addresses.WriteRequestUri(ref uri, _decision.Domain is { } host ? Encoding.ASCII.GetBytes(host) : destination.HostPort);
        }
        else
        {
            uri.Write(destination.Uri.Span);
        }

        return from.Overflowed || to.Overflowed || uri.Overflowed ? null : _lane.Dialogs.FromOwnRequest(callId, from.Written, to.Written, uri.Written);
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
    private static int HopsLeft(SipMessage request) => request.MaxForwards < 0 ? 70 : request.MaxForwards - 1;

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
    private static SipMessage Parsed(in StoredOctets kept)
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
        _lane.Transactions.KeepSequence(branch.Asking, branch.LastSequence);
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
