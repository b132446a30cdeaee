using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Calls that are answered, over every way that an offer and its answer may take (RFC 3261 §13, RFC 6337 §2).</summary>
public sealed class SetupTests : CallTest
{
    [Fact]
    public void Caller_hangs_up()
    {
        var (a, b) = Answered();
        HangUp(a, b);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(("alice", "bob", "inside", "outside", "alice", "bob", "out"), (record.Caller, record.Called, record.FromRealm, record.ToRealm, record.FromPeer, record.ToPeer, record.Route));
    }

    [Fact]
    public void Callee_hangs_up()
    {
        var (a, b) = Answered();
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Both_hang_up_at_once()
    {
        var (a, b) = Answered();
        a.Bye();
        var bye = b.ExpectRequest("BYE");
        b.Bye();
        b.Expect(200);
        b.AnswerTo(bye, 200);
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Ringing_crosses_as_it_came()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(180, phrase: "Ringing here");
        Assert.StartsWith("SIP/2.0 180 Ringing here\r\n", a.Expect(180).Text);
        b.Answer(182);
        b.Answer(183, Bob.Sdp(), "Session Progress");
        Assert.Empty(a.Expect(182).Parse().BodyOctets.ToArray());
        Assert.Contains("m=audio", a.Expect(183).Text, StringComparison.Ordinal);
        b.Answer(180);
        a.Expect(180);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §13.2.1: the 2xx has the answer, though the callee's has none, since the caller may not have seen the 183.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Early_media_and_an_answer(bool isRepeated)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        var early = a.Expect(183);
        b.Answer(200, isRepeated ? Bob.Sdp() : "");
        b.ExpectRequest("ACK");
        var answer = a.ExpectAnswered();
        Assert.Equal(Body(early), Body(answer));
        Assert.Equal("application/sdp", answer.Header(Protocol.Sip.HeaderId.ContentType));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private static string Body(Testing.Lanes.SentMessage sent) => System.Text.Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    [Fact]
    public void Offer_in_the_answer_and_answer_in_the_ack()
    {
        var a = Alice.Dialog();
        a.Invite();
        var b = Bob.ExpectCall();
        Assert.DoesNotContain("Content-Type", b.Asked.Text, StringComparison.Ordinal);
        b.Answer(180);
        a.Expect(180);
        b.Answer(200, Bob.Sdp());
        Bob.ExpectNothing();
        a.ExpectAnswered(Alice.Sdp());
        Assert.Contains("m=audio", b.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Delayed_offer_without_an_answer_ends_the_call()
    {
        var a = Alice.Dialog();
        a.Invite();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        a.ExpectAnswered();
        b.ExpectRequest("ACK");
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.NoSdpAnswer, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("")]
    [InlineData("v=0\r\nnonsense\r\n")]
    public void An_answer_without_usable_description_ends_the_call(string body)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept(body);
        b.ExpectBye();
        Assert.StartsWith($"399 {Alice.Flow.Local.Address} \"", a.Expect(502).Header(HeaderId.Warning));
        Scene.End(CallCause.NoSdpAnswer, CallOutcome.Failed, 502);
    }

    /// <summary>RFC 3725 §4.1: a controller has no media yet, which is no reason to hold the callee.</summary>
    [Fact]
    public void A_first_offer_without_an_address_is_no_hold()
    {
        const string address = "0.0.0.0";
        var a = Alice.Call(body: Alice.Sdp(address: address));
        var b = Bob.ExpectCall();
        Assert.DoesNotContain(address, b.Asked.Text, StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2, address: address));
        Assert.Contains(address, b.ExpectRequest("INVITE").Text, StringComparison.Ordinal);
        b.Accept(Bob.Sdp());
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Retransmissions_are_absorbed()
    {
        var a = Alice.Call();
        a.Repeat();
        var b = Bob.ExpectCall();
        Bob.ExpectNothing();
        b.Accept();
        a.Repeat();
        a.ExpectAnswered();
        Alice.ExpectNothing();
        HangUp(a, b);
        a.Repeat();
        Assert.Equal("SIP/2.0 200 OK", a.Expect(200).StartLine);
        Bob.ExpectNothing();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_repeated_2xx_of_the_callee_is_acknowledged_again()
    {
        var (a, b) = Answered();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        Alice.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_dialogs_are_each_sides_own()
    {
        var (a, b) = Answered();
        Assert.NotEqual(a.CallId, b.CallId);
        var invite = b.Asked;
        Assert.Equal("1 INVITE", invite.Header(HeaderId.CSeq));
        Assert.Equal("69", invite.Header(HeaderId.MaxForwards));
        Assert.StartsWith("\"alice\" <sip:alice@127.92.0.20>;tag=", invite.Header(HeaderId.From));
        Assert.Equal("<sip:bob@127.92.0.20>", invite.Header(HeaderId.To));
        Assert.StartsWith("INVITE sip:bob@127.92.0.20:5060 SIP/2.0", invite.StartLine);
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, REFER", invite.Header(HeaderId.Allow));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 2543's INVITE has no Contact, branch or tag; its BYE goes to the address in From (RFC 2543 §6.13).</summary>
    [Fact]
    public void A_caller_without_contact_can_be_hung_up_on()
    {
        Alice.Send("INVITE sip:bob@gw SIP/2.0\r\nVia: SIP/2.0/UDP 127.91.0.10\r\nFrom: <sip:alice@127.91.0.10>\r\n" +
            "To: <sip:bob@gw>\r\nCall-ID: old\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n\r\n" + Alice.Sdp());
        var b = Bob.ExpectCall();
        b.Accept();
        var answer = Alice.ExpectResponse(200);
        Alice.Send($"ACK sip:bob@gw SIP/2.0\r\nVia: SIP/2.0/UDP 127.91.0.10\r\nFrom: <sip:alice@127.91.0.10>\r\nTo: {answer.Header(HeaderId.To)}\r\n" +
            "Call-ID: old\r\nCSeq: 1 ACK\r\n\r\n");
        b.Bye();
        b.Expect(200);
        var bye = Alice.ExpectRequest("BYE");
        Assert.Equal("BYE sip:alice@127.91.0.10 SIP/2.0", bye.StartLine);
        Alice.Send(bye.Text.Replace(bye.StartLine, "SIP/2.0 200 OK", StringComparison.Ordinal));
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }
}
