using SipAlg.Calls.Quality;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Calls.Tests.Quality;

/// <summary>A series is made of what came between two looks, and never grows beyond its room.</summary>
public sealed class QualitySeriesTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(5);

    private readonly QualitySeries _series = new(Start, Tick, isAudio: true);
    private StreamStatistics _sum = new() { IsRtp = true, Codec = AudioCodec.G711, ClockRate = 8000 };
    private int _ticks;

    private QualityPoint Last => _series.Points[^1];

    /// <param name="jitter">Mean of this tick, in seconds.</param>
    private void Look(long expected = 0, long received = 0, double jitter = 0, double? roundTrip = null)
    {
        _sum = _sum.With(new StreamStatistics
        {
            Packets = received, Expected = expected, Received = received, JitterSamples = received, MeanJitterSeconds = jitter, ClockRate = 8000, IsRtp = true, Codec = AudioCodec.G711,
            RoundTrips = roundTrip is null ? 0 : 1, RoundTripSeconds = roundTrip ?? 0, Last = Start + (_ticks * Tick),
        });
        _series.Add(Start + (++_ticks * Tick), _sum);
    }

    [Fact]
    public void Each_step_has_what_came_in_it()
    {
        Look(250, 250, 0.001, 0.030);
        Look(250, 200, 0.010);
        Look(250, 250, 0.002, 0.050);
        var points = _series.Points.ToArray();
        Assert.Equal([250L, 200, 250], points.Select(point => point.Packets));
        Assert.Equal([0.0, 0.2, 0], points.Select(point => point.Loss!.Value));
        Assert.Equal([0.001, 0.010, 0.002], points.Select(point => Math.Round(point.Jitter!.Value, 4)));
        Assert.Equal([0.030, null, 0.050], points.Select(point => point.RoundTrip));
        Assert.True(points[0].Mos > 4.3 && points[1].Mos < 2.7);

        // The way back of the step before is taken for that of one without reports.
        Assert.Equal(EModel.Mos(EModel.R(EModel.G711, 0.015 + 0.05, 0))!, points[0].Mos!.Value, 0.01);
        Assert.Equal((Start, Start + (3 * Tick), Tick), (_series.From, _series.To, _series.Step));
    }

    [Fact]
    public void Silence_is_no_loss()
    {
        Look(250, 250, 0.001);
        Look();
        Assert.Equal((0L, (double?)null, (double?)null, (double?)null), (Last.Packets, Last.Loss, Last.Jitter, Last.Mos));
    }

    [Fact]
    public void What_was_late_is_not_lost_twice()
    {
        Look(250, 240);
        Look(250, 260);
        Assert.Equal((260L, 0.0), (Last.Packets, Last.Loss));
    }

    [Fact]
    public void A_long_call_has_longer_steps_and_no_more_of_them()
    {
        for (var tick = 0; tick < QualitySeries.MostPoints; tick++)
        {
            Look(250, 240, 0.002);
        }

        Assert.Equal((QualitySeries.MostPoints, Tick), (_series.Count, _series.Step));
        Look(250, 240, 0.002);
        Assert.Equal(((QualitySeries.MostPoints / 2) + 1, 2 * Tick, 240L), (_series.Count, _series.Step, Last.Packets));
        Assert.Equal((480L, 0.04), (_series.Points[0].Packets, _series.Points[0].Loss));
        Look(250, 240, 0.004);
        Assert.Equal(((QualitySeries.MostPoints / 2) + 1, 480L, 0.003), (_series.Count, Last.Packets, Last.Jitter));
        for (var tick = 0; tick < 4 * 3600 / 5; tick++)
        {
            Look(250, 240, 0.002);
            Assert.InRange(_series.Count, QualitySeries.MostPoints / 2, QualitySeries.MostPoints);
            Assert.Equal((_ticks * Tick).TotalSeconds, (_series.Count * _series.Step).TotalSeconds, _series.Step.TotalSeconds);
        }

        Assert.Equal(_sum.Received, _series.Points.ToArray().Sum(point => point.Packets));
    }

    [Fact]
    public void A_copy_stays_as_it_is()
    {
        Look(250, 250);
        var copy = _series.Copy();
        Look(250, 100);
        Assert.Equal((1, 250L, Start + Tick), (copy.Count, copy.Points[0].Packets, copy.To));
        Assert.Equal(2, _series.Count);
    }

    [Fact]
    public void What_is_no_audio_has_no_score()
    {
        var video = new QualitySeries(Start, Tick, isAudio: false);
        video.Add(Start + Tick, new StreamStatistics { IsRtp = true, Packets = 9, Expected = 9, Received = 9, Codec = AudioCodec.G711 });
        Assert.Equal((9L, (double?)null), (video.Points[0].Packets, video.Points[0].Mos));
    }
}
