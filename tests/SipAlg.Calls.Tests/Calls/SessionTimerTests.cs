using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Session timers (RFC 4028), each leg on its own. Where the gateway asks, it asks for 600 seconds.</summary>
public sealed class SessionTimerTests : CallTest
{
    private const string Timer = "Supported: timer\r\n";
    private const string Update = "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n";
    private const int Half = 300_000;
    private const int Expiry = 568_000;
    private TimeSpan? _wanted = TimeSpan.FromSeconds(600);

    protected override SceneOptions Options => new() { Calls = new CallSettings(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { SessionExpires = _wanted } };

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string? Expires(SentMessage sent) => sent.Header(HeaderId.SessionExpires);

    /// <summary>A call whose caller says this in its INVITE, and whose callee in its answer.</summary>
    private (PhoneDialog A, PhoneDialog B, SentMessage Invite, SentMessage Answer) Call(string caller = "", string callee = "", string called = "bob")
    {
        var a = Alice.Call(called, headers: caller);
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: callee);
        b.ExpectRequest("ACK");
        var answer = a.ExpectAnswered();
        return (a, b, b.Asked, answer);
    }

    private void EndNormally(PhoneDialog a, PhoneDialog b)
    {
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private void ExpectExpired(PhoneDialog a, PhoneDialog b)
    {
        foreach (var bye in new[] { a.ExpectBye(), b.ExpectBye() })
        {
            Assert.Equal("SIP;cause=408;text=\"Session expired\"", bye.Header(HeaderId.Reason));
        }

        Scene.End(CallCause.SessionExpired, CallOutcome.Answered, 200);
    }

    /// <summary>Answers each refresh by UPDATE, of either phone, as time goes on; before it is sent again.</summary>
    private int Refresh(long milliseconds, string headers, params PhoneDialog[] dialogs)
    {
        var count = 0;
        for (var until = Scene.Harness.Time.Now + milliseconds; Scene.Harness.Time.Now < until;)
        {
            Scene.Advance(Math.Min(100, until - Scene.Harness.Time.Now));
            foreach (var dialog in dialogs)
            {
                foreach (var sent in dialog.Phone.Take())
                {
                    Assert.StartsWith("UPDATE ", sent.StartLine);
                    dialog.AnswerTo(sent, 200, headers: headers);
                    count++;
                }
            }
        }

        return count;
    }

    // ---- what the caller is told

    /// <summary>RFC 4028 §9 and its table 2; "Min" where the interval of the caller is longer than ours.</summary>
    [Theory]
    [InlineData("", null, false)]
    [InlineData("Supported: timer\r\n", "600;refresher=uas", true)]
    [InlineData("k: timer, 100rel\r\nx: 300\r\n", "300;refresher=uas", true)]
    [InlineData("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n", "300;refresher=uac", true)]
    [InlineData("Require: timer\r\nSession-Expires: 300;refresher=uas\r\n", "300;refresher=uas", true)]
    [InlineData("Supported: timer\r\nSession-Expires: 3600\r\n", "600;refresher=uas", true)]
    [InlineData("Supported: timer\r\nSession-Expires: 3600\r\nMin-SE: 1200\r\n", "1200;refresher=uas", true)]
    [InlineData("Supported: timer\r\nMin-SE: 1200\r\n", "1200;refresher=uas", true)]
    [InlineData("Session-Expires: 300;refresher=uac\r\n", "300;refresher=uas", false)]
    [InlineData("Session-Expires: 10\r\n", null, false)]
    [InlineData("Supported: timer\r\nSession-Expires: soon\r\n", "600;refresher=uas", true)]
    public void The_caller_gets_its_own(string headers, string? expires, bool isRequired)
    {
        var (a, b, _, answer) = Call(headers);
        Assert.Equal(expires, Expires(answer));
        Assert.Equal(isRequired ? "timer" : null, answer.Header(HeaderId.Require));
        Assert.Contains("timer", answer.Header(HeaderId.Supported), StringComparison.Ordinal);
        Assert.Null(answer.Header(HeaderId.MinSe));
        EndNormally(a, b);
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("Supported: timer\r\n", null)]
    [InlineData("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n", "300;refresher=uac")]
    public void Off_the_gateway_takes_part_where_it_is_asked_to(string headers, string? expires)
    {
        _wanted = null;
        var (a, b, invite, answer) = Call(headers);
        Assert.Equal((null, expires), (Expires(invite), Expires(answer)));
        EndNormally(a, b);
    }

    [Fact]
    public void Off_nothing_is_refreshed_and_nothing_expires()
    {
        _wanted = null;
        var (a, b, _, _) = Call(Timer + Update, Update);
        Scene.Advance(10_000_000);
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        EndNormally(a, b);
    }

    [Fact]
    public void Off_a_callee_may_begin_it()
    {
        _wanted = null;
        var (a, b, _, _) = Call(callee: "Session-Expires: 200;refresher=uac\r\nRequire: timer\r\n" + Update);
        Scene.Advance(100_000);
        Assert.Equal("200;refresher=uac", Expires(b.ExpectRequest("UPDATE")));
        Scene.Advance(33_334);
        Bob.Take();
        b.Bye();
        Assert.Contains(Alice.Take(), sent => sent.StartLine.StartsWith("BYE ", StringComparison.Ordinal));
        Scene.End();
        Assert.NotNull(a);
    }

    [Theory]
    [InlineData(89)]
    [InlineData(0)]
    public void An_interval_of_the_caller_below_90_seconds_is_422(int seconds)
    {
        var a = Alice.Call(headers: $"{Timer}Session-Expires: {seconds}\r\n");
        Assert.Equal("90", a.Expect(422).Header(HeaderId.MinSe));
        Bob.ExpectNothing();
        Scene.End();
        Assert.Empty(Scene.Journal.Ended);
        Assert.Equal(1, Scene.Calls.Counters.Refused[(SceneModel.Inside * (int)Lanes.RefusalReason.Count) + (int)Lanes.RefusalReason.SessionInterval]);
    }

    [Fact]
    public void An_extension_that_is_not_known_is_still_420()
    {
        var a = Alice.Call(headers: "Require: timer, foo\r\n");
        Assert.Contains("Unsupported: foo\r\n", a.Expect(420).Text, StringComparison.Ordinal);
        Scene.End();
    }

    // ---- what the callee is asked

    [Fact]
    public void The_callee_is_asked_for_ours()
    {
        var (a, b, invite, _) = Call("Supported: timer\r\nSession-Expires: 300;refresher=uac\r\nMin-SE: 200\r\n");
        Assert.Equal("600", Expires(invite));
        Assert.Null(invite.Header(HeaderId.MinSe));
        Assert.Contains("timer", invite.Header(HeaderId.Supported), StringComparison.Ordinal);
        EndNormally(a, b);
    }

    /// <summary>RFC 4028 §7.2: who refreshes is what the answer says; one that says nothing leaves it to us.</summary>
    [Theory]
    [InlineData("Session-Expires: 600;refresher=uac\r\nRequire: timer\r\n", 600, true)]
    [InlineData("Session-Expires: 200;refresher=uac\r\nRequire: timer\r\n", 200, true)]
    [InlineData("Session-Expires: 200\r\n", 200, true)]
    [InlineData("", 600, true)]
    [InlineData("Session-Expires: 10;refresher=uac\r\n", 90, true)]
    [InlineData("Session-Expires: 600;refresher=uas\r\nRequire: timer\r\n", 600, false)]
    public void The_callee_s_answer_decides(string headers, int seconds, bool isOurs)
    {
        var (a, b, _, _) = Call(Timer + Update, headers + Update);
        Scene.Advance((seconds * 500) - 1);
        Bob.ExpectNothing();
        Scene.Advance(1);
        if (isOurs)
        {
            Assert.Equal($"{seconds};refresher=uac", Expires(b.ExpectRequest("UPDATE")));
            Alice.Take();
            EndNormally(a, b);
        }
        else
        {
            Bob.ExpectNothing();
            a.AnswerTo(a.ExpectRequest("UPDATE"), 200, headers: "Session-Expires: 600;refresher=uac\r\n");
            Scene.Advance(Expiry - Half);
            ExpectExpired(a, b);
        }
    }

    [Fact]
    public void A_422_of_the_callee_is_met_by_asking_again()
    {
        var a = Alice.Call(headers: "X-Kept: yes\r\n" + Update);
        var b = Bob.ExpectCall();
        b.Answer(422, headers: "Min-SE: 700\r\n");
        b.ExpectRequest("ACK");
        var again = new PhoneDialog(Bob, Bob.ExpectRequest("INVITE"));
        var (first, second) = (b.Asked, again.Asked);
        Assert.Equal(("700", "700"), (Expires(second), second.Header(HeaderId.MinSe)));
        Assert.Equal(("1 INVITE", "2 INVITE"), (first.Header(HeaderId.CSeq), second.Header(HeaderId.CSeq)));
        foreach (var same in new[] { HeaderId.CallId, HeaderId.From, HeaderId.To, HeaderId.Contact })
        {
            Assert.Equal(first.Header(same), second.Header(same));
        }

        Assert.NotEqual(first.Header(HeaderId.Via), second.Header(HeaderId.Via));
        Assert.Equal((first.StartLine, Body(first)), (second.StartLine, Body(second)));
        Assert.Contains("X-Kept: yes\r\n", second.Text, StringComparison.Ordinal);

        again.Answer(422, headers: "Min-SE: 800\r\n");
        again.ExpectRequest("ACK");
        var last = new PhoneDialog(Bob, Bob.ExpectRequest("INVITE"));
        Assert.Equal("800", Expires(last.Asked));
        last.Answer(180);
        a.Expect(180);
        last.Answer(200, Bob.Sdp(), headers: $"Session-Expires: 800;refresher=uac\r\n{Update}");
        Assert.Equal("3 ACK", last.ExpectRequest("ACK").Header(HeaderId.CSeq));
        a.ExpectAnswered();
        Assert.Equal(1, Refresh(399_999, "", a));
        Bob.ExpectNothing();
        Scene.Advance(1);
        Assert.Equal("800;refresher=uac", Expires(last.ExpectRequest("UPDATE")));
        EndNormally(a, last);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Min-SE: 600\r\n")]
    [InlineData("Min-SE: much\r\n")]
    public void A_422_that_leads_nowhere_is_a_failure_that_says_nothing_of_the_session(string headers)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(422, headers: headers);
        b.ExpectRequest("ACK");
        Assert.Null(a.Expect(500).Header(HeaderId.MinSe));
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 500);
    }

    [Fact]
    public void A_callee_that_always_wants_more_is_given_up()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        for (var least = 700; least <= 1000; least += 100)
        {
            b.Answer(422, headers: $"Min-SE: {least}\r\n");
            b.ExpectRequest("ACK");
            b = Bob.ExpectCall();
        }

        b.Answer(422, headers: "Min-SE: 2000\r\n");
        b.ExpectRequest("ACK");
        a.Expect(500);
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 500);
    }

    [Fact]
    public void A_caller_that_gives_up_between_a_422_and_the_next_answer()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(422, headers: "Min-SE: 700\r\n");
        b.ExpectRequest("ACK");
        b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        a.Cancel();
        a.Expect(200);
        b.ExpectCancel();
        a.Expect(487);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    // ---- refreshes of ours

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

    // ---- refreshes of theirs

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

    // ---- the end

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
