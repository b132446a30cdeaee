using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What ends a call from the gateway's side.</summary>
public sealed class OperatorTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Calls = new(TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10), TimeSpan.Zero),
        MediaPairs = 2,
    };

    private void HangUpAll(CallCause cause) => Scene.Turn(() => Scene.Calls.HangUpAll(cause));

    [Fact]
    public void Before_the_callee_rings()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        HangUpAll(CallCause.HungUpByOperator);
        a.Expect(480);
        b.Answer(180);
        b.ExpectCancel();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Rejected, 480);
    }

    [Fact]
    public void While_it_rings()
    {
        var (a, b) = Ringing();
        HangUpAll(CallCause.GatewayStopped);
        a.Expect(503);
        b.ExpectCancel();
        Scene.End(CallCause.GatewayStopped, CallOutcome.Rejected, 503);
    }

    [Fact]
    public void Before_the_ack()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        HangUpAll(CallCause.HungUpByOperator);
        b.ExpectBye();
        Alice.ExpectNothing();
        a.Ack();
        a.ExpectBye();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void While_they_talk()
    {
        var (a, b) = Answered();
        var id = Scene.Calls.List(0, new CallRecord[1], out var count);
        Assert.Equal((-1, 1), (id, count));
        HangUpAll(CallCause.HungUpByOperator);
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void During_a_reinvite()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(100);
        HangUpAll(CallCause.HungUpByOperator);
        a.Expect(487);
        a.ExpectBye();
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void During_a_delayed_offer()
    {
        var a = Alice.Dialog();
        a.Invite();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        a.Expect(200);
        HangUpAll(CallCause.HungUpByOperator);
        b.ExpectRequest("ACK");
        b.ExpectBye();
        a.Ack(Alice.Sdp());
        a.ExpectBye();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void While_it_ends()
    {
        var (a, b) = Answered();
        a.Bye();
        HangUpAll(CallCause.HungUpByOperator);
        a.Expect(200);
        b.ExpectBye();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_that_nobody_answers()
    {
        Answered();
        HangUpAll(CallCause.HungUpByOperator);
        Assert.Equal(1, Scene.Calls.Count);
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void One_call_by_its_id()
    {
        var (a, b) = Answered();
        var page = new CallRecord[4];
        Scene.Calls.List(0, page, out _);
        Scene.Turn(() => Assert.False(Scene.Calls.HangUp(page[0].Id + 1, CallCause.HungUpByOperator)));
        Scene.Turn(() => Assert.True(Scene.Calls.HangUp(page[0].Id, CallCause.HungUpByOperator)));
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }

    [Fact]
    public void After_the_longest_time()
    {
        var (a, b) = Answered();
        Scene.Advance(599_999);
        Alice.ExpectNothing();
        Scene.Advance(1);
        a.ExpectBye();
        b.ExpectBye();
        var record = Scene.End(CallCause.MaxDuration, CallOutcome.Answered, 200);
        Assert.Equal(TimeSpan.FromMinutes(10), record.Ended - record.Answered);
    }

    [Fact]
    public void Media_ports_run_out()
    {
        var first = Answered();
        var second = Answered();
        var a = Alice.Call();
        a.Expect(503);
        Bob.ExpectNothing();
        Assert.Single(Scene.Journal.Exhausted);
        Assert.Equal((CallCause.NoMediaPorts, CallOutcome.Rejected, 503), (Scene.Journal.Ended[0].Cause, Scene.Journal.Ended[0].Outcome, Scene.Journal.Ended[0].Status));

        first.A.Invite(Alice.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\n"));
        first.A.Expect(503);
        HangUp(first.A, first.B);
        HangUp(second.A, second.B);
        Scene.End();
    }

    [Fact]
    public void A_defect_ends_the_call_that_it_struck()
    {
        var first = Answered();
        var second = Answered();
        Scene.Journal.Defect = new InvalidOperationException("defect");
        Assert.Throws<InvalidOperationException>(() => first.A.Invite(Alice.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\n")));
        Scene.Turn(() => Scene.Calls.OnFault(Scene.Journal.Defect));
        Assert.Single(Scene.Journal.Faults);
        first.A.ExpectBye();
        Alice.ExpectResponse(500);
        first.B.ExpectBye();
        HangUp(second.A, second.B);
        Scene.End();
        Assert.Contains(Scene.Journal.Ended, record => record.Cause == CallCause.Fault);
    }

    /// <summary>RFC 3261 §15.1.1: the answer does not matter, 481 or none at all.</summary>
    [Fact]
    public void A_bye_that_is_refused()
    {
        var (a, b) = Answered();
        a.Bye();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("BYE"), 481);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_twice()
    {
        var (a, b) = Answered();
        a.Bye();
        a.Repeat();
        a.Expect(200);
        a.Expect(200);
        a.Bye();
        a.Expect(481);
        b.ExpectBye();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_out_of_order()
    {
        var (a, b) = Answered();
        var sequence = a.Sequence;
        a.Sequence = 0;
        a.Bye();
        Assert.Contains("CSeq: 1 BYE", a.Expect(500).Text, StringComparison.Ordinal);
        a.Sequence = sequence;
        HangUp(a, b);
        Assert.NotNull(b.Asked.Header(HeaderId.CSeq));
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
