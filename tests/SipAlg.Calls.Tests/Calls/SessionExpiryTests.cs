using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Sessions that nobody refreshes (RFC 4028 §10), and the timers that a call has.</summary>
public sealed class SessionExpiryTests : SessionTimerTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_side_that_does_not_refresh_ends_both_legs(bool isCaller)
    {
        var (a, b, _, _) = isCaller
            ? Call(Timer + Update + "Session-Expires: 600;refresher=uac\r\n", Update)
            : Call(Timer + Update, Update + "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        var refreshed = isCaller ? b : a;
        Assert.Equal(1, Refresh(Expiry - 1, "", refreshed));
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Scene.Advance(1);
        ExpectExpired(a, b);
    }

    /// <summary>RFC 4028 §10: a third before the end of a short interval.</summary>
    [Fact]
    public void A_short_session_ends_a_third_before()
    {
        var (a, b, _, answer) = Call(Timer + "Session-Expires: 90;refresher=uac\r\n", Update);
        Assert.Equal("90;refresher=uac", Expires(answer));
        Scene.Advance(59_999);
        Alice.ExpectNothing();
        Scene.Advance(1);
        ExpectExpired(a, b);
    }

    /// <summary>Both far sides are dead: nothing is left, nobody was told.</summary>
    [Fact]
    public void Two_dead_sides_leave_nothing()
    {
        Call(Update, Update);
        Scene.Advance(Half + (64 * CallScene.T1));
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    [Fact]
    public void It_ends_with_a_reinvite_under_way()
    {
        var (a, b, _, _) = Call(Timer + "Session-Expires: 600;refresher=uac\r\n", "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        Scene.Advance(Expiry - 1000);
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(100);
        Scene.Advance(1000);
        a.Expect(487);
        a.ExpectBye();
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.SessionExpired, CallOutcome.Answered, 200);
    }

    /// <summary>What a call costs: one timer a leg, also with a refresh behind it, and none of a dialog that did not win.</summary>
    [Fact]
    public void One_timer_a_leg()
    {
        var (a, b, _, _) = Call(Update, Update);
        Scene.Advance(64 * CallScene.T1);
        Assert.Equal(2, Scene.Harness.Lane.Timers.Count);
        Refresh(Half, "", a, b);
        Scene.Advance(6000);
        Assert.Equal(2, Scene.Harness.Lane.Timers.Count);
        EndNormally(a, b);
    }

    [Fact]
    public void Of_several_dialogs_only_those_that_answered_have_one()
    {
        var a = Alice.Call(headers: Timer + Update);
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        a.Expect(183);
        var second = new PhoneDialog(Bob, b.Asked);
        second.Answer(200, Bob.Sdp(), headers: Update);
        second.ExpectRequest("ACK");
        var another = a.Another();
        Assert.Equal("600;refresher=uas", Expires(another.ExpectAnswered()));
        Scene.Advance(128 * CallScene.T1);
        Assert.Equal(2, Scene.Harness.Lane.Timers.Count);
        Assert.Equal(2, Refresh(Half, "", another, second));
        EndNormally(another, second);
    }
}
