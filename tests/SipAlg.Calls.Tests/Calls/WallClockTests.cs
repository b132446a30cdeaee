using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Somebody sets the clock of the host, or NTP does, while calls stand.</summary>
public sealed class WallClockTests : CallTest
{
    protected override SceneOptions Options => new() { Calls = new CallSettings(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10), TimeSpan.Zero) };

    [Theory]
    [InlineData(-86_400)]
    [InlineData(-5)]
    [InlineData(5)]
    [InlineData(864_000)]
    public void A_call_is_as_long_as_it_was(int seconds)
    {
        var (a, b) = Ringing();
        Scene.Advance(2000);
        Scene.WallClockJump = TimeSpan.FromSeconds(seconds);
        b.Accept();
        a.ExpectAnswered();
        Scene.Advance(3000);
        Scene.WallClockJump *= -2;
        Scene.Advance(4000);
        HangUp(a, b);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(TimeSpan.FromSeconds(2), record.Answered - record.Started);
        Assert.Equal(TimeSpan.FromSeconds(7), record.Ended - record.Answered);
    }

    /// <summary>Nothing that waits for its time is woken early or kept waiting.</summary>
    [Theory]
    [InlineData(-86_400)]
    [InlineData(864_000)]
    public void Timers_do_not_hear_of_it(int seconds)
    {
        var (a, b) = Answered();
        Scene.WallClockJump = TimeSpan.FromSeconds(seconds);
        Scene.Advance(9 * 60_000);
        a.Request("OPTIONS");
        a.Expect(200);
        Scene.Advance(2 * 60_000);
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.MaxDuration, CallOutcome.Answered, 200);
    }
}
