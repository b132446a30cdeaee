namespace SipAlg.Calls.Calls;

/// <content>The end of a call, and of what it has held.</content>
internal sealed partial class Call
{
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
        AbandonTransfer();
        DropDigits();
        ReleaseMedia();
        StopTimer(ref _noAnswer);
        StopTimer(ref _maxDuration);
        StopTimer(ref _silence);
        StopTimer(ref _seriesTimer);
        StopTimer(ref _provisional);
        EndCharges();
        _lane.Lane.Octets.Drop(ref _invite);
        _failures.Drop(_lane.Lane.Octets);
        _record.Ended = TimeOfDay;
        if (!_isAttempt)
        {
            _lane.Counters.Ended(
                _realm, _record,
                wasAnswered ? TimeSpan.FromMilliseconds(_answered - _began) : null,
                wasAnswered ? TimeSpan.FromMilliseconds(_lane.Lane.Now - _answered) : null);
        }

        HurryDeparted();
        EndClaims();
    }

    private void ReleaseMedia()
    {
        _lane.TakeSources();
        NoteMedia();
        var (fromCaller, fromCallee) = _service?.Packets() ?? (_callerFace.Packets(), _branches?.Face.Packets() ?? _calleeFace?.Packets() ?? 0);
        _record.PacketsFromCaller += fromCaller;
        _record.PacketsFromCallee += fromCallee;
        RecordStreams();
        ObserveCallee();
        if (!_isAttempt)
        {
            _callerFace.Release();
        }

        _branches?.Face.Release();
        _calleeFace?.Release();
        _service?.Release();
    }

    /// <summary>Other calls that count on one of this one's legs hear that there is none.</summary>
    private void EndClaims()
    {
        if (_takeover is { } takeover)
        {
            EndTakeover(takeover, 481);
        }

        if (_awaiting is { } transfer)
        {
            _awaiting = null;
            transfer.Call.FailTransfer(transfer, _record.Status < 300 ? 487 : _record.Status);
        }

        ReportAttempt();
        LeavePlace();
    }

    /// <summary>Gives the slot back once both legs have ended.</summary>
    private void ForgetIfOver()
    {
        if (_phase != CallPhase.Ending || !_caller.IsOver || _callee is { IsOver: false } || !HaveAllDeparted)
        {
            return;
        }

        DropEarly(_caller);
        _caller.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        _callee?.Drop(_lane.Lane.Octets, _lane.Lane.Timers);
        DropCrossings();
        _callee?.Peer?.End();
        _branches = null;
        ReleaseInherited();
        _lane.Remove(Slot);
        if (_isAttempt)
        {
            return;
        }

        _caller.Peer?.End();
        _lane.ForgetInvite(_inviteKey);
        _lane.EndTrace(_record);
        _lane.Room.Journal.Ended(_record);
    }
}
