using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Targets that ring together, and are told to stop (RFC 3261 §9.1).</summary>
public sealed class RingCancelTests : RingTest
{
    /// <summary>RFC 3261 §9.1: one that has not answered at all cannot be cancelled before it does.</summary>
    [Fact]
    public void One_that_rings_too_late_is_cancelled_then()
    {
        var (a, b, c, _) = Three();
        b.Accept();
        a.ExpectAnswered();
        Carol.ExpectNothing();
        c.Answer(180);
        Cancelled(c, Elsewhere);
        HangUp(a, b);
        c.Answer(180);
        Carol.ExpectNothing();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_reason_of_a_late_cancel_outlives_the_call()
    {
        var (a, b, c, _) = Three();
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Assert.Equal(0, Scene.Calls.Count);
        c.Answer(180);
        Cancelled(c, Elsewhere);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Cancelled_before_any_of_them_rings()
    {
        var (a, b, c, _) = Three();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Ports(0);
        b.Answer(100);
        b.ExpectCancel();
        c.Answer(200, Carol.Sdp());
        c.ExpectRequest("ACK");
        c.ExpectBye();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Cancelled_while_some_ring()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        d.Answer(183, Dave.Sdp());
        a.Another().Expect(183);
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        Cancelled(b, null);
        Cancelled(d, null);
        c.Answer(180);
        Cancelled(c, null);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>The one that answers is the one that the caller has just ended; the other rings on.</summary>
    [Fact]
    public void A_bye_on_one_of_them_crosses_its_answer()
    {
        var a = Alice.Call("two");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        a.Expect(180);
        c.Answer(180);
        var other = a.Another();
        other.Expect(180);
        other.Bye();
        Alice.ExpectResponse(200);
        c.Answer(200, Carol.Sdp());
        c.ExpectBye();
        c.ExpectRequest("ACK");
        Alice.ExpectNothing();
        Ports(2);
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_ends_one_of_them_and_the_last_one_the_call()
    {
        var (a, b, c, d) = Three();
        Refuse(d, 500);
        b.Answer(180);
        a.Expect(180);
        c.Answer(180);
        var other = a.Another();
        other.Expect(180);
        other.Bye();
        other.Expect(200);
        c.ExpectBye();
        Bob.ExpectNothing();
        a.Bye();
        a.Expect(200);
        a.Expect(487);
        Cancelled(b, null);
        c.ExpectCancel();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Ended_by_an_operator()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
        a.Expect(480);
        Cancelled(b, null);
        c.Answer(180);
        Cancelled(c, null);
        Refuse(d, 486);
        Scene.End(CallCause.HungUpByOperator, CallOutcome.Rejected, 480);
    }
}
