using SipAlg.Calls.Admission;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sessions;
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
/// A call: the caller's side and the callee's, each a leg or, while it is set up, several early ones, paired. What happens on one
/// leg is done to its partner; the legs themselves know nothing of each other. This file: beginning, finding, ending; the others:
/// targets, early dialogs, setting up, re-negotiation, requests that cross, hanging up.
/// </summary>
internal sealed partial class Call : DialogOwner
{
    private const int CallerIndex = 0;
    private const int CalleeIndex = 1;

    private readonly CallLane _lane;
    private readonly RouteDecision _decision;
    private readonly CallRecord _record;
    private readonly int _place;
    private readonly ulong _inviteKey;
    private readonly long _began;
    private readonly uint _generation;

    /// <summary>Index of the realm that it came from, whoever is in its caller's place later.</summary>
    private readonly int _realm;

    /// <summary>The caller asks for TLS on every hop (RFC 3261 §26.2.2): whoever cannot be reached so is not.</summary>
    private readonly bool _isSips;

    /// <summary>The caller's leg; before the answer the first of its early ones.</summary>
    private Leg _caller;

    /// <summary>The leg that answered.</summary>
    private Leg? _callee;

    private MediaFace _callerFace = null!;

    /// <summary>Of a callee that came into the call from another one; else its branch has it.</summary>
    private MediaFace? _calleeFace;

    /// <summary>The targets that are asked; after the answer the one that gave it.</summary>
    private Branch? _branches;
    private CallPhase _phase;
    private long _answered;

    /// <summary>By the wall clock as it was when the call began: one that is set meanwhile makes no call longer or shorter.</summary>
    private DateTimeOffset TimeOfDay => _record.Started.AddMilliseconds(_lane.Lane.Now - _began);
    private TimerId _noAnswer;
    private TimerId _maxDuration;
    private TimerId _provisional;

    private Call(CallLane lane, Leg caller, RouteDecision decision, TargetQueue targets, CallRecord record, ulong inviteKey, int slot, uint generation, int place)
    {
        _lane = lane;
        _caller = caller;
        _realm = caller.Realm;
        _isSips = record.IsSips;
        _decision = decision;
        _targets = targets;
        _record = record;
        _inviteKey = inviteKey;
        _began = lane.Lane.Now;
        _place = place;
        Slot = slot;
        _generation = generation;
    }

    public int Slot { get; }
    public CallRecord Record => _record;
    public override ulong Trace => _record.Trace;
    public CallPhase Phase => _phase;

    /// <summary>That of the route which the call began by, wherever it goes on.</summary>
    public override RouteFilter Filter => _decision.Route?.Filter ?? RouteFilter.None;

    public override bool IsOfStranger => _caller.User is { IsStranger: true };

    public bool IsEmergency => _decision.Route is { IsEmergency: true };

    private TransactionOwner Owner(LegPart part) => new(Slot, _generation, (int)part);

    /// <summary>The ports that face a leg, once the call is answered.</summary>
    private MediaFace FaceOf(Leg leg) => leg.Index == CallerIndex ? _callerFace : _calleeFace ?? _branches!.Face;

    private MediaFace NewFace(in MediaSide side)
    {
        if (side.IsOutOfReach)
        {
            _lane.Room.Log.UnreachableMedia(_record.Id, _lane.Room.Model.Realms[side.Realm].Name, side.Shown, side.Signalling);
        }

        return new(_lane.Room.Media, side, _place, IsEmergency) { Heard = ListenerFor(side), Owner = CallLane.SourceOwner(Slot, _generation), Call = _record.Id };
    }

    private SessionOrigin NewOrigin() => SessionOrigin.Begin(_lane.Lane.Secrets.Next());

    /// <summary>An INVITE of ours with this secret in its tag has no final answer yet.</summary>
    public bool AsksAs(ulong secret, ReadOnlySpan<byte> callId)
    {
        var branch = _phase == CallPhase.Setup ? _branches : null;
        while (branch is not null && branch.First.Secret != secret)
        {
            branch = branch.Next;
        }

        return branch is not null && branch.First.Dialog.CallId.SequenceEqual(callId);
    }

    /// <summary>Begins a call and tries its first target. False: the same INVITE is being served already (RFC 3261 §8.2.2.2).</summary>
    public static bool TryBegin(CallLane lane, TransactionId transaction, SipMessage invite, in Flow flow, in Sender sender, RouteDecision decision, CallCharge? charge = null)
    {
        if (!lane.TryReserve(invite, out var slot, out var generation, out var key))
        {
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
            Realm = sender.Realm,
            Peer = sender.Peer,
            User = sender.User,
            Source = sender.Source(flow),
            IsBehindNat = sender.IsNatAware(lane) && NatSigns.AreIn(invite, flow),
            Origin = SessionOrigin.Begin(lane.Lane.Secrets.Next()),
            Asked = transaction,
            AskedSequence = invite.CSeq,
            Allows = MethodSet.AllowedBy(invite),
            Requires = OptionTags.In(invite, HeaderId.Require),
        };
        caller.Flow = NextHops.Of(lane, caller, flow);
        caller.Clock.Asked = SessionRequest.Of(invite);
        caller.Supports = OptionTags.In(invite, HeaderId.Supported) | caller.Requires;
        caller.ResponseFields = LegMessages.KeepResponseFields(lane.Lane.Octets, lane.Output, invite, flow, tag);

        Span<byte> callerNumber = stackalloc byte[SipLimits.Identifier];
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        var record = new CallRecord(id.Secret, callerNumber[..CallNumbers.Caller(invite, sender, callerNumber)], called[..CallNumbers.Called(invite, sender.Peer, called)])
        {
            FromRealm = lane.Room.Model.Realms[sender.Realm].Name,
            FromPeer = sender.Peer?.Peer.Name,
            FromUser = sender.User?.KnownName,
            Route = decision.Route?.Name,
            IsSips = SipUri.TryParse(invite[invite.RequestUri], out var uri) && uri.Scheme == UriScheme.Sips,
            CallerBy = flow.Transport,
            Started = lane.Room.Time.GetUtcNow(),
            Trace = lane.BeginTrace(transaction, invite, flow, id.Secret),
            Lane = lane.Lane.Number,
            Model = lane.Room.Model,
            Sender = sender.User,
            Decision = lane.Routes.HasAsked ? decision : null,
            Nearest = decision.Route is null ? lane.Routes.Nearest : null,
            CallerAt = flow.Remote,
            CallerShown = lane.Shown(flow),
            CallerSigns = Rewriting.In(invite, flow.Remote.Address),
        };
        caller.Number = record.CallerOctets;
        var replacement = Replacement.Of(lane, invite, decision);
        var call = new Call(lane, caller, replacement.Decision, QueueOf(replacement.Decision, invite), record, key, slot, generation, lane.Room.Media.Relay.Place());
        call.Charge(charge);
        call._callerFace = call.NewFace(call.SideOf(caller));
        lane.Set(slot, call);
        lane.Transactions.Adopt(transaction, call.Owner(LegPart.CallerInvite));
        lane.Room.Watch?.Started(record);
        call.Begin(invite, replacement);
        return true;
    }

    /// <param name="invite">The caller's.</param>
    /// <param name="replacement">Whose place it takes, if anybody's.</param>
    private void Begin(SipMessage invite, in Replacement replacement)
    {
        _caller.Privacy |= Privacy.Of(invite);
        if (_decision.Rejection is { } rejection)
        {
            var cause = _decision.Route is null ? CallCause.NoRoute : CallCause.RejectedByRoute;
            Fail(rejection.Status, rejection.Reason is null ? default : System.Text.Encoding.UTF8.GetBytes(rejection.Reason), cause);
            return;
        }

        if (replacement.Status != 0)
        {
            Fail(replacement.Status, default, CallCause.NothingToReplace);
            return;
        }

        if (replacement.Stays is { } stays)
        {
            TakePlace(replacement.Home!, stays, invite);
            return;
        }

        if (_targets.MayGoOn)
        {
            KeepInvite(invite);
        }

        TryTargets(invite);
    }

    public override void OnTimer(CallTimer timer)
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
            case CallTimer.CallerOwn:
                OnOwnTimer(_caller);
                break;
            case CallTimer.CalleeOwn when _callee is not null:
                OnOwnTimer(_callee);
                break;
            case CallTimer.CallerSession:
                OnSessionTimer(_caller);
                break;
            case CallTimer.CalleeSession when _callee is not null:
                OnSessionTimer(_callee);
                break;
            case CallTimer.Provisional:
                _provisional = default;
                OnProvisionalTimer();
                break;
            case CallTimer.Departure:
                DismissDeparted();
                break;
            case CallTimer.MaxDuration:
                _maxDuration = default;
                HangUp(CallCause.MaxDuration);
                break;
            case CallTimer.Silence:
                OnSilenceTimer();
                break;
            case CallTimer.Account:
                _account = default;
                OnAccountTimer();
                break;
            case CallTimer.Series:
                OnSeriesTimer();
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

    /// <summary>The BYE of a leg that has left the call before its end.</summary>
    DepartedBye,

    /// <summary>A request of our own to the caller other than INVITE, which refreshes its session.</summary>
    CallerOwn,
    CalleeOwn,

    /// <summary>A request that crosses from one leg to the other.</summary>
    Crossing,

    /// <summary>A NOTIFY that tells of a transfer.</summary>
    Report,

    /// <summary>A request of our own whose answer changes nothing.</summary>
    Own,

    /// <summary>An INVITE that may not be cancelled yet, of a call that another target has answered.</summary>
    AnsweredElsewhere,

    /// <summary>An INFO of our own with a digit.</summary>
    Digit,
}
