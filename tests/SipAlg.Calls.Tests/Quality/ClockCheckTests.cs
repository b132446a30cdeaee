using SipAlg.Calls.Quality;
using SipAlg.Media.Statistics;

namespace SipAlg.Calls.Tests.Quality;

/// <summary>Timestamps that advance by another clock than SDP says are told from those that are late, jump or stand still.</summary>
public sealed class ClockCheckTests
{
    private const int Agreed = 8000;
    private ClockCheck _check;
    private StreamStatistics _before = new() { IsRtp = true, ClockRate = Agreed, JitterSamples = 1, Ssrc = 7, Last = DateTimeOffset.UnixEpoch };

    /// <summary>Some seconds in which the timestamps advance by this many units.</summary>
    private int Look(double units, double seconds = 5, long packets = 250, uint ssrc = 7)
    {
        var now = _before with
        {
            Ssrc = ssrc,
            Last = _before.Last + TimeSpan.FromSeconds(seconds),
            JitterSamples = _before.JitterSamples + packets,
            Transit = _before.Transit + (uint)(int)((seconds * Agreed) - units),
        };
        _check.Look(_before, now);
        _before = now;
        return _check.OddRate;
    }

    [Theory]
    [InlineData(16_000)]
    [InlineData(4_000)]
    [InlineData(48_000)]
    [InlineData(7_000)]
    public void Another_clock_is_found_when_two_looks_agree(int hertz)
    {
        Assert.Equal(0, Look(5 * hertz));
        Assert.Equal(hertz, Look(5 * hertz));
        Assert.Equal(hertz, Look(5 * hertz));
    }

    [Fact]
    public void The_right_clock_is_none()
    {
        for (var look = 0; look < 10; look++)
        {
            // Late by up to 200 ms, now more, now less.
            Assert.Equal(0, Look((5 * Agreed) + (look % 2 == 0 ? 1600 : -1600)));
        }
    }

    [Fact]
    public void A_jump_or_a_silence_is_no_clock()
    {
        Assert.Equal(0, Look(5 * Agreed));
        Assert.Equal(0, Look(1_000_000));
        Assert.Equal(0, Look(2 * Agreed));
        Assert.Equal(0, Look(4 * Agreed));
        Assert.Equal(0, Look(5 * Agreed));
    }

    [Fact]
    public void One_look_in_many_is_no_clock()
    {
        for (var look = 0; look < 5; look++)
        {
            Look(5 * Agreed);
        }

        Look(5 * 16_000);
        Assert.Equal(0, Look(5 * 16_000));
    }

    [Fact]
    public void What_cannot_be_compared_tells_nothing()
    {
        Look(5 * 16_000, packets: 10);
        Look(16_000, seconds: 1);
        Look(5 * 16_000, ssrc: 8);
        Assert.Equal(0, Look(5 * 16_000, ssrc: 9));
        Assert.Equal(0, Look(5 * 16_000, ssrc: 9));
        Assert.Equal(16_000, Look(5 * 16_000, ssrc: 9));
    }
}
