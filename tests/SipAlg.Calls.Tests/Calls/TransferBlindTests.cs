using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Blind transfers that the gateway carries out (RFC 5589 §6).</summary>
public sealed class TransferBlindTests : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Gateway;

    private protected override IEnumerable<Route> MoreRoutes(SceneModel model) =>
    [
        SceneModel.Route("nobody", [SceneModel.Called("nobody")], new Rejection(404, null)),
        SceneModel.Route("only for alice", [SceneModel.Called("secret"), new PeerCondition([model.Alice])], SceneModel.To(model.Carol)),
        SceneModel.Route("not for others", [SceneModel.Called("secret")], new Rejection(403, null)),
        SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("two")], StatusSet.Default), RouteEdits.None, SceneModel.To(model.Carol), SceneModel.To(model.Dave)),
    ];

    /// <summary>Who transfers, who is transferred, and their phones.</summary>
    private (PhoneDialog By, PhoneDialog Stays, ScriptedPhone From, ScriptedPhone Other) Sides(bool isCaller)
    {
        var (a, b) = Talk(Alice, Bob);
        return isCaller ? (a, b, Alice, Bob) : (b, a, Bob, Alice);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_transferred_talks_to_the_target(bool isCaller)
    {
        var (by, stays, from, other) = Sides(isCaller);
        Refer(from, by, ReferTo("carol", from.Host, more: "?X-Own=a%20b") + $"Referred-By: <sip:me@{from.Host}>\r\n");
        var c = Carol.ExpectCall();
        Assert.Contains($"<sip:{other.Name}@", c.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.StartsWith("INVITE sip:carol@127.92.0.30", c.Asked.StartLine, StringComparison.Ordinal);
        Assert.Equal("<sip:me@127.92.0.30>", c.Asked.Header(HeaderId.ReferredBy));
        Assert.Contains("\r\nX-Own: a b\r\n", c.Asked.Text, StringComparison.Ordinal);
        Assert.Contains("m=audio", Body(c.Asked), StringComparison.Ordinal);
        Assert.Contains(Scene.Model.OutsideAddress, Body(c.Asked), StringComparison.Ordinal);
        c.Answer(180);
        ExpectReport(by, 180);
        c.Accept(Carol.Sdp(version: 7, attributes: "a=x-carol\r\n"));
        var invite = stays.ExpectRequest("INVITE");
        Assert.Contains("a=x-carol", Body(invite), StringComparison.Ordinal);
        Alice.ExpectNothing();
        stays.Accept(other.Sdp(version: 2));
        ExpectReport(by, 200);
        by.Bye();
        from.ExpectResponse(200);

        // The two talk as any two: what one asks for comes to the other.
        stays.Invite(other.Sdp(version: 3, attributes: "a=sendonly\r\n"));
        Assert.Contains("a=sendonly", Body(c.ExpectRequest("INVITE")), StringComparison.Ordinal);
        c.Accept(Carol.Sdp(version: 8, attributes: "a=recvonly\r\n"));
        stays.ExpectAnswered();
        c.Request("INFO");
        stays.AnswerTo(stays.ExpectRequest("INFO"), 200);
        Carol.ExpectResponse(200);
        c.Bye();
        c.Expect(200);
        stays.ExpectBye();
        var record = Scene.End(isCaller ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        var transfer = Assert.Single(record.Transfers);
        Assert.Equal((isCaller ? EndedBy.Caller : EndedBy.Callee, "carol", "outside", "carol"), (transfer.By, transfer.To, transfer.ToRealm, transfer.ToPeer));
    }

    [Fact]
    public void What_was_on_hold_is_offered_without_it()
    {
        var (a, b) = Talk(Alice, Bob);
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        a.ExpectAnswered();
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        Assert.DoesNotContain("a=recvonly", Body(c.Asked), StringComparison.Ordinal);
        c.Accept();
        Assert.DoesNotContain("a=sendonly", Body(b.ExpectRequest("INVITE")), StringComparison.Ordinal);
        b.Accept(Bob.Sdp(version: 3));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Carol.ExpectNothing();
        HangUp(b, c);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>Who is transferred says something else than what the target was offered, so the target hears of it.</summary>
    [Fact]
    public void What_changes_meanwhile_is_told()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        ExpectReport(a, 200);
        Assert.Contains("a=sendonly", Body(c.ExpectRequest("INVITE")), StringComparison.Ordinal);
        c.Accept(Carol.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        a.Bye();
        Alice.ExpectResponse(200);
        HangUp(b, c);
        Scene.End();
    }

    [Theory]
    [InlineData(486)]
    [InlineData(603)]
    [InlineData(407)]
    public void A_target_that_refuses_leaves_the_call(int status)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(status);
        Carol.ExpectRequest("ACK");
        ExpectReport(a, status == 407 ? 500 : status);
        StillTalking(a, b);
    }

    private void StillTalking(PhoneDialog a, PhoneDialog b)
    {
        a.Invite(Alice.Sdp(version: 9));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 9));
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Empty(Scene.Journal.Ended[0].Transfers);
    }

    [Fact]
    public void A_target_that_nobody_answers_leaves_the_call()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        Scene.Advance(180_000);
        c.ExpectCancel();
        ExpectReport(a, 480);
        StillTalking(a, b);
    }

    [Theory]
    [InlineData("nobody", 404)]
    [InlineData("barred", 403)]
    [InlineData("echo", 488)]
    public void What_the_dialplan_does_not_give_is_told(string called, int status)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo(called, "gw"));
        ExpectReport(a, status);
        StillTalking(a, b);
    }

    /// <summary>The dialplan is asked with the rights of who transfers, whoever is transferred.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_transfers_needs_the_right_to(bool isCaller)
    {
        var (by, stays, from, other) = Sides(isCaller);
        Refer(from, by, ReferTo("secret", "gw"));
        if (isCaller)
        {
            var c = Carol.ExpectCall();
            c.Answer(486);
            Carol.ExpectRequest("ACK");
            ExpectReport(by, 486);
        }
        else
        {
            Carol.ExpectNothing();
            ExpectReport(by, 403);
        }

        HangUp(by, stays);
        Scene.End();
        Assert.NotNull(other);
    }

    [Fact]
    public void The_next_target_of_the_route_is_tried()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("two", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(183, Carol.Sdp());
        ExpectReport(a, 183);
        c.Answer(503);
        Carol.ExpectRequest("ACK");
        var d = Dave.ExpectCall();
        d.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        HangUp(b, d);
        Assert.Equal("dave", Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200).Transfers[0].ToPeer);
    }

    /// <summary>Many phones hang up as soon as the REFER is taken (RFC 5589 §6.1): the transfer goes on, and the end is told to nobody else.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_transfers_may_hang_up_at_once(bool isAnswered)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        a.Bye();
        Alice.ExpectResponse(200);
        Bob.ExpectNothing();
        c.Answer(180);

        // RFC 5057 §4.1: the subscription is still there, until a NOTIFY is refused.
        a.AnswerTo(a.ExpectRequest("NOTIFY"), 481);
        b.Invite(Bob.Sdp(version: 2));
        b.Expect(491);
        if (isAnswered)
        {
            c.Accept();
            b.ExpectRequest("INVITE");
            b.Accept(Bob.Sdp(version: 3));
            HangUp(c, b);
            Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        }
        else
        {
            c.Answer(486);
            Carol.ExpectRequest("ACK");
            b.ExpectBye();
            Scene.End(CallCause.TransferFailed, CallOutcome.Answered, 200);
        }

        Alice.ExpectNothing();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(180)]
    [InlineData(200)]
    public void Who_is_transferred_hangs_up_meanwhile(int status)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        if (status == 180)
        {
            c.Answer(180);
            ExpectReport(a, 180);
        }
        else if (status == 200)
        {
            c.Accept();
            b.ExpectRequest("INVITE");
        }

        b.Bye();
        Bob.ExpectResponse(200);
        ExpectReport(a, 487);
        a.ExpectBye();
        if (status == 180)
        {
            c.ExpectCancel();
        }
        else if (status == 200)
        {
            c.ExpectBye();
            b.Answer(487);
            b.ExpectRequest("ACK");
        }
        else
        {
            // RFC 3261 §9.1: no CANCEL before a provisional answer; the 200 that comes gets ACK and BYE.
            c.Accept();
            c.ExpectBye();
        }

        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_target_hangs_up_before_it_is_joined()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        var invite = b.ExpectRequest("INVITE");
        c.Bye();
        c.Expect(200);
        ExpectReport(a, 480);
        b.AnswerTo(invite, 200, Bob.Sdp(version: 2), headers: $"Contact: <{Bob.Contact}>\r\n");
        b.ExpectRequest("ACK");

        // It had agreed to talk to carol, and is told of alice again.
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        StillTalking(a, b);
    }

    [Theory]
    [InlineData(488)]
    [InlineData(500)]
    public void Who_is_transferred_refuses_the_target(int status)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Answer(status);
        b.ExpectRequest("ACK");
        c.ExpectBye();
        ExpectReport(a, status);
        StillTalking(a, b);
    }

    [Fact]
    public void Glare_with_who_is_transferred_is_waited_out()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        var invite = b.ExpectRequest("INVITE");
        b.Invite(Bob.Sdp(version: 2));
        b.Expect(491);
        b.AnswerTo(invite, 491);
        b.ExpectRequest("ACK");
        Await(Bob);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        HangUp(b, c);
        Scene.End();
    }

    [Fact]
    public void Who_is_transferred_does_not_know_the_call_any_more()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Answer(481);
        b.ExpectRequest("ACK");
        c.ExpectBye();
        ExpectReport(a, 487);
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    /// <summary>Who transferred and does not hang up is hung up on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_transferred_gets_a_bye_after_a_while(bool isSilent)
    {
        var (a, b) = Talk(Alice, Bob);
        a.Request("REFER", ReferTo("carol", "gw") + (isSilent ? "Refer-Sub: false\r\n" : ""));
        Assert.Equal(isSilent ? "false" : null, Alice.ExpectResponse(202).Header(HeaderId.ReferSub));
        if (!isSilent)
        {
            ExpectReport(a, 100);
        }

        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        if (!isSilent)
        {
            ExpectReport(a, 200);
            Alice.ExpectNothing();
            a.Invite(Alice.Sdp(version: 2));
            a.Expect(481);
            Scene.Advance(64 * CallScene.T1);
        }

        a.ExpectBye();
        HangUp(b, c);
        Scene.End();
    }

    [Fact]
    public void The_call_ends_before_who_transferred_has_hung_up()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200);
        HangUp(b, c);
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Transferred_twice()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        ExpectReport(a, 486);

        // RFC 3515 §2.4.6: from the second on they are told apart.
        Refer(Alice, a, ReferTo("carol", "gw"), $"refer;id={a.Sequence + 1}");
        c = Carol.ExpectCall();
        c.Accept();
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        ExpectReport(a, 200, $"refer;id={a.Sequence}");
        a.Bye();
        Alice.ExpectResponse(200);
        Refer(Bob, b, ReferTo("dave", "gw"));
        var d = Dave.ExpectCall();
        d.Accept();
        c.ExpectRequest("INVITE");
        c.Accept(Carol.Sdp(version: 2));
        ExpectReport(b, 200);
        b.Bye();
        Bob.ExpectResponse(200);
        HangUp(d, c);
        var record = Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        Assert.Equal(["carol", "dave"], record.Transfers.Select(transfer => transfer.To));
    }

    [Fact]
    public void One_at_a_time()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        b.Request("REFER", ReferTo("dave", "gw"));
        Bob.ExpectResponse(491);
        a.Request("REFER", ReferTo("dave", "gw"));
        Alice.ExpectResponse(491);
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        ExpectReport(a, 486);
        StillTalking(a, b);
    }

    [Fact]
    public void What_is_no_invite_is_declined()
    {
        var (a, b) = Talk(Alice, Bob);
        a.Request("REFER", "Refer-To: <sip:x@gw;method=BYE>\r\n");
        Alice.ExpectResponse(603);
        StillTalking(a, b);
    }

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

    [Fact]
    public void A_refer_crosses_a_bye()
    {
        var (a, b) = Talk(Alice, Bob);
        b.Bye();
        Bob.ExpectResponse(200);
        a.Request("REFER", ReferTo("carol", "gw"));
        a.ExpectBye();
        Alice.ExpectResponse(481);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_refer_crosses_a_reinvite()
    {
        var (a, b) = Talk(Alice, Bob);
        b.Invite(Bob.Sdp(version: 2));
        a.ExpectRequest("INVITE");
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Accept();
        Bob.ExpectNothing();
        a.Accept(Alice.Sdp(version: 2));
        b.ExpectAnswered();
        Await(Bob);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        HangUp(b, c);
        Scene.End();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_operator_hangs_up(bool isRinging)
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);
        if (!isRinging)
        {
            c.Accept();
            b.ExpectRequest("INVITE");
        }

        Assert.Equal(1, Scene.Calls.Counters.Active);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
        ExpectReport(a, 487);
        a.ExpectBye();
        if (isRinging)
        {
            b.ExpectBye();
            c.ExpectCancel();
        }
        else
        {
            c.ExpectBye();
            b.ExpectBye();
        }

        Scene.End(CallCause.HungUpByOperator, CallOutcome.Answered, 200);
    }
}
