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

    [Theory]
    [InlineData("")]
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
