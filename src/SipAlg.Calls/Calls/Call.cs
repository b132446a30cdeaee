using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Headers;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

internal enum CallPhase : byte
{
    /// <summary>Targets are tried.</summary>
    Setup,

    /// <summary>The caller has its 2xx.</summary>
    Answered,

    /// <summary>It is over for the users; a BYE may still be under way.</summary>
    Ending,
}

/// <summary>
/// A call: a caller's leg and a callee's, paired. What happens on one leg is done to the other; the legs themselves know nothing
/// of each other. This file: beginning, finding, ending; the others: setup, re-negotiation, hanging up.
/// </summary>
internal sealed partial class Call
{
    private const int CallerIndex = 0;
    private const int CalleeIndex = 1;

    private readonly CallLane _lane;
    private readonly Leg _caller;
    private readonly RouteDecision _decision;
    private readonly CallRecord _record;
    private readonly MediaBridge _media;
    private readonly ulong _inviteKey;
    private readonly long _began;
    private readonly PeerState? _callerPeer;
    private uint _generation;
    private Leg? _callee;
    private CallPhase _phase;
    private long _answered;
    private TimerId _noAnswer;
    private TimerId _maxDuration;

    private Call(CallLane lane, Leg caller, RouteDecision decision, CallRecord record, MediaBridge media, ulong inviteKey, PeerState? callerPeer)
    {
        _lane = lane;
        _caller = caller;
        _decision = decision;
        _record = record;
        _media = media;
        _inviteKey = inviteKey;
        _callerPeer = callerPeer;
        _began = lane.Lane.Now;
    }

    public int Slot { get; private set; }
    public CallRecord Record => _record;
    public CallPhase Phase => _phase;

    private TransactionOwner Owner(LegPart part) => new(Slot, _generation, (int)part);

    /// <summary>The leg that has this secret in its tag.</summary>
    public Leg? LegWith(ulong secret) => _caller.Secret == secret ? _caller : _callee?.Secret == secret ? _callee : null;

    /// <summary>The other leg, while there is one.</summary>
    public Leg? Other(Leg leg) => leg.Index == CallerIndex ? _callee : _caller;

    /// <summary>Begins a call and tries its first target. False: the same INVITE is being served already (RFC 3261 §8.2.2.2).</summary>
    public static bool TryBegin(CallLane lane, TransactionId transaction, SipMessage invite, in Flow flow, PeerState peer, RouteDecision decision)
    {
        var slot = lane.Reserve(out var generation);
        if (lane.IsMerged(invite, slot, out var key))
        {
            lane.Remove(slot);
            return false;
        }

        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var id = lane.Lane.MintId(slot);
        id.Format(tag);
        var caller = new Leg(CallerIndex)
        {
            Dialog = lane.Dialogs.FromRequest(invite, tag),
            Flow = flow,
            Secret = id.Secret,
            Realm = peer.Peer.Realm,
            Peer = peer,
            Asked = transaction,
            AskedSequence = invite.CSeq,
        };
        caller.ResponseFields = LegMessages.KeepResponseFields(lane.Lane.Octets, lane.Output, invite, flow, tag);

        Span<byte> callerNumber = stackalloc byte[SipLimits.Identifier];
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        var record = new CallRecord(id.Secret, callerNumber[..CallNumbers.Caller(invite, peer.Peer, callerNumber)], called[..CallNumbers.Called(invite, peer.Peer, called)])
        {
            FromRealm = lane.Room.Model.Realms[peer.Peer.Realm].Name,
            FromPeer = peer.Peer.Name,
            Route = decision.Route?.Name,
            Started = lane.Room.Time.GetUtcNow(),
        };
        var media = new MediaBridge(lane.Room.Media, decision.Route is { IsEmergency: true });
        media.Side(CallerIndex) = MediaSide.Of(lane.Room.Model.Realms[peer.Peer.Realm], peer.Peer, flow.Local.Address, flow.Remote.Address, lane.Lane.Secrets.Next());
        var call = new Call(lane, caller, decision, record, media, key, peer) { Slot = slot, _generation = generation };
        lane.Set(slot, call);
        lane.Transactions.Adopt(transaction, call.Owner(LegPart.CallerInvite));
        call.Begin(invite);
        return true;
    }

    private void Begin(SipMessage invite)
    {
        if (_decision.Rejection is { } rejection)
        {
            var cause = _decision.Route is null ? CallCause.NoRoute : CallCause.RejectedByRoute;
            Fail(rejection.Status, rejection.Reason is null ? default : System.Text.Encoding.UTF8.GetBytes(rejection.Reason), cause);
            return;
        }

        if (_decision.Targets.Length > 1)
        {
            _invite = _lane.Lane.Octets.Keep(invite.Octets);
        }

        TryTargets(invite);
    }

    public void OnTimer(CallTimer timer)
    {
        switch (timer)
        {
            case CallTimer.NoAnswer:
                _noAnswer = default;
                OnNoAnswer();
                break;
            case CallTimer.CallerSuccess:
                OnSuccessTimer(_caller);
                break;
            case CallTimer.CalleeSuccess when _callee is not null:
                OnSuccessTimer(_callee);
                break;
            case CallTimer.MaxDuration:
                _maxDuration = default;
                HangUp(CallCause.MaxDuration);
                break;
            default:
                break;
        }
    }

    private void StartTimer(ref TimerId timer, CallTimer kind, long milliseconds)
    {
        _lane.Lane.Timers.Cancel(timer);
        timer = _lane.Lane.Timers.Schedule(_lane.Lane.Now + milliseconds, (byte)kind, Slot, _generation);
    }

    private void StopTimer(ref TimerId timer)
    {
        _lane.Lane.Timers.Cancel(timer);
        timer = default;
    }

    /// <summary>The call is over for its users: media, timers and what was kept go at once, and the record is made.</summary>
    private void Close(CallCause cause)
    {
        if (_phase == CallPhase.Ending)
        {
            return;
        }

        var wasAnswered = _phase == CallPhase.Answered;
        _phase = CallPhase.Ending;
        _record.Cause = cause;
        (_record.PacketsFromCaller, _record.PacketsFromCallee) = _service?.Packets() ?? _media.Packets();
        _media.Release();
        _service?.Release();
        StopTimer(ref _noAnswer);
        StopTimer(ref _maxDuration);
        _lane.Lane.Octets.Drop(ref _invite);
        _record.Ended = _lane.Room.Time.GetUtcNow();
        _lane.Counters.Ended(
            _caller.Realm, _record,
            wasAnswered ? TimeSpan.FromMilliseconds(_answered - _began) : null,
            wasAnswered ? TimeSpan.FromMilliseconds(_lane.Lane.Now - _answered) : null);
    }

    /// <summary>Gives the slot back once both legs have ended.</summary>
    private void ForgetIfOver()
    {
        if (_phase != CallPhase.Ending || _caller.State != LegState.Ended || _callee is { State: not LegState.Ended })
        {
            return;
        }

        _caller.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        _callee?.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        _callerPeer?.End();
        _calleePeer?.End();
        _calleePeer = null;
        _lane.ForgetInvite(_inviteKey);
        _lane.Remove(Slot);
        _lane.Room.Journal.Ended(_record);
    }

    private HeaderCrossing Crossing(Leg to) => new(to.Index == CallerIndex ? HostTowardsCaller() : _calleeHost, _lane.DialogNames);

    /// <summary>What stands for the other side in the caller's messages: its domain as a peer, else our address.</summary>
    private ReadOnlySpan<byte> HostTowardsCaller()
    {
        if (_caller.Peer is { Peer.Address: not null } peer)
        {
            return peer.Host;
        }

        var length = _lane.Shown(_caller.Flow).Address.FormatHost(_lane.HostScratch);
        return _lane.HostScratch.AsSpan(0, length);
    }
}

/// <summary>Which of a call's transactions an event belongs to.</summary>
internal enum LegPart
{
    CallerInvite,
    CalleeInvite,
    CallerReinvite,
    CalleeReinvite,
    CallerBye,
    CalleeBye,
}
