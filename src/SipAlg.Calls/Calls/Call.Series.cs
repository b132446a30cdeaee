using SipAlg.Calls.Lanes;
using SipAlg.Calls.Quality;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Calls;

/// <content>How the media of an answered call comes in the course of time: a timer of its own looks, and a last look is at its end.</content>
internal sealed partial class Call
{
    /// <summary>Null before the first tick, so that a short call has none.</summary>
    private CallSeries? _series;
    private TimerId _seriesTimer;

    /// <summary>The call keeps the step that it was answered with.</summary>
    private void ArmSeries()
    {
        if (!_isAttempt && (_series?.Tick ?? _lane.Room.Model.Calls.SeriesStep) is { } step)
        {
            // By the clock and not by the last look: late looks do not add up.
            var tick = (long)step.TotalMilliseconds;
            StartTimer(ref _seriesTimer, CallTimer.Series, tick - ((_lane.Lane.Now - _answered) % tick));
        }
    }

    private void OnSeriesTimer()
    {
        _seriesTimer = default;
        if (_series is null && _lane.Room.Model.Calls.SeriesStep is { } step)
        {
            _series = new CallSeries(_record.Answered!.Value, step);
        }

        LookAtStreams();
        ArmSeries();
    }

    private void LookAtStreams()
    {
        if (_series is null || !_series.TryLook(_lane.Room.Time.GetUtcNow()))
        {
            return;
        }

        for (var index = 0; index < StreamCount; index++)
        {
            _series.Add(index, CallerIndex, KindOf(index), FiguresOf(CallerIndex, index));
            _series.Add(index, CalleeIndex, KindOf(index), FiguresOf(CalleeIndex, index));
        }
    }
}
