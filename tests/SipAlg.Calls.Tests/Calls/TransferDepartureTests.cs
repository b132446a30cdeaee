using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Who hangs up while the gateway carries out a transfer, and when who transferred is hung up on (RFC 5589 §6.1).</summary>
public sealed class TransferDepartureTests : TransferBlindTest
{
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
