
namespace SipAlg.Media.Tests.Statistics;

/// <summary>Interarrival jitter by RFC 3550 §6.4.1 and A.8.</summary>
public sealed class JitterTests
{
    private const long Millisecond = StreamBench.Second / 1000;
    private readonly StreamBench _bench = new();

    /// <summary>Packets of 20 ms at 8 kHz, each late by so many milliseconds.</summary>
    private void Play(params ReadOnlySpan<int> delays)
    {
        for (var index = 0; index < delays.Length; index++)
        {
            _bench.Rtp(index, (uint)(1000 + (160 * index)), at: ((20 * index) + delays[index]) * Millisecond);
        }
    }

    [Fact]
    public void A_steady_stream_has_none()
    {
        Play(5, 5, 5, 5, 5);
        var figures = _bench.Read();
        Assert.Equal((4, 0u, 0.0), (figures.JitterSamples, figures.Jitter, figures.MostJitterSeconds));
        Assert.Equal(8000, figures.ClockRate);
    }

    /// <summary>
    /// By hand, in 1/16 units: D is 80, 160, 160, 0; J += D − (J + 8) / 16: 80, 80 + 160 − 5 = 235, 235 + 160 − 15 = 380, 380 − 24 = 356.
    /// </summary>
    [Fact]
    public void The_series_by_hand()
    {
        Play(0, 10, -10, 10, 10);
        var figures = _bench.Read();
        Assert.Equal(356u / 16, figures.Jitter);
        Assert.Equal(356.0 / 16 / 8000, figures.JitterSeconds, 6);
        Assert.Equal(380.0 / 16 / 8000, figures.MostJitterSeconds, 6);
        Assert.Equal((80 + 235 + 380 + 356) / 4.0 / 16 / 8000, figures.MeanJitterSeconds, 6);
    }

    /// <summary>The estimate of §6.4.1 in fractions, J += (|D| − J) / 16, over a long stream of any delays.</summary>
    [Fact]
    public void The_integer_estimate_follows_the_formula()
    {
        var random = new Random(7);
        var delays = Enumerable.Range(0, 2000).Select(_ => random.Next(0, 30)).ToArray();
        Play(delays);
        double jitter = 0;
        for (var index = 1; index < delays.Length; index++)
        {
            jitter += (Math.Abs(delays[index] - delays[index - 1]) * 8 - jitter) / 16;
        }

        Assert.InRange(_bench.Read().Jitter, jitter - 2, jitter + 2);
    }

    [Fact]
    public void Without_a_clock_rate_there_is_none()
    {
        _bench.SetClock(0);
        Play(0, 10, -10);
        Assert.False(_bench.Read().HasJitter);
        Assert.Equal(0, _bench.Read().MeanJitterSeconds);
    }

    [Fact]
    public void Silence_is_neither_loss_nor_jitter()
    {
        _bench.Rtp(1, 160, at: 20 * Millisecond).Rtp(2, 320, at: 40 * Millisecond);
        _bench.Rtp(3, 8320, at: 1040 * Millisecond);
        var figures = _bench.Read();
        Assert.Equal((0, 0u), (figures.Lost, figures.Jitter));
        Assert.Equal(TimeSpan.FromSeconds(1), figures.LongestGap);
    }

    [Fact]
    public void Events_have_one_timestamp_for_long_and_leave_the_jitter_alone()
    {
        _bench.Rtp(1, 160, at: 20 * Millisecond);
        _bench.SetClock(0);
        _bench.Rtp(2, 320, at: 40 * Millisecond, type: 101).Rtp(3, 320, at: 60 * Millisecond, type: 101);
        _bench.SetClock(8000);
        _bench.Rtp(4, 640, at: 80 * Millisecond);
        Assert.Equal((1, 0u), (_bench.Read().JitterSamples, _bench.Read().Jitter));
    }

    [Fact]
    public void Another_source_is_measured_by_its_own_timestamps()
    {
        _bench.Rtp(1, 160, at: 20 * Millisecond).Rtp(2, 3_000_000_000, ssrc: 9, at: 40 * Millisecond).Rtp(3, 3_000_000_160, ssrc: 9, at: 60 * Millisecond);
        Assert.Equal((1, 0u), (_bench.Read().JitterSamples, _bench.Read().Jitter));
    }

    /// <summary>A.8 keeps the estimate with the source; the most and the mean are of all of them.</summary>
    [Fact]
    public void Another_source_begins_without_jitter()
    {
        Play(0, 10, -10, 10);
        var before = _bench.Read();
        _bench.Rtp(4, 0, ssrc: 9, at: 100 * Millisecond).Rtp(5, 160, ssrc: 9, at: 120 * Millisecond);
        var figures = _bench.Read();
        Assert.True(before.Jitter > 0);
        Assert.Equal((4, 0u), (figures.JitterSamples, figures.Jitter));
        Assert.Equal(before.MostJitterSeconds, figures.MostJitterSeconds);
        Assert.Equal(before.MeanJitterSeconds * 3 / 4, figures.MeanJitterSeconds, 9);
    }

    [Fact]
    public void A_timestamp_that_jumps_is_no_delay()
    {
        _bench.Rtp(1, 160, at: 20 * Millisecond).Rtp(2, 2_000_000_000, at: 40 * Millisecond).Rtp(3, 2_000_000_160, at: 60 * Millisecond);
        Assert.Equal((1, 0u), (_bench.Read().JitterSamples, _bench.Read().Jitter));
    }

    [Fact]
    public void Timestamps_wrap()
    {
        _bench.Rtp(1, uint.MaxValue - 79, at: 20 * Millisecond).Rtp(2, 80, at: 40 * Millisecond);
        Assert.Equal((1, 0u), (_bench.Read().JitterSamples, _bench.Read().Jitter));
    }

    [Fact]
    public void Another_clock_rate_keeps_what_was_measured()
    {
        Play(0, 10, -10, 10);
        var before = _bench.Read();
        _bench.SetClock(48_000);
        _bench.Rtp(4, 5, at: 100 * Millisecond);
        var figures = _bench.Read();
        Assert.Equal(48_000, figures.ClockRate);
        Assert.Equal(before.JitterSeconds, figures.JitterSeconds, 5);
        Assert.Equal(before.MeanJitterSeconds, figures.MeanJitterSeconds, 5);
        Assert.Equal(before.JitterSamples, figures.JitterSamples);
    }

    [Fact]
    public void A_call_of_a_day_is_measured_as_exactly()
    {
        const long Day = 86_400 * StreamBench.Second;
        _bench.Rtp(1, 0, at: Day).Rtp(2, 160, at: Day + (20 * Millisecond)).Rtp(3, 320, at: Day + (40 * Millisecond));
        Assert.Equal(0u, _bench.Read().Jitter);
    }

    [Fact]
    public void Time_in_which_an_end_is_not_to_send_is_no_gap()
    {
        _bench.Rtp(1, at: 0).Rtp(2, at: 3 * Millisecond);
        _bench.SetSilent(true);
        _bench.Rtp(3, at: 500 * Millisecond).Rtp(4, at: 2000 * Millisecond);
        _bench.SetSilent(false);
        _bench.Rtp(5, at: 5000 * Millisecond);
        Assert.Equal(TimeSpan.FromMilliseconds(3), _bench.Read().LongestGap);
        _bench.Rtp(6, at: 5007 * Millisecond);
        Assert.Equal(TimeSpan.FromMilliseconds(7), _bench.Read().LongestGap);
    }

    [Fact]
    public void What_is_no_rtp_has_packets_octets_and_times()
    {
        _bench.Other(40, 20 * Millisecond);
        _bench.Other(60, 50 * Millisecond);
        var figures = _bench.Read();
        Assert.Equal((2, 100, false, 0, 0), (figures.Packets, figures.Octets, figures.IsRtp, figures.Expected, figures.JitterSamples));
        Assert.Equal(TimeSpan.FromMilliseconds(30), figures.LongestGap);
        Assert.Equal(TimeSpan.FromMilliseconds(30), figures.Last - figures.First);
    }
}
