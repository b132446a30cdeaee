using SipAlg.Logging;
using SipAlg.Testing;

namespace SipAlg.Tests.Logging;

public sealed class LogThrottleTests
{
    [Fact]
    public void One_passes_in_an_interval_and_tells_of_those_held()
    {
        var time = new ManualTime();
        var throttle = new LogThrottle(TimeSpan.FromSeconds(10), time);

        Assert.True(throttle.Passes("a", out var held));
        Assert.Equal(0, held);
        Assert.False(throttle.Passes("a", out _));
        Assert.False(throttle.Passes("a", out _));
        Assert.True(throttle.Passes("b", out _));
        time.MoveTo(9_999);
        Assert.False(throttle.Passes("a", out _));
        time.MoveTo(10_000);
        Assert.True(throttle.Passes("a", out held));
        Assert.Equal(3, held);
    }
}
