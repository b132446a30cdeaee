using SipAlg.Calls.Admission;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Bodies;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Requests;

/// <summary>
/// A request outside a dialog, other than INVITE, on its way through the targets of its route: one after another, until one answers.
/// Who sent it waits for 64·T1 and no longer, whatever becomes of it (RFC 4320 §3), so a target that has others behind it gets its
/// share of what is left of that time. A target that is at several places (RFC 3263) is tried at each. The contacts of a user that are
/// as preferred as the one that is asked are for the owner to ask beside it, if it does (<see cref="AskBeside"/>).
/// </summary>
internal sealed partial class TargetSearch
{
    private readonly CallLane _lane;
    private readonly bool _isBelieved;
    private readonly bool _isForced;
    private readonly Model.Peer? _registrar;
    private RouteDecision _decision;
    private readonly RouteFilter _filter;
    private readonly TransactionOwner _owner;
    private readonly TransactionId _asked;
    private readonly long _until;
    private StoredOctets _request;
    private StoredOctets _responseFields;
    private Allotment? _allotment;
    private TimerId _timer;
    private long _due = long.MaxValue;
    private int _target;
    private int _resting = -1;
    private bool _hasAsked;

    /// <param name="lane">Whose it is.</param>
    /// <param name="from">Who asks.</param>
    /// <param name="decision">Its targets.</param>
    /// <param name="owner">Told of the answers.</param>
    /// <param name="asked">The request's transaction.</param>
    /// <param name="request">As it came.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="tag">Ours, for the answer.</param>
    public TargetSearch(CallLane lane, in Sender from, RouteDecision decision, TransactionOwner owner, TransactionId asked, SipMessage request, in Flow flow, ReadOnlySpan<byte> tag)
    {
        _lane = lane;
        _isBelieved = from.IsTrusted;
        _isForced = from.IsForced;
        _registrar = from.User?.Registrar;
        _decision = decision;
        _filter = decision.Route?.Filter ?? RouteFilter.None;
        _owner = owner;
        _asked = asked;
        _until = lane.Lane.Now + lane.Transactions.Times.Timeout;
        _responseFields = LegMessages.KeepResponseFields(lane.Lane.Octets, lane.Output, request, flow, tag);
        if (decision.Targets.Length > 1)
        {
            KeepRequest(request);
        }

        lane.Transactions.Adopt(asked, owner);
    }

    /// <summary>Asks somebody beside the one that another search asks, in the same time. It answers nobody.</summary>
    private TargetSearch(TargetSearch other, RouteDecision decision, int firstKey)
    {
        (_lane, _isBelieved, _isForced, _owner, _until) = (other._lane, other._isBelieved, other._isForced, other._owner, other._until);
        (_decision, _filter, _searches) = (decision, other._filter, firstKey);
    }

    /// <summary>Why no target could be asked.</summary>
    public int Status { get; private set; } = 503;

    /// <summary>Our request to the target.</summary>
    public TransactionId Asking { get; private set; }

    /// <summary>Our end of what it may begin with the target.</summary>
    public DialogEnd? End { get; private set; }

    /// <summary>The host that stands for the sender's side at the target.</summary>
    public byte[] Host { get; private set; } = [];

    public ref readonly StoredOctets ResponseFields => ref _responseFields;

    /// <summary>What the route lets through of what comes of the request.</summary>
    public RouteFilter Filter => _filter;

    private bool IsEmergency => _decision.Route is { IsEmergency: true };

    /// <summary>Asks the targets from the current one on. False: none of them can be asked, <see cref="Status"/> says why.</summary>
    public bool TryAsk(SipMessage request)
    {
        for (; _target < _decision.Targets.Length; _target++)
        {
            if (IsResting(_decision.Targets[_target]))
            {
                _resting = _resting < 0 ? _target : _resting;
            }
            else if (TryTarget(_decision.Targets[_target], request))
            {
                return true;
            }
        }

        return !_hasAsked && _resting >= 0 && TryTarget(_decision.Targets[_resting], request);
    }

    /// <summary>A peer that is down is passed over, and one that asked for a rest (RFC 3261 §21.5.4), but for emergencies and unless nobody else is left.</summary>
    private bool IsResting(RouteTarget target) =>
        target.Peer is { } peer && !IsEmergency && !_lane.Room.Peers[peer.Index].IsUp(_lane.Room.Time);

    /// <summary>Whether a final answer of the target leads on to the next. Each contact of a user is worth a try (RFC 3261 §16.6).</summary>
    public bool LeadsOn(int status) => status < 600 && (IsOfSameUser(_target + 1) || (_hops is { IsOfDevice: true, HasNext: true } && _hops.LeadsOn(status)) ||
        _decision.Route!.TryNextOn.Contains(status) || _decision.Route.TryNextOn.Contains(EventMessages.FinalStatus(status)));

    /// <summary>What a final answer of the target is to the sender.</summary>
    public int StatusFor(int status)
    {
        var mapped = _decision.Route!.StatusForCaller(End?.Peer?.Peer, status);
        return mapped != status ? mapped : status is 401 or 407 && End is { TakesProof: true } ? status : EventMessages.FinalStatus(status);
    }

    /// <summary>Our request was challenged and is under way once more. False: not the one that is waited for.</summary>
    public bool TryRenew(in RenewedRequest renewed)
    {
        if (Asking != renewed.Before)
        {
            return false;
        }

        Asking = renewed.Now;
        return true;
    }

    /// <summary>Leaves the target, and asks the next.</summary>
    /// <param name="status">What it is to the sender if there is no other.</param>
    /// <param name="answered">What the target has answered; 0: nothing.</param>
    public bool TryNext(int status, int answered = 0)
    {
        if (TryNextPlace(status, answered))
        {
            return true;
        }

        Leave();
        Status = status;
        _target++;
        return !_request.IsEmpty && _target < _decision.Targets.Length && TryAsk(Call.Parsed(_request));
    }

    private bool TryTarget(RouteTarget target, SipMessage request)
    {
        if (target.Kind == TargetKind.Service)
        {
            // The gateway's own services answer calls.
            return Missed(405);
        }

        if (target is { Kind: TargetKind.Registered, Contact: null })
        {
            return TryUser(target, request);
        }

        if (_decision.Domain is { } domain && !Model.PeerAddress.IsHost(domain))
        {
            return Missed(503);
        }

        if (HopQueue.Of(_lane, target, out var search) is { } hops)
        {
            return TryHops(target, hops, request);
        }

        return search is { } name ? LookUp(target, name, request) : Missed(503);
    }

    /// <summary>Asks the target at the next of its places.</summary>
    private bool TryHops(RouteTarget target, HopQueue hops, SipMessage request)
    {
        var isSips = IsSips(request);
        if (!Destination.TryFind(_lane, target, hops, out var destination, isSips))
        {
            return Missed(isSips ? 480 : 503);
        }

        (_hops, _hop) = (hops, destination.Hop);
        if (hops.HasNext)
        {
            KeepRequest(request);
        }

        _allotment = request.Method is SipMethod.Subscribe or SipMethod.Refer ? destination.Peer?.Subscriptions : destination.Peer?.Requests;
        if (_allotment is not null && !_allotment.TryTake(IsEmergency))
        {
            _allotment = null;
            return Missed(503);
        }

        var status = Ask(target, destination, request);
        if (status == 0)
        {
            ShareTime(target);
            return _hasAsked = true;
        }

        Leave();
        return Missed(status);
    }

    private static bool IsSips(SipMessage request) => SipUri.TryParse(request[request.RequestUri], out var uri) && uri.Scheme == UriScheme.Sips;

    private bool Missed(int status)
    {
        Status = status;
        return false;
    }

    /// <returns>Why it cannot be asked; 0 if it is.</returns>
    private int Ask(RouteTarget target, in Destination destination, SipMessage request)
    {
        var id = _lane.Lane.MintId(_owner.Slot);
        var identity = IdentityCrossing.Of(_isBelieved, destination.Peer is { Peer.IsTrusted: true } || destination.Contact is { User.IsTrusted: true }, _decision, _isForced);
        if (!identity.MayCross(request))
        {
            return 500;
        }

        if (destination.NewDialog(_lane, request, _decision, id, identity, isSips: IsSips(request)) is not { } dialog)
        {
            return 513;
        }

        // NOTIFY names a REFER by its CSeq (RFC 3515 §2.4.6), which is therefore the same on both sides.
        dialog.LocalSequence = request.Method == SipMethod.Refer ? request.CSeq : 1;
        End = new DialogEnd { Dialog = dialog, Flow = destination.Flow, IsBehindNat = destination.Contact is { KeepsFlow: true }, Secret = id.Secret, Realm = target.Realm, Peer = destination.Peer, User = destination.Contact?.User, TakesProof = _registrar is not null && destination.Peer?.Peer.Index == _registrar.Index, Source = destination.Contact?.Flow.Remote.Address ?? default };
        Host = destination.Host;
        var shown = _lane.Shown(destination.Flow);
        var reader = new DialogReader(target.Realm, destination.Peer, destination.Flow, shown);
        var status = EventBodies.Cross(_lane, request, new BodyReader(Host, reader), out var body);
        if (status != 0)
        {
            return status;
        }

        Asking = _lane.Transactions.Reserve(request.Method, _owner);
        var writer = new MessageWriter(_lane.Output);
        dialog.WriteRequest(ref writer, request[request.MethodText], dialog.LocalSequence, Call.HopsLeft(request), LegMessages.ViaOf(_lane.Transactions, Asking, destination.Flow, shown));
        if (EventMessages.HasContact(request))
        {
            LegMessages.WriteContact(ref writer, id, destination.Flow, shown, dialog.IsSips);
        }

        EventMessages.WriteAccepted(ref writer, request);
        new HeaderCrossing(Host, _lane.DialogNames, reader) { Identity = identity, Rules = destination.Peer?.Peer.Headers ?? Model.HeaderRules.None, Filter = _filter.Headers, Edits = _decision.Headers, BeginsDialog = true, CarriesProof = End.TakesProof }.Write(ref writer, request);
        LegMessages.Finish(ref writer, request.First(HeaderId.ContentType), body);
        if (writer.Overflowed)
        {
            _lane.Transactions.Abandon(Asking);
            return 513;
        }

        _lane.ClientRequests.Send(Asking, End, _lane.Output.AsSpan(0, writer.Length), destination.FixesTransport);
        return 0;
    }

    /// <summary>The time for this target: an equal share, at most what the dialplan says.</summary>
    private void ShareTime(RouteTarget target)
    {
        var left = _decision.Targets.Length - _target + (_hops?.Left ?? 0);
        if (left == 1 && _request.IsEmpty)
        {
            // The transaction's own time is as long.
            return;
        }

        var share = Math.Max(_until - _lane.Lane.Now, 0) / left;
        if (left > 1 && target.NoAnswer is { } most)
        {
            share = Math.Min(share, (long)most.TotalMilliseconds);
        }

        _due = _lane.Lane.Now + share;
        _timer = _lane.Lane.Timers.Schedule(_due, (byte)CallTimer.NoAnswer, _owner.Slot, _owner.Generation);
    }

    /// <summary>The target has had its share of time.</summary>
    public bool IsDue => _due <= _lane.Lane.Now;

    /// <summary>What the target is still to answer is nobody's business any more.</summary>
    public void Leave()
    {
        _lane.Lane.Timers.Cancel(_timer);
        _timer = default;
        _due = long.MaxValue;
        Asking = default;
        End = null;
        _hops = null;
        _sought = 0;
        _allotment?.Give();
        _allotment = null;
    }

    /// <summary>The target has answered, and no other will be asked: its end is the owner's.</summary>
    /// <returns>What the end takes of its peer's allotment.</returns>
    public Allotment? Settle()
    {
        var allotment = _allotment;
        _allotment = null;
        Drop();
        return allotment;
    }

    /// <summary>Answers the sender from our side.</summary>
    public void Refuse(int status, ReadOnlySpan<byte> phrase, int retryAfter = 0)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, _responseFields.Span, status, phrase);
        if (status == 405)
        {
            LegMessages.WriteAllow(ref writer, default, Model.RealmAccess.Open);
        }

        if (retryAfter > 0)
        {
            writer.Field("Retry-After"u8, retryAfter);
        }

        writer.Finish(default);
        Respond(status, writer.Written);
    }

    /// <summary>Answers the sender.</summary>
    public void Respond(int status, ReadOnlySpan<byte> octets) => _lane.Transactions.Respond(_asked, status, octets);

    public void Drop()
    {
        Leave();
        _lane.Lane.Octets.Drop(ref _request);
        _lane.Lane.Octets.Drop(ref _responseFields);
    }
}
