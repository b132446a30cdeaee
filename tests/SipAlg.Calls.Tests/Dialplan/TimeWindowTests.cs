using System.Globalization;
using SipAlg.Calls.Dialplan;
using static SipAlg.Calls.Tests.Dialplan.DialplanBench;

namespace SipAlg.Calls.Tests.Dialplan;

public sealed class TimeWindowTests
{
    // 2026-03-02 is a Monday.
    [Theory]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-03-02T08:00Z", true)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-03-02T17:59:59Z", true)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-03-02T18:00Z", false)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-03-02T07:59Z", false)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-03-01T12:00Z", false)]
    [InlineData("Mon-Fri 08:00-18:00 Europe/Berlin", "2026-03-02T07:00Z", true)]
    [InlineData("Mon-Fri 08:00-18:00 Europe/Berlin", "2026-07-06T06:00Z", true)]
    [InlineData("Mon-Fri 08:00-18:00 Europe/Berlin", "2026-03-02T17:00Z", false)]
    [InlineData("Fri 22:00-06:00 UTC", "2026-03-06T23:00Z", true)]
    [InlineData("Fri 22:00-06:00 UTC", "2026-03-07T05:59Z", true)]
    [InlineData("Fri 22:00-06:00 UTC", "2026-03-07T06:00Z", false)]
    [InlineData("Fri 22:00-06:00 UTC", "2026-03-06T05:00Z", false)]
    [InlineData("Sun 22:00-06:00 UTC", "2026-03-02T01:00Z", true)]
    [InlineData("Sat-Mon UTC", "2026-03-01T12:00Z", true)]
    [InlineData("Sat-Mon UTC", "2026-03-03T12:00Z", false)]
    [InlineData("Mon,Wed 00:00-24:00 UTC", "2026-03-04T23:59Z", true)]
    [InlineData("Mon,Wed 00:00-24:00 UTC", "2026-03-03T23:59Z", false)]
    [InlineData("12:00-13:00 UTC", "2026-03-03T12:30Z", true)]
    [InlineData("mon UTC", "2026-03-02T00:00Z", true)]
    [InlineData("America/New_York", "2026-03-02T00:00Z", true)]
    public void Holds_within_its_days_and_hours(string text, string at, bool expected) =>
        Assert.Equal(expected, Window(text).Contains(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture)));

    /// <summary>Holidays are Friday the 25th of December, and every 2nd of March, which is a Monday in 2026.</summary>
    [Theory]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-12-25T12:00Z", false)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2027-12-24T12:00Z", true)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2026-03-02T12:00Z", false)]
    [InlineData("Mon-Fri 08:00-18:00 UTC", "2027-03-02T12:00Z", false)]
    [InlineData("08:00-18:00 UTC", "2026-12-25T12:00Z", false)]
    [InlineData("Sat-Sun,Hol 08:00-18:00 UTC", "2026-12-25T12:00Z", true)]
    [InlineData("Sat-Sun,Hol 08:00-18:00 UTC", "2026-12-28T12:00Z", false)]
    [InlineData("hol UTC", "2026-12-25T23:59Z", true)]
    [InlineData("hol UTC", "2026-12-26T00:00Z", false)]
    [InlineData("Hol 22:00-06:00 UTC", "2026-12-26T05:00Z", true)]
    [InlineData("Hol 22:00-06:00 UTC", "2026-12-25T05:00Z", false)]
    [InlineData("Mon-Sun 22:00-06:00 UTC", "2026-12-25T05:00Z", true)]
    [InlineData("Mon-Sun 22:00-06:00 UTC", "2026-12-26T05:00Z", false)]
    [InlineData("Hol Europe/Berlin", "2026-12-24T23:30Z", true)]
    [InlineData("Hol Europe/Berlin", "2026-12-25T23:30Z", false)]
    public void On_a_holiday_only_windows_hold_that_name_holidays(string text, string at, bool expected)
    {
        var holidays = new Holidays([new DateOnly(2026, 12, 25)], [(3, 2)]);

        Assert.Equal(expected, new TimeCondition([Window(text)], holidays).Matches(new RouteRequest { Realm = 0, At = DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) }));
    }

    [Fact]
    public void A_dry_run_says_that_a_day_is_a_holiday()
    {
        var condition = new TimeCondition([Window("Mon-Fri UTC")], new Holidays([new DateOnly(2026, 12, 25)], []));

        Assert.Equal("Fri 12:00 UTC, a holiday, is not within Mon-Fri UTC", condition.Explain(new RouteRequest { Realm = 0, At = new DateTimeOffset(2026, 12, 25, 12, 0, 0, TimeSpan.Zero) }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Mon-Hol")]
    [InlineData("Mon-Foo 08:00-18:00")]
    [InlineData("08:00")]
    [InlineData("08:00-25:00")]
    [InlineData("08:60-09:00")]
    [InlineData("08:00-08:00")]
    [InlineData("24:00-08:00")]
    [InlineData("8:00-9:00")]
    [InlineData("Mon 08:00-18:00 Europe/Nowhere")]
    [InlineData("08:00-18:00 Mon")]
    [InlineData("Mon 08:00-18:00 UTC UTC")]
    public void Refuses_what_is_no_window(string text)
    {
        Assert.False(TimeWindow.TryParse(text, out _, out var fault));
        Assert.NotEmpty(fault);
    }
}
