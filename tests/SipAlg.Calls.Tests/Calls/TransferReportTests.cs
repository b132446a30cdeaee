using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The subscription of who transfers, and the NOTIFYs that end it (RFC 3515 §2.4.4).</summary>
public sealed class TransferReportTests : TransferBlindTest
{
    [Fact]
    public void The_subscription_is_refreshed_and_ended()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        a.Request("SUBSCRIBE", "Event: refer\r\nExpires: 60\r\n");
        Alice.ExpectResponse(200);
        ExpectReport(a, 100);
        a.Request("SUBSCRIBE", "Event: refer\r\nExpires: 0\r\n");
        Alice.ExpectResponse(200);
        var notify = a.ExpectRequest("NOTIFY");
        Assert.Equal("terminated;reason=timeout", notify.Header(HeaderId.SubscriptionState));
        a.AnswerTo(notify, 200);
        c.Answer(180);
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        Alice.ExpectNothing();
        StillTalking(a, b);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    public void A_subscribe_that_crosses_the_last_notify_is_too_late(int expires)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        var last = a.ExpectRequest("NOTIFY");
        Assert.Equal("terminated;reason=noresource", last.Header(HeaderId.SubscriptionState));
        a.Request("SUBSCRIBE", $"Event: refer\r\nExpires: {expires}\r\n");
        Alice.ExpectResponse(481);
        a.AnswerTo(last, 200);
        Alice.ExpectNothing();
        StillTalking(a, b);
    }

    [Fact]
    public void What_a_refresh_tells_last_ends_the_subscription()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        var first = a.ExpectRequest("NOTIFY");
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        a.Request("SUBSCRIBE", "Event: refer\r\nExpires: 60\r\n");
        Alice.ExpectResponse(200);
        ExpectReport(a, 486);
        a.AnswerTo(first, 200);
        Alice.ExpectNothing();
        StillTalking(a, b);
    }

    /// <summary>What is told behind a BYE waits for its answer: a NOTIFY that overtook it would have it refused (RFC 3261 §12.2.2).</summary>
    [Fact]
    public void The_end_of_the_call_is_told_behind_the_answer_to_its_bye()
    {
        var (a, b) = Talk(Alice, Bob);
        a.Request("REFER", ReferTo("carol", "gw"));
        Alice.ExpectResponse(202);
        var first = a.ExpectRequest("NOTIFY");
        var c = Carol.ExpectCall();
        c.Answer(180);
        b.Bye();
        Bob.ExpectResponse(200);
        c.ExpectCancel();
        var bye = a.ExpectRequest("BYE");
        a.AnswerTo(first, 200);
        Alice.ExpectNothing();
        a.AnswerTo(bye, 200);
        ExpectReport(a, 487);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }
}
