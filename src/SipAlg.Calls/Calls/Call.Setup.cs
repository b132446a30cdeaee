using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <content>Setting up: targets are tried until one answers; their answers cross to the caller.</content>
internal sealed partial class Call
{
    private StoredOctets _invite;
    private int _target;
    private PeerState? _calleePeer;
    private byte[] _calleeHost = [];
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
        if (!TryDestination(target, out var destination))
        {
            return Missed(503, CallCause.NoTargetUsable);
        }

        if (destination.Peer is { } peer && !peer.TryBegin(_lane.Lane.Now / 1000.0, _decision.Route is { IsEmergency: true }))
        {
            return Missed(503, CallCause.LimitReached);
        }

        _calleePeer = destination.Peer;
        _calleeHost = destination.Host;
        _record.ToRealm = _lane.Room.Model.Realms[target.Realm].Name;
        _record.ToPeer = target.Peer?.Name;
        if (TryAsk(target, destination, invite))
        {
            return true;
        }

        _calleePeer?.End();
        _calleePeer = null;
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
        _media.Replace(CalleeIndex, MediaSide.Of(realm, target.Peer, destination.Flow.Local.Address, destination.Flow.Remote.Address, _lane.Lane.Secrets.Next()));
        var result = BodyCrossing.TryOffer(_lane, _media, CallerIndex, invite, out var body);
        if (result != BridgeResult.Done)
        {
            ReportNoPorts(result, realm.Name);
            return Missed(StatusOf(result), CauseOf(result));
        }

        var id = _lane.Lane.MintId(Slot);
        var transaction = _lane.Transactions.Reserve(SipMethod.Invite, Owner(LegPart.CalleeInvite));
        _callee?.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        _callee = NewCallee(target, destination, invite, id, transaction, body.HasDescription);

        var writer = new MessageWriter(_lane.Output);
        var shown = _lane.Shown(destination.Flow);
        _callee.Dialog.WriteRequest(ref writer, SipMethod.Invite, 1, HopsLeft(invite), LegMessages.ViaOf(_lane.Transactions, transaction, destination.Flow, shown));
        LegMessages.WriteContact(ref writer, id, destination.Flow, shown);
        LegMessages.WriteAllow(ref writer);
        new HeaderCrossing(_calleeHost, _lane.DialogNames) { Edits = _decision.Headers, Caller = _decision.Caller }.Write(ref writer, invite);
        LegMessages.Finish(ref writer, invite.First(HeaderId.ContentType), body.Octets);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(transaction);
            _callee.State = LegState.Ended;
            return Missed(513, CallCause.MessageTooLarge);
        }

        LargeRequests.Send(_lane, transaction, destination.Flow, _lane.Output.AsSpan(0, writer.Length), destination.Peer?.Peer.LargeRequests ?? Model.LargeRequests.Auto, destination.FixesTransport);
        StartTimer(ref _noAnswer, CallTimer.NoAnswer, (long)(target.NoAnswer ?? _lane.Room.Model.Calls.NoAnswer).TotalMilliseconds);
        return true;
    }

    private Leg NewCallee(RouteTarget target, in Destination destination, SipMessage invite, MintedId id, TransactionId transaction, bool hasOffered)
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

        return new Leg(CalleeIndex)
        {
            Dialog = _lane.Dialogs.FromOwnRequest(callId, from.Written, to.Written, uri.Written),
            Flow = destination.Flow,
            Secret = id.Secret,
            Realm = target.Realm,
            Peer = destination.Peer,
            Asking = transaction,
            AskingSequence = 1,
            HasOffered = hasOffered,
        };
    }

    /// <summary>RFC 3261 §16.6 step 3, though we are no proxy: a B2BUA that starts anew makes endless loops (RFC 7332).</summary>
    private static int HopsLeft(SipMessage request) => request.MaxForwards < 0 ? 70 : request.MaxForwards - 1;

    // ---- what the callee answers to its INVITE

    private void OnSetupResponse(SipMessage response, in Flow flow)
    {
        if (response.Status < 200)
        {
            OnProvisional(response, flow);
        }
        else if (response.Status < 300)
        {
            OnAnswer(response, flow);
        }
        else
        {
            OnFailure(response);
        }
    }

    /// <summary>18x crosses as it came, with or without SDP; 100 is each hop's own (RFC 3261 §8.2.6.1).</summary>
    private void OnProvisional(SipMessage response, in Flow flow)
    {
        if (response.Status == 100 || _phase != CallPhase.Setup)
        {
            return;
        }

        var callee = _callee!;
        if (!response.ToTag.IsEmpty)
        {
            callee.Dialog = _lane.Dialogs.FromResponse(callee.Dialog, response);
        }

        callee.Flow = flow;
        ReadOnlySpan<byte> body = default;
        if (callee.HasOffered && BodyCrossing.TryAnswer(_lane, _media, CalleeIndex, response, isFinal: false, out var crossed) == BridgeResult.Done)
        {
            body = crossed.Octets;
            callee.HasAnswer |= crossed.HasDescription;
        }

        RespondToCaller(response.Status, response, body);
    }

    private void OnAnswer(SipMessage response, in Flow flow)
    {
        var callee = _callee!;
        callee.Asking = default;
        callee.Flow = flow;
        callee.Dialog = _lane.Dialogs.FromResponse(callee.Dialog, response);
        callee.Flow = NextHops.Of(_lane, callee.Dialog, flow);
        callee.State = LegState.Confirmed;
        StopTimer(ref _noAnswer);
        if (_phase != CallPhase.Setup)
        {
            // A CANCEL crossed this 2xx (RFC 3261 §9.1).
            SendAck(callee, default, default);
            SendBye(callee, null);
            return;
        }

        var result = callee.HasOffered
            ? BodyCrossing.TryAnswer(_lane, _media, CalleeIndex, response, isFinal: true, out var body)
            : BodyCrossing.TryOffer(_lane, _media, CalleeIndex, response, out body);
        if (result != BridgeResult.Done || (callee.HasOffered ? !body.HasDescription && !callee.HasAnswer : !body.HasDescription))
        {
            _calleePeer?.Attempted(AttemptOutcome.Failed);
            SendAck(callee, default, default);
            SendBye(callee, null);
            Fail(result == BridgeResult.Done ? 502 : StatusOf(result), "No usable SDP in the answer"u8, result == BridgeResult.Done ? CallCause.NoSdpAnswer : CauseOf(result));
            return;
        }

        _calleePeer?.Attempted(AttemptOutcome.Answered);
        callee.OwesAck = !callee.HasOffered;
        if (!callee.OwesAck)
        {
            SendAck(callee, default, default);
        }

        _phase = CallPhase.Answered;
        _answered = _lane.Lane.Now;
        _record.Answered = _lane.Room.Time.GetUtcNow();
        _lane.Lane.Octets.Drop(ref _invite);
        if (_lane.Room.Model.Calls.MaxDuration is { } most)
        {
            StartTimer(ref _maxDuration, CallTimer.MaxDuration, (long)most.TotalMilliseconds);
        }

        RespondToCaller(response.Status, response, body.Octets);
    }

    private void OnFailure(SipMessage response)
    {
        var callee = _callee!;
        callee.Asking = default;
        callee.State = LegState.Ended;
        StopTimer(ref _noAnswer);
        if (_phase != CallPhase.Setup)
        {
            ForgetIfOver();
            return;
        }

        var status = FailureStatus(response.Status);
        _calleePeer?.Attempted(AttemptOutcome.Refused);
        if (response.Status < 600 && _decision.Route!.TryNextOn.Contains(status) && TryNext(status, CallCause.CalleeRefused))
        {
            return;
        }

        RespondToCaller(status, status == response.Status ? response : null, BodyCrossing.Opaque(response));
        End(status, CallCause.CalleeRefused);
    }

    /// <summary>
    /// What a peer's final answer is to the caller: its challenges are for us (401, 407), and so are its redirections, which are
    /// not followed.
    /// </summary>
    private static int FailureStatus(int status) => status switch
    {
        401 or 407 => 500,
        < 400 => 480,
        _ => status,
    };

    /// <summary>Asks the next target; false when there is none.</summary>
    private bool TryNext(int status, CallCause cause)
    {
        _calleePeer?.End();
        _calleePeer = null;
        _failedStatus = status;
        _failedCause = cause;
        _target++;
        if (_invite.IsEmpty || _target >= _decision.Targets.Length)
        {
            return false;
        }

        var octets = _invite.Span.ToArray();
        var invite = new SipMessage();
        SipParser.Parse(invite, octets, 0, octets.Length, isStream: false);
        TryTargets(invite);
        return true;
    }

    private void OnNoAnswer()
    {
        if (_phase != CallPhase.Setup || _callee is null)
        {
            return;
        }

        _calleePeer?.Attempted(AttemptOutcome.NoAnswer);
        CancelCallee();
        if (!_decision.Route!.TryNextOn.Contains(408) || !TryNext(480, CallCause.NoAnswer))
        {
            Fail(480, "No answer"u8, CallCause.NoAnswer);
        }
    }

    /// <summary>The callee's INVITE is given up. Whatever still comes of it is a stray answer's business.</summary>
    private void CancelCallee()
    {
        if (_callee is { State: LegState.Early } callee)
        {
            _lane.Transactions.TryCancel(callee.Asking);
            callee.Asking = default;
            callee.State = LegState.Ended;
        }
    }

    /// <summary>RFC 3261 §9.2: the caller gave up.</summary>
    public void OnCancel(TransactionId invite, SipMessage cancel)
    {
        if (_caller.Asked == invite && _phase == CallPhase.Setup)
        {
            _calleePeer?.Attempted(AttemptOutcome.Cancelled);
            CancelCallee();
            Fail(487, default, CallCause.CallerCancelled);
        }
        else
        {
            OnReinviteCancelled(invite);
        }
    }

    // ---- what the caller hears

    private void RespondToCaller(int status, SipMessage? response, ReadOnlySpan<byte> body)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, _caller, status, response is null ? default : response[response.Reason]);
        FinishResponse(ref writer, _caller, status, response, body);
        Respond(_caller, status, writer.Written);
    }

    /// <summary>What stands behind the fields that the request gave: Contact and Allow where they belong, what crosses, and the body.</summary>
    private void FinishResponse(ref MessageWriter writer, Leg leg, int status, SipMessage? from, ReadOnlySpan<byte> body)
    {
        if (status is > 100 and < 300)
        {
            LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow));
            LegMessages.WriteAllow(ref writer);
        }

        if (from is not null)
        {
            Crossing(leg).Write(ref writer, from);
            LegMessages.Finish(ref writer, from.First(HeaderId.ContentType), body);
        }
        else
        {
            writer.Finish(default);
        }
    }

    /// <summary>Sends a response to the INVITE that the leg was asked; a 2xx is kept and repeated until its ACK comes.</summary>
    private void Respond(Leg leg, int status, ReadOnlySpan<byte> octets)
    {
        var transaction = leg.Asked;
        if (status >= 200)
        {
            leg.Asked = default;
            _lane.Lane.Octets.Drop(ref leg.ResponseFields);
        }

        if (status is >= 200 and < 300)
        {
            leg.State = LegState.Confirmed;
            KeepSuccess(leg, transaction, octets);
        }

        _lane.Transactions.Respond(transaction, status, octets);
    }

    /// <summary>Refuses the caller and ends the call.</summary>
    private void Fail(int status, ReadOnlySpan<byte> phrase, CallCause cause)
    {
        if (!_caller.Asked.IsNone)
        {
            var writer = new MessageWriter(_lane.Output);
            LegMessages.BeginResponse(ref writer, _caller, status, phrase);
            writer.Finish(default);
            Respond(_caller, status, writer.Written);
        }

        End(status, cause);
    }

    private void End(int status, CallCause cause)
    {
        _record.Status = status;
        _caller.State = LegState.Ended;
        Close(cause);
        ForgetIfOver();
    }

    private static int StatusOf(BridgeResult result) => result switch
    {
        BridgeResult.NoPorts => 503,
        BridgeResult.TooLarge => 513,
        _ => 488,
    };

    private static CallCause CauseOf(BridgeResult result) => result switch
    {
        BridgeResult.NoPorts => CallCause.NoMediaPorts,
        BridgeResult.TooLarge => CallCause.MessageTooLarge,
        _ => CallCause.BadOffer,
    };

    private void ReportNoPorts(BridgeResult result, string realm)
    {
        if (result == BridgeResult.NoPorts)
        {
            _lane.Room.Log.NoMediaPorts(realm);
        }
    }
}
