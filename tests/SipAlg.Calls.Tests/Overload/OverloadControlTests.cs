using SipAlg.Calls.Overload;

namespace SipAlg.Calls.Tests.Overload;

/// <summary>The control law, and what it does to a lane: a queue that is served at a fixed rate, fed with more than that.</summary>
public sealed class OverloadControlTests
{
    private const long Target = 10_000;

    private readonly OverloadControl _control = new(Target);

    [Fact]
    public void One_interval_that_waits_is_a_pause_and_two_are_a_queue()
    {
        _control.Measure(5 * Target, isLosing: false);
        Assert.False(_control.IsActive);
        _control.Measure(0, isLosing: false);
        _control.Measure(5 * Target, isLosing: true);
        Assert.False(_control.IsActive);
        Assert.Equal(0, _control.Refused);
        _control.Measure(5 * Target, isLosing: false);
        Assert.True(_control.IsActive);
        Assert.InRange(_control.Refused, 0.01, 0.5);
    }

    [Fact]
    public void A_wait_below_the_target_refuses_nothing()
    {
        for (var interval = 0; interval < 1000; interval++)
        {
            _control.Measure(Target - 1, isLosing: false);
        }

        Assert.False(_control.IsActive);
    }

    /// <summary>A receive buffer that holds less than the target never waits as long as that: it drops.</summary>
    [Fact]
    public void A_full_queue_is_one_however_short_it_is()
    {
        _control.Measure(2000, isLosing: true);
        _control.Measure(2000, isLosing: true);
        Assert.True(_control.IsActive);
        Assert.True(_control.Refused > 0);
    }

    [Fact]
    public void Not_all_is_refused_and_all_is_admitted_again()
    {
        for (var interval = 0; interval < 1000; interval++)
        {
            _control.Measure(1_000_000, isLosing: true);
        }

        Assert.InRange(_control.Refused, 0.97, 0.99);
        var intervals = 0;
        for (; _control.Refused > 0; intervals++)
        {
            _control.Measure(0, isLosing: false);
        }

        // Half a minute from the bottom, and two seconds more until the episode is over: what ends and begins again is one.
        Assert.InRange(intervals, 200, 300);
        for (; _control.IsActive; intervals++)
        {
            _control.Measure(0, isLosing: false);
        }

        Assert.InRange(intervals, 220, 320);
    }

    /// <summary>
    /// A lane that serves its capacity exactly: half of what a call costs is due at once, half when it ends, and a refusal costs a tenth.
    /// Whatever is offered, what is served stays near what can be, and the wait near the target; what a small buffer cannot hold is lost.
    /// </summary>
    [Theory]
    [InlineData(1.2, 10, 55_000, 0.92)]
    [InlineData(2.0, 0, 55_000, 0.85)]
    [InlineData(2.0, 10, 55_000, 0.84)]
    [InlineData(2.0, 10, 4_000, 0.82)]
    [InlineData(2.0, 10, 400_000, 0.84)]
    [InlineData(2.0, 30, 55_000, 0.80)]
    [InlineData(5.0, 10, 55_000, 0.50)]
    [InlineData(5.0, 10, 4_000, 0.50)]
    public void What_is_served_stays_near_the_capacity(double offered, int intervalsToEnd, double buffer, double least)
    {
        const double RefusalCost = 0.1;
        const double Interval = 100_000;
        var ends = new Queue<double>(Enumerable.Repeat(0.0, intervalsToEnd));
        double queue = 0, served = 0, waited = 0;
        for (var interval = 0; interval < 1200; interval++)
        {
            var calls = offered * (1 - _control.Refused);
            ends.Enqueue(calls);
            var work = Interval * ((calls / 2) + (ends.Dequeue() / 2) + (offered * _control.Refused * RefusalCost));
            var standing = Math.Max(0, Math.Min(queue, queue + work - Interval));
            queue = Math.Max(0, queue + work - Interval);
            var lost = Math.Max(0, queue - buffer);
            queue -= lost;
            _control.Measure((long)standing, isLosing: lost > 0 && standing > 0);
            if (interval >= 300)
            {
                served += calls * (1 - (lost / Math.Max(1, work)));
                waited += queue;
            }
        }

        // What refusals cost cannot be served: of twice the capacity 0.89 can be, of five times as much 0.56.
        Assert.InRange(served / 900, least, 1.0);
        Assert.InRange(waited / 900, 0, 20_000);
    }

    /// <summary>A queue of half a second makes far sides repeat what they sent (RFC 3261's T1): it is gone within two.</summary>
    [Fact]
    public void A_long_queue_is_cut_quickly()
    {
        double queue = 600_000;
        var intervals = 0;
        for (; queue > 100_000; intervals++)
        {
            var work = 100_000 * ((2 * (1 - _control.Refused)) + (2 * _control.Refused * 0.1));
            _control.Measure((long)queue, isLosing: true);
            queue = Math.Clamp(queue + work - 100_000, 0, 600_000);
        }

        Assert.InRange(intervals, 5, 20);
    }

    /// <summary>Garbage is collected, a burst comes, the host is busy elsewhere: once in a while inputs wait, and not for two intervals.</summary>
    [Fact]
    public void Pauses_are_no_overload()
    {
        var random = new Random(1);
        var wasLong = false;
        for (var interval = 0; interval < 10_000; interval++)
        {
            wasLong = !wasLong && random.Next(4) == 0;
            _control.Measure(wasLong ? 500_000 : random.Next((int)Target), isLosing: wasLong);
            Assert.False(_control.IsActive);
        }
    }
}
