using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The caller gives up: RFC 3261 §9, §15.1.2.</summary>
public sealed class CancelTests : CallTest
{
    [Fact]
    public void After_ringing()
    {
        var (a, b) = Ringing();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(180)]
    public void Before_any_provisional_answer(int status)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Bob.ExpectNothing();
        b.Answer(status);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Before_any_answer_at_all()
    {
        var a = Alice.Call();
        Bob.ExpectCall();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Crossing_an_answer()
    {
        var (a, b) = Ringing();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.ExpectRequest("CANCEL");
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        b.ExpectBye();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Behind_an_answer()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Cancel();
        a.Expect(200);
        a.Ack();
        Assert.Contains("CANCEL", a.Expect(200).Header(HeaderId.CSeq), StringComparison.Ordinal);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>The callee never ends its INVITE: after 64·T1 it is forgotten.</summary>
    [Fact]
    public void A_callee_that_goes_on_ringing()
    {
        var (a, b) = Ringing();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Answer(180);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Cancelled_twice()
    {
        var (a, b) = Ringing();
        a.Cancel();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        a.Expect(200);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Of_an_unknown_call()
    {
        Alice.Send("CANCEL sip:bob@gw SIP/2.0\r\nVia: SIP/2.0/UDP 127.91.0.10;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n" +
            "To: <sip:bob@gw>\r\nCall-ID: 1\r\nCSeq: 1 CANCEL\r\n\r\n");
        Alice.ExpectResponse(481);
        Scene.End();
        Assert.Empty(Scene.Journal.Ended);
    }

    [Fact]
    public void A_bye_on_an_early_dialog()
    {
        var (a, b) = Ringing();
        a.Bye();
        Alice.ExpectResponse(200);
        Alice.ExpectResponse(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>
    /// RFC 3261 §13.3.1.4: the 2xx that the BYE crossed was lost, and the caller's INVITE waits for it: it is sent again until its ACK comes.
    /// </summary>
    [Fact]
    public void A_bye_on_an_early_dialog_that_crosses_a_lost_answer()
    {
        var (a, b) = Ringing();
        b.Accept();
        Alice.Take();
        a.Bye();
        Alice.ExpectResponse(200);
        b.ExpectBye();
        Scene.Advance(Testing.Calls.CallScene.T1);
        a.ExpectAnswered();
        Scene.Advance(20_000);
        Alice.ExpectNothing();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_on_an_early_dialog_that_crosses_an_answer_whose_ack_never_comes()
    {
        var (a, b) = Ringing();
        b.Accept();
        Alice.Take();
        a.Bye();
        Alice.ExpectResponse(200);
        b.ExpectBye();
        Scene.Advance(64 * Testing.Calls.CallScene.T1);
        Assert.All(Alice.Take(), sent => Assert.StartsWith("SIP/2.0 200 ", sent.StartLine, StringComparison.Ordinal));
        Assert.Equal(0, Scene.Calls.Count);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>Both hang up before the caller's ACK: no BYE goes to who has sent one.</summary>
    [Fact]
    public void Byes_of_both_before_the_ack()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        b.Bye();
        b.Expect(200);
        a.Bye();
        a.Expect(200);
        a.Ack();
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §15: only the caller may end an early dialog by BYE.</summary>
    [Fact]
    public void A_bye_of_the_callee_on_an_early_dialog_is_refused()
    {
        var (a, b) = Ringing();
        b.Bye();
        b.Expect(481);
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }
}
