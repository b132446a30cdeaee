using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Calls;

/// <content>Which targets are asked, and when the next ones are.</content>
internal sealed partial class Call
{
    private readonly TargetQueue _targets;
    private StoredOctets _invite;
    private Failures _failures;

    /// <summary>A target has been asked.</summary>
    private bool _hasAsked;

    private static TargetQueue QueueOf(RouteDecision decision, SipMessage invite) => new(new TargetList(decision) { Breadth = MaxBreadthOf(invite) });

    /// <summary>Nobody is asked now: the next targets are, until one of them has been sent its INVITE or answers by itself.</summary>
    private void TryTargets(SipMessage invite)
    {
        while (IsIdle && _targets.TryNext(TargetQueue.MostAtOnce, out var step))
        {
            TryStep(step, invite);
        }

        if (IsIdle && !_hasAsked && _targets.TryResting(out var resting))
        {
            TryTarget(resting, 0, invite);
        }

        if (IsIdle)
        {
            FailByBest();
        }
    }

    private bool IsIdle => _phase == CallPhase.Setup && _branches is null && Sought == 0;

    /// <summary>While others still ring: where one of them redirects to is asked at once, as far as there is room.</summary>
    private void TryContacts(SipMessage invite)
    {
        var (before, sought) = (_branches, Sought);
        while (_phase == CallPhase.Setup && _branches == before && Sought == sought && _targets.HasContact && RoomForMore is var room and > 0 && _targets.TryNext(room, out var step))
        {
            TryStep(step, invite);
        }
    }

    private int RoomForMore
    {
        get
        {
            var room = TargetQueue.MostAtOnce - Sought;
            for (var branch = _branches; branch is not null; branch = branch.Next)
            {
                room -= branch.Answer.IsEmpty ? 1 : TargetQueue.MostAtOnce;
            }

            return room;
        }
    }

    /// <summary>Asks targets together. A service among them answers at once, so that the others would never have a chance.</summary>
    private void TryStep(in TargetStep step, SipMessage invite)
    {
        if (step.HasUser)
        {
            FindContacts(step, invite);
            return;
        }

        for (var index = 0; index < step.Count; index++)
        {
            if (step[index].Kind == TargetKind.Service && TryService(step, index, invite))
            {
                return;
            }
        }

        for (var index = 0; index < step.Count; index++)
        {
            if (step[index].Kind != TargetKind.Service && !IsPassedOver(step, index))
            {
                TryTarget(step, index, invite);
            }
        }
    }

    /// <summary>A peer that is down is passed over, and one that asked for a rest (RFC 3261 §21.5.4), but for emergency calls and unless nobody else is left.</summary>
    private bool IsPassedOver(in TargetStep step, int index)
    {
        if (step[index].Peer is not { } peer || step.List.Route.IsEmergency || _lane.Room.Peers[peer.Index].IsUp(_lane.Room.Time))
        {
            return false;
        }

        _targets.PassOver(step, index);
        TargetQueue.Failed(step.List, 503, alwaysLeadsOn: true);
        return true;
    }

    /// <summary>Notes why a target could not be asked. The caller hears of it if nothing better comes of the others.</summary>
    private bool Missed(in TargetStep step, int index, int status, CallCause cause)
    {
        _failures.Add(_lane.Lane.Octets, NewFailure(step.List, step[index], status, cause), null);
        TargetQueue.Failed(step.List, status, alwaysLeadsOn: true);
        return false;
    }

    /// <summary>A target that was asked has failed, and nothing of what it said crosses.</summary>
    private void NoteFailure(Branch branch, int status, CallCause cause, bool alwaysLeadsOn)
    {
        _failures.Add(_lane.Lane.Octets, NewFailure(branch.List, branch.Target, status, cause) with { Asked = branch.Facts }, null);
        TargetQueue.Failed(branch.List, status, alwaysLeadsOn);
    }

    private Failure NewFailure(TargetList list, RouteTarget target, int status, CallCause cause) =>
        new(status, ShownToCaller(list, target, status), cause, target);

    /// <summary>A target is over and its failure noted. Others may still ring; else the next is asked, or the caller hears of the best.</summary>
    private void GoOn()
    {
        if (IsIdle && _targets.HasNext)
        {
            TryTargets(Parsed(_invite));
        }
        else if (IsIdle)
        {
            FailByBest();
        }

        if (_phase == CallPhase.Setup)
        {
            _failures.Keep(_lane.Lane.Octets);
        }
    }

    private void OnTargetSilent(Branch branch, NoResponse reason)
    {
        EndBranch(branch, AttemptOutcome.Failed);
        if (TryNextHop(branch, PeerHops.Rest))
        {
            return;
        }

        NoteFailedWay(branch, reason);
        var (status, cause) = reason == NoResponse.TimedOut ? (408, CallCause.TargetTimedOut) : (503, CallCause.TargetUnreachable);
        NoteFailure(branch, status, cause, alwaysLeadsOn: true);
        GoOn();
    }

    private void NoteFailedWay(Branch branch, NoResponse reason)
    {
        var flow = branch.First.Flow;
        if (reason == NoResponse.TransportFailed && _lane.Lane.FailedWays.Find(flow) is { } failure)
        {
            branch.Facts = branch.Facts with { NotConnected = failure, Names = _lane.NamesOf(flow) };
        }
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

    /// <summary>Who has rung long enough is cancelled.</summary>
    private void OnNoAnswer()
    {
        if (_phase != CallPhase.Setup)
        {
            return;
        }

        for (var branch = _branches; branch is not null;)
        {
            var next = branch.Next;
            if (branch.NoAnswerAt <= _lane.Lane.Now)
            {
                GiveUp(branch, AttemptOutcome.NoAnswer);
                NoteFailure(branch, 480, CallCause.NoAnswer, alwaysLeadsOn: true);
            }

            branch = next;
        }

        ArmNoAnswer();
        GoOn();
    }

    /// <summary>0 without a Max-Breadth, or with one that is no number.</summary>
    private static int MaxBreadthOf(SipMessage invite) =>
        System.Buffers.Text.Utf8Parser.TryParse(invite.First(HeaderId.MaxBreadth), out int breadth, out _) ? Math.Max(breadth, 1) : 0;
}
