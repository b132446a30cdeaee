using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Quality;

/// <summary>
/// How a stream came in one direction, step after step. Room for so many points and no more: when they are used up, two become one, and a
/// step lasts twice as long from then on, so that a series always tells of the whole call. The lane writes it; who reads it has a copy.
/// </summary>
public sealed class QualitySeries
{
    /// <summary>Of one direction.</summary>
    public const int MostPoints = 120;
    private const int FirstPoints = 15;

    private readonly TimeSpan _tick;
    private readonly bool _isAudio;
    private QualityPoint[] _points;
    private StreamStatistics _before;
    private ClockCheck _clock;
    private double _roundTrip;

    /// <summary>Ticks of a point, and those that the last one has.</summary>
    private int _ticks = 1;
    private int _filled;

    /// <param name="from">When the first step begins.</param>
    /// <param name="tick">Between two looks.</param>
    /// <param name="isAudio">Else there is no score.</param>
    internal QualitySeries(DateTimeOffset from, TimeSpan tick, bool isAudio)
    {
        (From, _tick, _isAudio) = (from, tick, isAudio);
        _points = new QualityPoint[FirstPoints];
    }

    private QualitySeries(QualitySeries other)
    {
        (From, _tick, _isAudio, _points, Count, To, _ticks, _clock) = (other.From, other._tick, other._isAudio, other._points[..other.Count], other.Count, other.To, other._ticks, other._clock);
    }

    /// <summary>UTC.</summary>
    public DateTimeOffset From { get; }

    /// <summary>When it was looked at last: the last step may be shorter than the others.</summary>
    public DateTimeOffset To { get; private set; }

    /// <summary>Of one point.</summary>
    public TimeSpan Step => _ticks * _tick;

    /// <summary>Points.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<QualityPoint> Points => _points.AsSpan(0, Count);

    /// <summary>The clock rate that its timestamps really have, in hertz, where it is not the one that SDP says; 0: it is, or is not known.</summary>
    public int OddClockRate => _clock.OddRate;

    /// <summary>As it is now, for another thread.</summary>
    internal QualitySeries Copy() => new(this);

    /// <summary>A tick is over.</summary>
    /// <param name="now">UTC.</param>
    /// <param name="figures">What has come since the stream began.</param>
    internal void Add(DateTimeOffset now, in StreamStatistics figures)
    {
        To = now;
        _clock.Look(_before, figures);
        var point = PointOf(figures);
        _before = figures;
        if (Count > 0 && _filled < _ticks)
        {
            _points[Count - 1] = _points[Count - 1].With(point);
            _filled++;
            return;
        }

        MakeRoom();
        _points[Count++] = point;
        _filled = 1;
    }

    private void MakeRoom()
    {
        if (Count < _points.Length)
        {
            return;
        }

        if (_points.Length < MostPoints)
        {
            Array.Resize(ref _points, 2 * _points.Length);
            return;
        }

        for (var index = 0; index < Count / 2; index++)
        {
            _points[index] = _points[2 * index].With(_points[(2 * index) + 1]);
        }

        Count /= 2;
        _ticks *= 2;
        _filled = _ticks;
    }

    /// <summary>What has come since the last look, as a stream of its own.</summary>
    private QualityPoint PointOf(in StreamStatistics figures)
    {
        var samples = figures.JitterSamples - _before.JitterSamples;
        var trips = figures.RoundTrips - _before.RoundTrips;
        var step = figures with
        {
            Expected = Math.Max(0, figures.Expected - _before.Expected),
            Received = figures.Received - _before.Received,
            JitterSamples = samples,
            MeanJitterSeconds = samples <= 0 ? 0 : Math.Max(0, Since(figures.MeanJitterSeconds, figures.JitterSamples, _before.MeanJitterSeconds, _before.JitterSamples)),
        };
        var roundTrip = trips <= 0 ? null : (double?)Math.Max(0, Since(figures.RoundTripSeconds, figures.RoundTrips, _before.RoundTripSeconds, _before.RoundTrips));
        _roundTrip = roundTrip ?? _roundTrip;
        var mos = _isAudio && step.Expected > 0 ? EModel.Mos(step with { RoundTripSeconds = _roundTrip }) : null;
        return new QualityPoint(step.Expected, step.Expected - step.Received, samples <= 0 ? null : step.MeanJitterSeconds, roundTrip, mos);
    }

    /// <summary>The mean of what came between two means.</summary>
    private static double Since(double mean, long times, double before, long timesBefore) => ((mean * times) - (before * timesBefore)) / (times - timesBefore);
}
