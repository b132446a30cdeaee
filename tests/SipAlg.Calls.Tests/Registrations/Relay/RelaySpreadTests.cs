using SipAlg.Calls.Model;
using SipAlg.Calls.Registrations;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>However many phones begin at once, their refreshes reach the PBX evenly, and once in its own time.</summary>
public sealed class RelaySpreadTests : RelayTest
{
    private const int Phones = 10_000;
    private const int Interval = 50;

    protected override SceneOptions Options => base.Options with { ChecksMessages = false };

    [Fact]
    public void Ten_thousand_phones_reach_the_pbx_as_ten_thousand_refreshes_in_ten_minutes()
    {
        var phone = Phone();
        var perMinute = new int[33];
        for (var second = 0; second < perMinute.Length * 60; second += Interval)
        {
            for (var user = 0; user < Phones; user++)
            {
                Register(phone, (uint)second + 1, $"u{user}", callId: $"c{user}@{phone.Host}");
                if (Pbx.Inbox.Count > 0)
                {
                    perMinute[second / 60]++;
                    Answers();
                }

                phone.ExpectResponse(200);
            }

            Assert.Equal(Phones, Standing);
            Scene.Advance(Interval * 1000);
        }

        // All of them once, and those again whose turn is in that minute.
        Assert.InRange(perMinute[0], Phones, Phones + 2_200);

        // Three periods of the PBX: a minute with two refreshes of each phone among five is one of double weight.
        var periods = Enumerable.Range(0, 3).Select(period => perMinute.AsSpan(1 + (period * 10), 10).ToArray()).ToArray();
        Assert.All(periods, period => Assert.InRange(period.Sum(), 9_000, 11_000));
        Assert.All(periods.SelectMany(period => period), minute => Assert.InRange(minute, 700, 2_200));
        Forget([.. Enumerable.Range(0, Phones).Select(user => $"u{user}")]);
        Scene.End();
    }

    /// <summary>A phone that refreshes whenever its time is over by this share of it.</summary>
    [Theory]
    [InlineData(600, 60, 0.5)]
    [InlineData(600, 60, 0.9)]
    [InlineData(600, 60, 1.0)]
    [InlineData(3600, 60, 0.9)]
    [InlineData(120, 60, 0.9)]
    [InlineData(60, 60, 0.9)]
    [InlineData(60, 10, 0.9)]
    public void No_binding_runs_out_at_the_registrar(int upstream, int phone, double share)
    {
        var settings = new RelaySettings(null!, TimeSpan.FromSeconds(upstream), TimeSpan.FromSeconds(phone));
        var draw = new Random(7);
        for (var binding = 0; binding < 500; binding++)
        {
            var (token, now, passed) = ((ulong)draw.NextInt64(), draw.NextInt64(1, 1_000_000), 0);
            var (until, refreshAt) = (now + (upstream * 1000L), RelayTimes.NextRefresh(token, now, upstream * 1000L, settings));
            var (begin, wanted) = (now, RelayTimes.Wanted(-1, settings));
            var granted = RelayTimes.Grant(wanted, upstream * 1000L);
            while (now < begin + (20L * upstream * 1000))
            {
                now += (long)(granted * share);
                Assert.True(now < until, $"Ran out {now - until} ms ago.");
                granted = RelayTimes.Grant(wanted, until - now);
                if (now >= refreshAt || RelayTimes.IsTooShort(granted, wanted))
                {
                    passed++;
                    (until, refreshAt) = (now + (upstream * 1000L), RelayTimes.NextRefresh(token, now, upstream * 1000L, settings));
                    granted = RelayTimes.Grant(wanted, upstream * 1000L);
                }
            }

            Assert.InRange(passed, 20, upstream > phone * 5 ? 23 : 60);
        }
    }

    [Theory]
    [InlineData(-1, 600, 60)]
    [InlineData(30, 600, 30)]
    [InlineData(3600, 600, 60)]
    [InlineData(-1, 50, 45)]
    [InlineData(-1, 6, 3)]
    [InlineData(-1, 1, 0)]
    [InlineData(-1, 0, 0)]
    public void A_phone_is_granted_whole_seconds_that_end_before_the_registrars(int asked, int left, int granted)
    {
        var settings = new RelaySettings(null!, Upstream, Granted);
        Assert.Equal(granted * 1000, RelayTimes.Grant(RelayTimes.Wanted(asked, settings), left * 1000));
    }
}
