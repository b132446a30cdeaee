using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>UPDATE (RFC 3311) and other requests in a dialog, from either side.</summary>
public sealed class CrossingRequestTests : CallTest
{
    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private (PhoneDialog Asker, PhoneDialog Asked, ScriptedPhone From, ScriptedPhone To) Sides(bool isCaller)
    {
        var (a, b) = Answered();
        return isCaller ? (a, b, Alice, Bob) : (b, a, Bob, Alice);
    }

    private void EndNormally(PhoneDialog asker, PhoneDialog asked, bool isCaller)
    {
        HangUp(asker, asked);
        Scene.End(isCaller ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("INFO", true)]
    [InlineData("INFO", false)]
    [InlineData("MESSAGE", true)]
    [InlineData("NOTIFY", false)]
    [InlineData("MADEUP", true)]
    [InlineData("MADEUP", false)]
    public void Any_method_crosses_with_headers_body_and_its_answer(string method, bool isCaller)
    {
        var (asker, asked, from, _) = Sides(isCaller);
        asker.Request(method, "X-Kept: yes\r\n", "Signal=5\r\n", "application/dtmf-relay");
        var request = asked.ExpectRequest(method);
        Assert.Equal("Signal=5\r\n", Body(request));
        Assert.Contains("X-Kept: yes\r\n", request.Text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/dtmf-relay\r\n", request.Text, StringComparison.Ordinal);
        asked.AnswerTo(request, 415, phrase: "Not this", headers: "Accept: text/plain\r\n");
        Assert.Equal("SIP/2.0 415 Not this", from.ExpectResponse(415).StartLine);
        EndNormally(asker, asked, isCaller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_update_takes_offer_and_answer_across(bool isCaller)
    {
        var (asker, asked, from, to) = Sides(isCaller);
        asker.Request("UPDATE", $"Contact: <{from.Contact}>\r\n", from.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        var update = asked.ExpectRequest("UPDATE");
        Assert.Contains("a=sendonly", Body(update), StringComparison.Ordinal);
        asked.AnswerTo(update, 200, to.Sdp(version: 2, attributes: "a=recvonly\r\n"), headers: $"Contact: <{to.Contact}>\r\n");
        var answer = from.ExpectResponse(200);
        Assert.Contains("a=recvonly", Body(answer), StringComparison.Ordinal);
        Assert.NotNull(answer.Header(HeaderId.Contact));
        EndNormally(asker, asked, isCaller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Updates_that_cross_are_491(bool isCaller)
    {
        var (asker, asked, from, to) = Sides(isCaller);
        asker.Request("UPDATE", body: from.Sdp(version: 2));
        var update = asked.ExpectRequest("UPDATE");
        asked.Request("UPDATE", body: to.Sdp(version: 2));
        to.ExpectResponse(491);
        asker.Request("UPDATE", body: from.Sdp(version: 3));
        Assert.NotNull(from.ExpectResponse(500).Header(HeaderId.RetryAfter));
        asker.Invite(from.Sdp(version: 3));
        asker.Expect(500);
        asked.AnswerTo(update, 200, to.Sdp(version: 2));
        from.ExpectResponse(200);
        asked.Request("UPDATE", body: to.Sdp(version: 3));
        asker.AnswerTo(asker.ExpectRequest("UPDATE"), 200, from.Sdp(version: 3));
        to.ExpectResponse(200);
        EndNormally(asker, asked, isCaller);
    }

    [Fact]
    public void An_update_during_a_reinvite_is_491()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Request("UPDATE", body: Bob.Sdp(version: 2));
        Bob.ExpectResponse(491);
        b.Accept(Bob.Sdp(version: 2));
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_refused_update_leaves_the_session()
    {
        var (a, b) = Answered();
        var before = Scene.PortsInUse;
        a.Request("UPDATE", body: Alice.Sdp(version: 2, media: "m=video 5002 RTP/AVP 96\r\n"));
        b.AnswerTo(b.ExpectRequest("UPDATE"), 488, phrase: "Not acceptable");
        Alice.ExpectResponse(488);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == before, TimeSpan.FromSeconds(20)));
        a.Invite(Alice.Sdp(version: 3));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Fact]
    public void Streams_that_an_update_adds_and_its_answer_refuses_give_their_ports_back()
    {
        var (a, b) = Answered();
        a.Request("UPDATE", body: Alice.Sdp(version: 2, media: "m=video 5002 RTP/AVP 96\r\n"));
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200, Bob.Sdp(version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        Alice.ExpectResponse(200);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));
        EndNormally(a, b, true);
    }

    /// <summary>RFC 3311 §5.1: UPDATE and its 2xx refresh the target, and so the way of what follows.</summary>
    [Fact]
    public void An_update_moves_the_target()
    {
        var (a, b) = Answered();
        var moved = Scene.Phone("alicia", SceneModel.Inside, SceneModel.AliceAddress, 5062);
        a.Request("UPDATE", $"Contact: <{moved.Contact}>\r\n", Alice.Sdp(version: 2));
        b.AnswerTo(b.ExpectRequest("UPDATE"), 200, Bob.Sdp(version: 2), headers: $"Contact: <{Bob.Contact};line=2>\r\n");
        Alice.ExpectResponse(200);
        b.Request("INFO");
        var info = moved.ExpectRequest("INFO");
        Assert.StartsWith($"INFO {moved.Contact} ", info.StartLine, StringComparison.Ordinal);
        a.AnswerTo(info, 200);
        Bob.ExpectResponse(200);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.Equal($"BYE {Bob.Contact};line=2 SIP/2.0", b.ExpectBye().StartLine);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 5407 §3.1.5, of requests other than INVITE: the caller has not had the 2xx, and so knows no dialog yet; it is not lost.</summary>
    [Theory]
    [InlineData("UPDATE", true)]
    [InlineData("UPDATE", false)]
    [InlineData("INFO", false)]
    public void A_481_of_a_caller_that_had_not_acknowledged_ends_nothing(string method, bool isAcknowledgedFirst)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        Alice.Take();
        b.Request(method, body: method == "UPDATE" ? Bob.Sdp(version: 2) : "");
        var request = Alice.ExpectRequest(method);
        if (isAcknowledgedFirst)
        {
            Scene.Advance(CallScene.T1);
            a.ExpectAnswered();
            request = Alice.ExpectRequest(method);
        }

        a.AnswerTo(request, 481);
        Bob.ExpectResponse(500);
        if (!isAcknowledgedFirst)
        {
            Scene.Advance(CallScene.T1);
            a.ExpectAnswered();
        }

        Bob.ExpectNothing();
        EndNormally(a, b, true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_early_update_crosses(bool isCaller)
    {
        var a = Alice.Call(headers: "Supported: 100rel\r\n");
        var b = Bob.ExpectCall();
        b.AnswerReliably(183, 1, Bob.Sdp());
        a.Prack(a.Expect(183));
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        Alice.ExpectResponse(200);
        var (asker, asked, from, to) = isCaller ? (a, b, Alice, Bob) : (b, a, Bob, Alice);
        asker.Request("UPDATE", body: from.Sdp(version: 2, attributes: "a=inactive\r\n"));
        var update = asked.ExpectRequest("UPDATE");
        asked.AnswerTo(update, 200, to.Sdp(version: 2, attributes: "a=inactive\r\n"));
        Assert.Contains("a=inactive", Body(from.ExpectResponse(200)), StringComparison.Ordinal);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Fact]
    public void An_update_that_nobody_answers_ends_the_call()
    {
        var (a, b) = Answered();
        a.Request("UPDATE", body: Alice.Sdp(version: 2));
        Scene.Advance(64 * CallScene.T1);
        Bob.Take();
        Assert.Contains(Alice.Take(), sent => sent.StartLine.StartsWith("SIP/2.0 504", StringComparison.Ordinal));
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
        Assert.NotNull(b);
    }

    [Fact]
    public void An_info_that_nobody_answers_is_504_and_the_call_goes_on()
    {
        var (a, b) = Answered();
        a.Request("INFO");
        Scene.Advance(64 * CallScene.T1);
        Bob.Take();
        Alice.ExpectResponse(504);
        EndNormally(a, b, true);
    }

    /// <summary>RFC 4320 §4.2.</summary>
    [Fact]
    public void A_408_does_not_cross()
    {
        var (a, b) = Answered();
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 408);
        Alice.ExpectResponse(504);
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_bye_answers_what_is_under_way()
    {
        var (a, b) = Answered();
        a.Request("INFO");
        b.ExpectRequest("INFO");
        b.Bye();
        Bob.ExpectResponse(200);
        a.ExpectBye();
        Alice.ExpectResponse(481);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void What_comes_out_of_order_is_500()
    {
        var (a, b) = Answered();
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        a.Sequence -= 2;
        a.Request("INFO");
        Alice.ExpectResponse(500);
        a.Sequence += 2;
        EndNormally(a, b, true);
    }

    [Fact]
    public void Allow_says_what_the_other_side_takes()
    {
        var a = Alice.Call(headers: "Allow: INVITE, ACK, CANCEL, BYE, INFO, FOO\r\n");
        var b = Bob.ExpectCall();
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO, REFER", b.Asked.Header(HeaderId.Allow));
        b.Answer(200, Bob.Sdp(), headers: "Allow: INVITE, ACK, CANCEL, BYE, MESSAGE, REFER\r\n");
        b.ExpectRequest("ACK");
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE, REFER", a.ExpectAnswered().Header(HeaderId.Allow));
        EndNormally(a, b, true);
    }
}
