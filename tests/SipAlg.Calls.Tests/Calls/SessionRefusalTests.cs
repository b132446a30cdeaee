using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Refreshes of the gateway's own that are refused, lost or not delivered (RFC 4028 §7.4, §10).</summary>
public sealed class SessionRefusalTests : SessionTimerTest
{
    /// <summary>RFC 4028 §7.4, §10: other refusals leave the session to its end.</summary>
    [Theory]
    [InlineData(500, true)]
    [InlineData(603, false)]
    [InlineData(422, true)]
    public void A_refused_refresh_leaves_the_session_to_its_end(int status, bool isCaller)
    {
        var (a, b, _, _) = Call(Update, Update);
        Scene.Advance(Half);
        var (refusing, other) = isCaller ? (a, b) : (b, a);
        other.AnswerTo(other.ExpectRequest("UPDATE"), 200);
        refusing.AnswerTo(refusing.ExpectRequest("UPDATE"), status);
        Scene.Advance(Expiry - Half - 1);
        refusing.Phone.ExpectNothing();
        other.Phone.ExpectNothing();
        Scene.Advance(1);
        ExpectExpired(a, b);
    }

    /// <summary>A call must not end since its far side is too simple to be asked whether it is there: it has just said so.</summary>
    [Theory]
    [InlineData(488)]
    [InlineData(501)]
    public void A_side_without_session_timers_that_cannot_be_asked_is_there_all_the_same(int status)
    {
        var (a, b, _, _) = Call(Update);
        for (var round = 0; round < 5; round++)
        {
            Scene.Advance(Half);
            a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
            b.ExpectRequest("INVITE");
            b.Answer(status);
            b.ExpectRequest("ACK");
        }

        EndNormally(a, b);
    }

    [Fact]
    public void A_side_with_session_timers_that_refuses_by_488_comes_to_its_end()
    {
        var (a, b, _, _) = Call(Update, "Session-Expires: 600;refresher=uac\r\n");
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        b.ExpectRequest("INVITE");
        b.Answer(488);
        b.ExpectRequest("ACK");
        Scene.Advance(Expiry - Half);
        ExpectExpired(a, b);
    }

    [Fact]
    public void A_refused_refresh_is_forgotten_once_something_else_refreshes()
    {
        var (a, b, _, _) = Call(Update, Update);
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 500);
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200);
        Scene.Advance(100_000);
        b.Invite(Bob.Sdp(version: 2));
        Assert.Equal("600;refresher=uac", Expires(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp());
        b.ExpectAnswered();
        Assert.Equal(2, Refresh(Half, "", a, b));
        EndNormally(a, b);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(408)]
    [InlineData(0)]
    public void A_lost_refresh_ends_the_call(int status)
    {
        var (a, b, _, _) = Call(Update, Update);
        Scene.Advance(Half);
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200);
        var update = a.ExpectRequest("UPDATE");
        if (status == 0)
        {
            Scene.Advance(64 * CallScene.T1);
            Alice.Take();
        }
        else
        {
            a.AnswerTo(update, status);
            a.ExpectBye();
        }

        b.ExpectBye();
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    /// <summary>ICMP says it at once, but the far side may be back: the session goes on to its end.</summary>
    [Fact]
    public void An_undelivered_refresh_leaves_the_session_to_its_end()
    {
        var (a, b, _, _) = Call(Update, Update);
        Scene.Advance(Half);
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200);
        a.ExpectRequest("UPDATE");
        Scene.Turn(() => Scene.Harness.Unreachable(Alice.Flow));
        Scene.Advance(Expiry - Half);
        ExpectExpired(a, b);
    }
}
