using SipAlg.Calls.Lanes;
using SipAlg.Calls.Media;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Calls;

/// <content>
/// The end of an answered call in which nobody sends media any more. The relay is not asked to tell: a timer looks, when the time would
/// be over, at when anything came last. The silence of one side never ends a call.
/// </content>
internal sealed partial class Call
{
    private TimerId _silence;
    private MediaAgreement _awaited;

    /// <summary>From when on it has been silent, as far as is known; milliseconds of the lane's clock.</summary>
    private long _heardAt;

    /// <summary>When the last packet had come that was known of; in timestamps of the relay.</summary>
    private long _heardMark;

    /// <summary>Something has been agreed on: if streams are held or resumed by it, the wait begins anew.</summary>
    private void AwaitMedia()
    {
        NoteFlows();
        var agreed = _service?.Agreement ?? _caller.Media?.Agreement ?? MediaAgreement.None;
        if (_phase == CallPhase.Answered && !_isAttempt && agreed != _awaited)
        {
            (_awaited, _heardAt) = (agreed, _lane.Lane.Now);
            ArmSilence();
        }
    }

    private void ArmSilence()
    {
        if (SilenceAllowed is { } allowed)
        {
            StartTimer(ref _silence, CallTimer.Silence, _heardAt + (long)allowed.TotalMilliseconds - _lane.Lane.Now);
        }
        else
        {
            StopTimer(ref _silence);
        }
    }

    private TimeSpan? SilenceAllowed => _awaited switch
    {
        MediaAgreement.Active => _lane.Room.Model.Calls.MediaTimeout,
        MediaAgreement.Held => _lane.Room.Model.Calls.HoldTimeout,
        _ => null,
    };

    private void OnSilenceTimer()
    {
        _silence = default;
        Listen();
        if (SilenceAllowed is { } allowed && _lane.Lane.Now - _heardAt >= (long)allowed.TotalMilliseconds)
        {
            HangUp(_awaited == MediaAgreement.Held ? CallCause.HoldTimeout : CallCause.MediaTimeout);
            return;
        }

        ArmSilence();
    }

    /// <summary>Looks at what has come since. While somebody is being transferred there may be nobody to send anything.</summary>
    private void Listen()
    {
        var mark = _service?.LastHeard() ?? Math.Max(_callerFace.LastHeard(), CalleeFace?.LastHeard() ?? 0);
        if (mark != _heardMark)
        {
            _heardMark = mark;
            _heardAt = Math.Max(_heardAt, _lane.Lane.Now - _lane.Room.Media.Relay.MillisecondsSince(mark));
        }

        if (_transfer is not null)
        {
            ListenAnew();
        }
    }

    /// <summary>Also when the transfer is over, either way: the timer may not have looked while it was under way.</summary>
    private void ListenAnew()
    {
        _heardAt = _lane.Lane.Now;
        _callee?.Media?.FlowAnew(_heardAt);
    }
}
