using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Blind transfers that the gateway carries out (RFC 5589 §6), and targets that do not answer.</summary>
public sealed class TransferBlindTests : TransferBlindTest
{
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
    public void What_is_no_invite_is_declined()
    {
        var (a, b) = Talk(Alice, Bob);
        a.Request("REFER", "Refer-To: <sip:x@gw;method=BYE>\r\n");
        Alice.ExpectResponse(603);
        StillTalking(a, b);
    }
}
