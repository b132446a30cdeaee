using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Calls;

/// <content>
/// A call that the gateway makes itself, to whom a REFER names: set up as any other, but its caller is somebody in another call, who
/// hears of it only when it has been answered.
/// </content>
internal sealed partial class Call
{
    private Transfer? _madeFor;

    /// <summary>It is part of another call, and neither counted nor recorded by itself.</summary>
    private bool _isAttempt;

    private MediaBridge.KnownSide? _known;

    public bool IsAttempt => _isAttempt;

    private void BeginAttempt(Transfer transfer, SipMessage invite, RouteDecision decision)
    {
        var slot = _lane.Reserve(out var generation);
        var stays = transfer.Stays;
        var id = _lane.Lane.MintId(slot);
        var caller = new Leg(CallerIndex)
        {
            // It has no dialog of its own: nothing is ever sent to it.
            State = LegState.Ended,
            Dialog = stays.Dialog,
            Flow = stays.Flow,
            Secret = id.Secret,
            Realm = stays.Realm,
            Peer = stays.Peer,
            User = stays.User,
            Privacy = stays.Privacy,
            Origin = stays.Origin.Fork(),
            Allows = stays.Allows,
            Requires = OptionTags.In(invite, HeaderId.Require) & SipExtensions.Replaces,
        };
        Span<byte> number = stackalloc byte[SipLimits.Identifier];
        var record = new CallRecord(id.Secret, number[..NumberOf(stays, number)], transfer.To) { FromRealm = _record.FromRealm, Trace = Trace, Started = _lane.Room.Time.GetUtcNow() };
        caller.Number = record.CallerOctets;
        decision = Forced(decision, stays, record);
        var attempt = new Call(_lane, caller, decision, QueueOf(decision, invite), record, 0, slot, generation, _place)
        {
            _isAttempt = true,
            _madeFor = transfer,
            _known = new MediaBridge.KnownSide(stays.Media!, stays.Index, CallerIndex),
            _callerFace = FaceOf(stays),
        };
        transfer.Attempt = attempt;
        _lane.Set(slot, attempt);
        attempt.Begin(invite, default);
    }

    /// <summary>The target has answered: from now on it waits for who is transferred.</summary>
    private void BeTaken(Branch branch, Leg callee)
    {
        _lane.Lane.Octets.Drop(ref callee.Answer);
        branch.Peer?.Answered(_lane.Lane.Now - branch.AskedAt);
        SendAck(callee);
        _phase = CallPhase.Answered;
        _lane.Lane.Octets.Drop(ref _invite);
        _failures.Drop(_lane.Lane.Octets);
        _madeFor!.Call.OnAttemptAnswered(_madeFor, callee, branch.Face, _caller.Sent.Span);
    }

    private void OnAttemptAnswered(Transfer transfer, Leg target, MediaFace face, ReadOnlySpan<byte> description)
    {
        transfer.Comes = new Takeover(transfer.Attempt!, target, face, target.Media!) { IsAgreed = true };
        if (description.IsEmpty)
        {
            FailTransfer(transfer, 502);
        }
        else
        {
            AskStaying(transfer, description);
        }
    }

    /// <summary>Its target rings, or something else is told of it before the end.</summary>
    private void OnAttemptProgress(int status) => _madeFor!.Call.Report(_madeFor.By, status);

    /// <summary>It has ended without having been taken over.</summary>
    private void ReportAttempt()
    {
        if (_madeFor is { } transfer)
        {
            _madeFor = null;
            transfer.Call.FailTransfer(transfer, _record.Status < 300 ? 480 : _record.Status);
        }
    }

    /// <summary>Nobody waits for its target any more.</summary>
    private void GiveUpAttempt()
    {
        _madeFor = null;
        HangUp(CallCause.TransferFailed);
    }

    /// <summary>Its target has gone over; the ports too, which therefore stay.</summary>
    private void EndAttempt()
    {
        _madeFor = null;
        _branches = null;
        StopTimer(ref _noAnswer);
        StopTimer(ref _provisional);
        DropEarly(_caller);
        _caller.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        _lane.Lane.Octets.Drop(ref _invite);
    }
}
