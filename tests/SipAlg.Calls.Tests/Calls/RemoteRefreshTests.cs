using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Refreshes of the far side's: each leg has a timer of its own (RFC 4028 §7.4, §9).</summary>
public sealed class RemoteRefreshTests : SessionTimerTest
{
    /// <summary>Each leg has a timer of its own: a refresh ends here.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Their_refresh_by_UPDATE_ends_here(bool isCaller)
    {
        var (a, b, _, _) = Call(Timer + "Session-Expires: 600;refresher=uac\r\n", "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        var (asker, other) = isCaller ? (a, b) : (b, a);
        for (var round = 0; round < 4; round++)
        {
            Scene.Advance(Half);
            asker.Request("UPDATE", $"{Timer}Session-Expires: 600;refresher=uac\r\nUser-Agent: x\r\nContact: <{asker.Phone.Contact}>\r\n");
            var answer = asker.Phone.ExpectResponse(200);
            Assert.Equal(("600;refresher=uac", "timer"), (Expires(answer), answer.Header(HeaderId.Require)));
            Assert.NotNull(answer.Header(HeaderId.Contact));
            other.Request("UPDATE", Timer + "Session-Expires: 600;refresher=uac\r\n");
            other.Phone.ExpectResponse(200);
            asker.Phone.ExpectNothing();
        }

        EndNormally(a, b);
    }

    [Fact]
    public void Their_refresh_may_move_the_target()
    {
        var (a, b, _, _) = Call();
        a.Request("UPDATE", "Contact: <sip:moved@127.91.0.10:5060>\r\n");
        Alice.ExpectResponse(200);
        b.Bye();
        b.Expect(200);
        Assert.Equal("BYE sip:moved@127.91.0.10:5060 SIP/2.0", a.ExpectBye().StartLine);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("P-Asserted-Identity: <sip:new@host.example>\r\n", "")]
    [InlineData("Remote-Party-ID: <sip:new@host.example>\r\n", "")]
    [InlineData("X-Unknown: 1\r\n", "")]
    [InlineData("", "Signal=1\r\n")]
    public void An_UPDATE_with_something_for_the_other_side_crosses_and_refreshes_both_legs(string headers, string body)
    {
        var (a, b, _, _) = Call(Timer + "Session-Expires: 300;refresher=uac\r\n", "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n" + Update);
        Scene.Advance(150_000);
        a.Request("UPDATE", $"{Timer}Session-Expires: 300;refresher=uac\r\n{headers}", body, "application/dtmf-relay");
        var update = b.ExpectRequest("UPDATE");
        Assert.Equal("600;refresher=uas", Expires(update));
        b.AnswerTo(update, 200, headers: "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        Assert.Equal("300;refresher=uac", Expires(Alice.ExpectResponse(200)));

        // Both intervals have begun anew.
        Scene.Advance(267_000);
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Scene.Advance(1000);
        ExpectExpired(a, b);
    }

    [Fact]
    public void An_identity_for_who_knows_no_UPDATE_refreshes_all_the_same()
    {
        var (a, b, _, _) = Call(callee: "Allow: INVITE, ACK, CANCEL, BYE\r\n");
        a.Request("UPDATE", "P-Asserted-Identity: <sip:new@host.example>\r\n");
        Alice.ExpectResponse(200);
        Bob.ExpectNothing();
        EndNormally(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Their_refresh_by_INVITE_crosses_and_refreshes_both_legs(bool isCaller)
    {
        var (a, b, _, _) = Call(Timer + "Session-Expires: 600;refresher=uac\r\n", "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        var (asker, asked) = isCaller ? (a, b) : (b, a);
        Scene.Advance(Half);
        asker.Invite(asker.Phone.Sdp(), Timer + "Session-Expires: 600;refresher=uac\r\n");
        var invite = asked.ExpectRequest("INVITE");
        Assert.Equal("600;refresher=uas", Expires(invite));
        asked.Answer(200, asked.Phone.Sdp(), headers: "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        asked.ExpectRequest("ACK");
        var answer = asker.ExpectAnswered();
        Assert.Equal(("600;refresher=uac", "timer"), (Expires(answer), answer.Header(HeaderId.Require)));
        Scene.Advance(Expiry - 1);
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Scene.Advance(1);
        ExpectExpired(a, b);
    }

    /// <summary>RFC 4028 §7.4: who refreshes may be chosen anew.</summary>
    [Fact]
    public void The_parts_may_change()
    {
        var (a, b, _, _) = Call(Timer + Update + "Session-Expires: 600;refresher=uac\r\n", Update);
        a.Request("UPDATE", Timer + "Session-Expires: 600;refresher=uas\r\n");
        Assert.Equal("600;refresher=uas", Expires(Alice.ExpectResponse(200)));
        Scene.Advance(Half);
        a.AnswerTo(a.ExpectRequest("UPDATE"), 200, headers: "Session-Expires: 600;refresher=uas\r\n");
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200);
        Assert.Equal(1, Refresh(Half, "", b));
        Alice.ExpectNothing();
        EndNormally(a, b);
    }

    [Fact]
    public void A_refresh_without_a_word_of_session_timers_leaves_them_to_us()
    {
        var (a, b, _, _) = Call(Timer + Update + "Session-Expires: 300;refresher=uac\r\n", Update);
        a.Request("UPDATE");
        Assert.Null(Expires(Alice.ExpectResponse(200)));
        Assert.Equal(2, Refresh(Half, "", a, b));
        EndNormally(a, b);
    }

    [Theory]
    [InlineData("INVITE")]
    [InlineData("UPDATE")]
    public void An_interval_below_90_seconds_in_the_dialog_is_422_and_changes_nothing(string method)
    {
        var (a, b, _, _) = Call(Timer + "Session-Expires: 600;refresher=uac\r\n", "Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n");
        Scene.Advance(Half);
        const string Short = "Supported: timer\r\nSession-Expires: 60\r\n";
        if (method == "INVITE")
        {
            a.Invite(Alice.Sdp(version: 2), Short);
            Assert.Equal("90", a.Expect(422).Header(HeaderId.MinSe));
        }
        else
        {
            a.Request("UPDATE", Short);
            Assert.Equal("90", Alice.ExpectResponse(422).Header(HeaderId.MinSe));
        }

        Bob.ExpectNothing();
        Scene.Advance(Expiry - Half);
        ExpectExpired(a, b);
    }

    /// <summary>The interval of the other leg is nobody's business on this one.</summary>
    [Fact]
    public void A_422_to_what_crosses_is_met_by_asking_again()
    {
        var (a, b, _, _) = Call(Update, Update);
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"), "X-Kept: yes\r\n");
        var first = b.ExpectRequest("INVITE");
        b.Answer(422, headers: "Min-SE: 800\r\n");
        b.ExpectRequest("ACK");
        var again = b.ExpectRequest("INVITE");
        Assert.Equal(("800;refresher=uac", "800", Body(first)), (Expires(again), again.Header(HeaderId.MinSe), Body(again)));
        Assert.Contains("X-Kept: yes\r\n", again.Text, StringComparison.Ordinal);
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        Assert.Contains("a=recvonly", Body(a.ExpectAnswered()), StringComparison.Ordinal);

        a.Request("UPDATE", body: Alice.Sdp(version: 3));
        b.AnswerTo(b.ExpectRequest("UPDATE"), 422, headers: "Min-SE: 900\r\n");
        var update = b.ExpectRequest("UPDATE");
        Assert.Equal("900;refresher=uac", Expires(update));
        b.AnswerTo(update, 200, Bob.Sdp(version: 3));
        Assert.Contains("m=audio", Body(Alice.ExpectResponse(200)), StringComparison.Ordinal);
        EndNormally(a, b);
    }

    [Fact]
    public void A_422_to_a_reinvite_that_was_cancelled()
    {
        var (a, b, _, _) = Call();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(100);
        a.Cancel();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Answer(422, headers: "Min-SE: 800\r\n");
        b.ExpectRequest("ACK");
        a.Expect(500);
        EndNormally(a, b);
    }
}
