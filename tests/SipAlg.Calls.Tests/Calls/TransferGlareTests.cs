using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>REFER that crosses other requests, and who is transferred refusing or crossing the gateway's re-INVITE.</summary>
public sealed class TransferGlareTests : TransferBlindTest
{
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

    /// <summary>Who stays is told to ask again later, and then asked itself.</summary>
    [Fact]
    public void Who_transfers_hangs_up_with_a_reinvite_under_way()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        b.Invite(Bob.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        a.ExpectRequest("INVITE");
        a.Bye();
        Alice.ExpectResponse(200);
        b.Expect(491);
        a.Answer(487);
        a.ExpectRequest("ACK");
        c.Accept();
        Await(Bob);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        ExpectReport(a, 200);
        HangUp(b, c);
        Scene.End();
    }

    /// <summary>What who stays still answers is acknowledged, and nobody is told.</summary>
    [Fact]
    public void Who_transfers_hangs_up_with_a_reinvite_of_its_own_under_way()
    {
        var (a, b) = Talk(Alice, Bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        a.Bye();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        c.Accept();
        Await(Bob);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 3));
        ExpectReport(a, 200);
        HangUp(b, c);
        Scene.End();
        Alice.ExpectNothing();
    }
}
