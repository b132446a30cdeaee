using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Session timers as a call begins: what the caller is told and what the callee is asked (RFC 4028 §7.1, §9).</summary>
public sealed class SessionTimerTests : SessionTimerTest
{
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
        Wanted = null;
        var (a, b, invite, answer) = Call(headers);
        Assert.Equal((null, expires), (Expires(invite), Expires(answer)));
        EndNormally(a, b);
    }

    [Fact]
    public void Off_nothing_is_refreshed_and_nothing_expires()
    {
        Wanted = null;
        var (a, b, _, _) = Call(Timer + Update, Update);
        Scene.Advance(10_000_000);
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        EndNormally(a, b);
    }

    [Fact]
    public void Off_a_callee_may_begin_it()
    {
        Wanted = null;
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
}
