using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Refreshes of the gateway's own (RFC 4028 §7.2, §7.4).</summary>
public sealed class SessionRefreshTests : SessionTimerTest
{
    [Fact]
    public void By_UPDATE_where_the_far_side_takes_it()
    {
        var (a, b, _, _) = Call(Timer + Update, "Session-Expires: 600;refresher=uac\r\n" + Update);
        Scene.Advance(Half);
        var update = a.ExpectRequest("UPDATE");
        Assert.Equal("600;refresher=uac", Expires(update));
        Assert.Contains("timer", update.Header(HeaderId.Supported), StringComparison.Ordinal);
        Assert.NotNull(update.Header(HeaderId.Contact));
        Assert.Equal("", Body(update));
        a.AnswerTo(update, 200, headers: "Session-Expires: 600;refresher=uac\r\nRequire: timer\r\n");
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200, headers: "Session-Expires: 600;refresher=uac\r\n");
        Assert.Equal(22, Refresh(11 * Half, "Session-Expires: 600;refresher=uac\r\n", a, b));
        EndNormally(a, b);
    }

    /// <summary>RFC 4028 §7.4: the offer says that nothing has changed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void By_INVITE_where_it_does_not(bool isCaller)
    {
        var (a, b, invite, answer) = Call(Timer, "Session-Expires: 600;refresher=uac\r\n");
        var (asked, phone, other, known) = isCaller ? (a, Alice, b, answer) : (b, Bob, a, invite);
        for (var round = 0; round < 3; round++)
        {
            Scene.Advance(Half);
            foreach (var dialog in new[] { asked, other })
            {
                var refresh = dialog.ExpectRequest("INVITE");
                Assert.Equal("600;refresher=uac", Expires(refresh));
                Assert.Equal(dialog == asked ? Body(known) : Body(refresh), Body(refresh));
                dialog.Answer(200, dialog.Phone.Sdp(), headers: "Session-Expires: 600;refresher=uac\r\n");
                dialog.ExpectRequest("ACK");
            }
        }

        Assert.NotNull(phone);
        EndNormally(a, b);
    }

    /// <summary>Who knows no session timers answers without; it is there all the same.</summary>
    [Fact]
    public void Of_sides_that_know_no_session_timers()
    {
        var (a, b, _, answer) = Call(Update, Update);
        Assert.Null(Expires(answer));
        Assert.Equal(20, Refresh(10 * Half, "", a, b));
        EndNormally(a, b);
    }

    [Theory]
    [InlineData(405)]
    [InlineData(501)]
    public void By_INVITE_if_UPDATE_is_refused(int status)
    {
        var (a, b, _, _) = Call(callee: Update);
        Scene.Advance(Half);
        Alice.Take();
        b.AnswerTo(b.ExpectRequest("UPDATE"), status);
        Assert.Equal("600;refresher=uac", Expires(b.ExpectRequest("INVITE")));
        b.Accept(Bob.Sdp());
        a.Bye();
        a.Expect(200);
        b.ExpectBye();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_422_to_a_refresh_makes_the_interval_longer()
    {
        var (a, b, _, _) = Call(Timer + Update, Update);
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        b.AnswerTo(b.ExpectRequest("UPDATE"), 422, headers: "Min-SE: 900\r\n");
        var again = b.ExpectRequest("UPDATE");
        Assert.Equal(("900;refresher=uac", "900"), (Expires(again), again.Header(HeaderId.MinSe)));
        b.AnswerTo(again, 200, headers: "Session-Expires: 900;refresher=uac\r\n");
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        Bob.ExpectNothing();
        Scene.Advance(450_000 - Half);
        Assert.Equal("900;refresher=uac", Expires(b.ExpectRequest("UPDATE")));
        EndNormally(a, b);
    }

    /// <summary>RFC 3261 §14.1: later again; 4028 §7.4.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Glare_on_a_refresh(bool byUpdate)
    {
        var (a, b, _, _) = Call(Update, byUpdate ? Update : "");
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        var method = byUpdate ? "UPDATE" : "INVITE";
        b.AnswerTo(b.ExpectRequest(method), 491);
        if (!byUpdate)
        {
            b.ExpectRequest("ACK");
        }

        Scene.Advance(2099);
        Bob.ExpectNothing();
        for (var waited = 0; Bob.Inbox.Count == 0 && waited < 4000; waited += 10)
        {
            Scene.Advance(10);
        }

        b.AnswerTo(b.ExpectRequest(method), 200, byUpdate ? "" : Bob.Sdp(), headers: $"Contact: <{Bob.Contact}>\r\n");
        if (!byUpdate)
        {
            b.ExpectRequest("ACK");
        }

        Scene.Advance(Half - 5000);
        Bob.ExpectNothing();
        EndNormally(a, b);
    }

    /// <summary>What the far side does meanwhile refreshes too, so that there is nothing to try again.</summary>
    [Fact]
    public void A_refresh_of_theirs_after_a_491_to_ours()
    {
        var (a, b, _, _) = Call(Update, Timer + Update);
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        b.AnswerTo(b.ExpectRequest("UPDATE"), 491);
        b.Request("UPDATE", Timer + "Session-Expires: 600;refresher=uac\r\n");
        Assert.Equal("600;refresher=uac", Expires(Bob.ExpectResponse(200)));
        Scene.Advance(10_000);
        Bob.ExpectNothing();
        EndNormally(a, b);
    }

    [Fact]
    public void A_refresh_over_a_lost_connection_goes_over_a_new_one()
    {
        var phone = Scene.Phone("alice-tcp", SceneModel.Inside, SceneModel.AliceAddress, 5060, connection: 7);
        var a = phone.Call(headers: Update);
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: Update);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        Scene.Advance(Half);
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200);
        a.ExpectRequest("UPDATE");
        Scene.Turn(() => Scene.Harness.ConnectionClosed(phone.Flow));
        Scene.Advance(1);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200);
        Assert.Equal(4, Refresh(2 * Half, "", a, b));
        EndNormally(a, b);
    }

    [Fact]
    public void A_service_call_is_refreshed_too()
    {
        var a = Alice.Call("echo", headers: Timer);
        var answer = a.ExpectAnswered();
        Assert.Equal("600;refresher=uas", Expires(answer));
        Scene.Advance(Half);
        Assert.Equal(Body(answer), Body(a.ExpectRequest("INVITE")));
        a.Answer(200, Alice.Sdp(), headers: "Session-Expires: 600;refresher=uas\r\n");
        a.ExpectRequest("ACK");
        a.Request("UPDATE", Timer + "Session-Expires: 600;refresher=uac\r\n");
        Assert.Equal("600;refresher=uac", Expires(Alice.ExpectResponse(200)));
        Scene.Advance(Expiry);
        a.ExpectBye();
        Scene.End(CallCause.SessionExpired, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_stays_across_a_refresh(bool byUpdate)
    {
        var (a, b, _, _) = Call(byUpdate ? Update : "", byUpdate ? Update : "");
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        a.ExpectAnswered();
        Scene.Advance(Half);
        foreach (var (dialog, seen, said) in new[] { (a, "recvonly", "sendonly"), (b, "sendonly", "recvonly") })
        {
            if (byUpdate)
            {
                dialog.AnswerTo(dialog.ExpectRequest("UPDATE"), 200);
            }
            else
            {
                Assert.Contains($"a={seen}", Body(dialog.ExpectRequest("INVITE")), StringComparison.Ordinal);
                dialog.Accept(dialog.Phone.Sdp(version: 2, attributes: $"a={said}\r\n"));
            }
        }

        Alice.ExpectNothing();
        a.Invite(Alice.Sdp(version: 3));
        Assert.DoesNotContain("a=sendonly", Body(b.ExpectRequest("INVITE")), StringComparison.Ordinal);
        b.Accept(Bob.Sdp(version: 3));
        a.ExpectAnswered();
        EndNormally(a, b);
    }
}
