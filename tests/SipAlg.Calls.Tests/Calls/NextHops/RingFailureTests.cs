using SipAlg.Calls.Calls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Targets that ring together and fail: the best failure is told, or the next priority is tried.</summary>
public sealed class RingFailureTests : RingTest
{
    [Fact]
    public void All_fail_and_the_best_failure_wins()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        Refuse(b, 486, "Busy", "X-Of: bob\r\n");
        Ports(3);
        Refuse(c, 503);
        Alice.ExpectNothing();
        Refuse(d, 500);
        var response = Fails(a, 486, CallCause.CalleeRefused, "bob");
        Assert.Contains("X-Of: bob\r\n", response.Text, StringComparison.Ordinal);
        Assert.StartsWith("SIP;cause=486;", Reason(response));
    }

    [Fact]
    public void Who_declines_for_everybody_ends_it()
    {
        var (a, b, c, d) = Three();
        b.Answer(180);
        a.Expect(180);
        Refuse(c, 486);
        d.Answer(603, phrase: "No");
        d.ExpectRequest("ACK");
        a.Expect(603);
        Cancelled(b, null);
        var record = Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 603);
        Assert.Equal("dave", record.ToPeer);
    }

    /// <summary>Each has its own time, counted from its INVITE.</summary>
    [Fact]
    public void Each_rings_as_long_as_it_may()
    {
        var a = Alice.Call("two");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        c.Answer(180);
        Scene.Advance(9_999);
        Bob.ExpectNothing();
        Scene.Advance(1);
        Cancelled(b, null);
        Ports(2);
        Carol.ExpectNothing();
        Scene.Advance(9_999);
        Carol.ExpectNothing();
        Assert.Equal(2, Alice.Take().Count(sent => sent.StartLine.Contains(" 180 ", StringComparison.Ordinal)));
        Scene.Advance(1);
        Cancelled(c, null);
        var response = Fails(a, 480, CallCause.NoAnswer, "carol");
        Assert.Equal(("SIP/2.0 480 No answer", "SIP;cause=480;text=\"No answer\""), (response.StartLine, Reason(response)));
    }

    [Fact]
    public void One_that_has_rung_long_enough_leaves_the_others_ringing()
    {
        var a = Alice.Call("two");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        a.Expect(180);
        c.Answer(100);
        Scene.Advance(10_000);
        Cancelled(b, null);
        Completes(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(486)]
    [InlineData(503)]
    public void The_next_priority_follows_where_one_failure_leads_on(int other)
    {
        var a = Alice.Call("then");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        b.Answer(180);
        a.Expect(180);
        Refuse(c, other);
        Dave.ExpectNothing();
        Scene.Advance(20_000);
        Cancelled(b, null);
        Completes(a, Dave.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_next_priority_does_not_follow_where_none_does()
    {
        var a = Alice.Call("then");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 486);
        Refuse(c, 404);
        Dave.ExpectNothing();
        Fails(a, 404, CallCause.CalleeRefused, "carol");
    }

    [Fact]
    public void The_best_failure_of_an_earlier_priority_counts_too()
    {
        var a = Alice.Call("then");
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        Refuse(b, 486, "Busy");
        Refuse(c, 503);
        Refuse(Dave.ExpectCall(), 500);
        Assert.Equal("SIP/2.0 486 Busy", Fails(a, 486, CallCause.CalleeRefused, "bob").StartLine);
    }

    [Fact]
    public void Without_priorities_they_come_one_after_another()
    {
        var a = Alice.Call("unordered");
        var b = Bob.ExpectCall();
        Carol.ExpectNothing();
        Refuse(b, 500);
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void None_of_them_responds()
    {
        var (a, _, _, _) = Three();
        Scene.Advance(32_000);
        Fails(a, 408, CallCause.TargetTimedOut, Scene.Journal.Ended[0].ToPeer);
    }

    [Fact]
    public void One_is_not_reachable()
    {
        var (a, b, _, d) = Three();
        Scene.Turn(() => Scene.Harness.Unreachable(Carol.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        Ports(3);
        Refuse(d, 486);
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void One_has_no_room()
    {
        Limit = 0;
        var a = Alice.Call("three");
        var b = Bob.ExpectCall();
        Dave.ExpectCall();
        Carol.ExpectNothing();
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Ports_for_one_of_two_are_enough()
    {
        MediaPairs = 1;
        var a = Alice.Call("two");
        var b = Bob.ExpectCall();
        Carol.ExpectNothing();
        Assert.Equal("outside", Assert.Single(Scene.Journal.Exhausted));
        Completes(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
