using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Attended transfers that the gateway carries out: alice has called two, or been called, and lets them talk to each other (RFC 5589 §7).</summary>
public sealed class TransferAttendedTests : TransferTest
{
    private protected override TransferMode Mode => TransferMode.Gateway;

    /// <summary>Alice's dialogs with bob and with dave, and theirs.</summary>
    private (PhoneDialog A, PhoneDialog B, PhoneDialog C, PhoneDialog D) TwoCalls(bool hasCalled = true, bool hasCalledAgain = true)
    {
        var (a, b) = hasCalled ? Talk(Alice, Bob) : Swap(Talk(Bob, Alice));
        var (c, d) = hasCalledAgain ? Talk(Alice, Dave) : Swap(Talk(Dave, Alice));
        return (a, b, c, d);
    }

    private static (PhoneDialog A, PhoneDialog B) Swap((PhoneDialog A, PhoneDialog B) pair) => (pair.B, pair.A);

    /// <summary>Dave is offered bob, and bob is offered dave.</summary>
    private void BeJoined(PhoneDialog b, PhoneDialog d)
    {
        Assert.Contains("a=x-bob", Body(d.ExpectRequest("INVITE")), StringComparison.Ordinal);
        d.Accept(Dave.Sdp(version: 2, attributes: "a=x-dave\r\n"));
        Assert.Contains("a=x-dave", Body(b.ExpectRequest("INVITE")), StringComparison.Ordinal);
        b.Accept(Bob.Sdp(version: 3, attributes: "a=x-bob\r\n"));
    }

    /// <summary>Bob is on hold, and has said so.</summary>
    private void Hold(PhoneDialog a, PhoneDialog b)
    {
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\na=x-bob\r\n"));
        a.ExpectAnswered();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void The_two_talk_to_each_other(bool hasCalled, bool hasCalledAgain)
    {
        var (a, b, c, d) = TwoCalls(hasCalled, hasCalledAgain);
        Hold(a, b);
        Refer(Alice, a, ReferTo("dave", Alice.Host, replaced: c));
        BeJoined(b, d);
        c.ExpectBye();
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.Equal(1, Scene.Calls.Counters.Active);

        b.Invite(Bob.Sdp(version: 4, attributes: "a=sendonly\r\n"));
        Assert.Contains("a=sendonly", Body(d.ExpectRequest("INVITE")), StringComparison.Ordinal);
        d.Accept(Dave.Sdp(version: 3, attributes: "a=recvonly\r\n"));
        b.ExpectAnswered();
        d.Invite(Dave.Sdp(version: 4));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 5));
        d.ExpectAnswered();
        d.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Dave.ExpectResponse(200);
        HangUp(d, b);
        Alice.ExpectNothing();
        Scene.End();

        Assert.Equal(2, Scene.Journal.Ended.Count);
        var (second, first) = (Scene.Journal.Ended[0], Scene.Journal.Ended[1]);
        Assert.Equal((CallCause.Transferred, CallOutcome.Answered, (ulong?)first.Id), (second.Cause, second.Outcome, second.ContinuedIn));
        Assert.Equal(hasCalled ? CallCause.CallerHungUp : CallCause.CalleeHungUp, first.Cause);
        var transfer = Assert.Single(first.Transfers);
        Assert.Equal((hasCalled ? EndedBy.Caller : EndedBy.Callee, "dave", "six", "dave"), (transfer.By, transfer.To, transfer.ToRealm, transfer.ToPeer));
    }

    [Fact]
    public void A_target_that_refuses_leaves_both_calls()
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Answer(488);
        d.ExpectRequest("ACK");
        ExpectReport(a, 488);
        Bob.ExpectNothing();
        BothStand(a, b, c, d);
    }

    private void BothStand(PhoneDialog a, PhoneDialog b, PhoneDialog c, PhoneDialog d)
    {
        c.Invite(Alice.Sdp(version: 9));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 9));
        c.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 9));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 9));
        a.ExpectAnswered();
        HangUp(a, b);
        HangUp(c, d);
        Scene.End();
        Assert.All(Scene.Journal.Ended, record => Assert.Equal((CallCause.CallerHungUp, 0), (record.Cause, record.Transfers.Length)));
    }

    /// <summary>The target has agreed already, and is told of alice again.</summary>
    [Fact]
    public void Who_is_transferred_refuses()
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(488);
        b.ExpectRequest("ACK");
        ExpectReport(a, 488);
        Assert.Contains(Scene.Model.Realms[SceneModel.Six].Media.FirstPort.ToString()[..2], Body(d.ExpectRequest("INVITE")), StringComparison.Ordinal);
        d.Accept(Dave.Sdp(version: 3));
        BothStand(a, b, c, d);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_target_hangs_up_meanwhile(bool hasAgreed)
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        if (hasAgreed)
        {
            d.Accept(Dave.Sdp(version: 2));
            b.ExpectRequest("INVITE");
        }

        d.Bye();
        Dave.ExpectResponse(200);
        if (!hasAgreed)
        {
            // Our INVITE is cancelled as its dialog ends; nothing has come back of it that a CANCEL may follow.
            Dave.ExpectNothing();
        }

        ExpectReport(a, 481);
        c.ExpectBye();
        if (hasAgreed)
        {
            b.Accept(Bob.Sdp(version: 2));
            b.ExpectRequest("INVITE");
            b.Accept(Bob.Sdp(version: 3));
        }

        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Who_is_transferred_hangs_up_meanwhile()
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Bye();
        Bob.ExpectResponse(200);
        ExpectReport(a, 487);
        a.ExpectBye();
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 3));
        HangUp(c, d);
        Scene.End();
    }

    /// <summary>Phones that hang up both calls as soon as the REFER is taken leave nobody for bob to talk to, unless dave has been asked before.</summary>
    [Fact]
    public void Who_transfers_hangs_up_both_at_once()
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        a.Bye();
        Alice.ExpectResponse(200);
        Bob.ExpectNothing();
        c.Bye();
        Alice.ExpectResponse(200);
        b.ExpectBye();
        a.AnswerTo(a.ExpectRequest("NOTIFY"), 481);
        d.ExpectBye();
        Scene.End();
        Assert.Contains(Scene.Journal.Ended, record => record.Cause == CallCause.TransferFailed);
    }

    [Fact]
    public void Who_transfers_hangs_up_the_first_at_once()
    {
        var (a, b, c, d) = TwoCalls();
        Hold(a, b);
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        a.Bye();
        Alice.ExpectResponse(200);
        BeJoined(b, d);
        c.ExpectBye();
        a.AnswerTo(a.ExpectRequest("NOTIFY"), 200);
        HangUp(b, d);
        Scene.End();
    }

    [Theory]
    [InlineData("wrong", 481)]
    [InlineData("", 481)]
    public void A_dialog_that_is_not_so(string tag, int status)
    {
        var (a, b, c, d) = TwoCalls();
        a.Request("REFER", $"Refer-To: <sip:dave@gw?Replaces={Uri.EscapeDataString($"{c.CallId};to-tag={c.RemoteTag};from-tag={tag}")}>\r\n");
        Alice.ExpectResponse(202);
        ExpectReport(a, 100);
        ExpectReport(a, status);
        Dave.ExpectNothing();
        BothStand(a, b, c, d);
    }

    /// <summary>RFC 3891 §8: the dialog must be the transferor's own; and the one in which it asks cannot be meant.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_dialog_that_is_not_the_transferors(bool isSame)
    {
        var (a, b, c, d) = TwoCalls();
        if (isSame)
        {
            a.Request("REFER", ReferTo("bob", "gw", replaced: a));
            Alice.ExpectResponse(403);
        }
        else
        {
            b.Request("REFER", ReferTo("dave", "gw", replaced: c));
            Bob.ExpectResponse(403);
        }

        BothStand(a, b, c, d);
    }

    /// <summary>What repeats after the legs have changed their calls is answered as before.</summary>
    [Fact]
    public void What_comes_again_is_acknowledged_again()
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        var asked = d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        c.ExpectBye();
        ExpectReport(a, 200);
        d.AnswerTo(asked, 200, Dave.Sdp(version: 2), headers: $"Contact: <{Dave.Contact}>\r\n");
        d.ExpectRequest("ACK");
        Dave.ExpectNothing();
        a.Bye();
        Alice.ExpectResponse(200);
        HangUp(d, b);
        Scene.End();
    }

    /// <summary>Bob, who came to talk to dave, transfers him in his turn, to somebody he has called besides.</summary>
    [Fact]
    public void Transferred_again()
    {
        var (a, b, c, d) = TwoCalls();
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        c.ExpectBye();
        ExpectReport(a, 200);
        var (e, f) = Talk(Bob, Carol);
        Refer(Bob, e, ReferTo("dave", "gw", replaced: b));
        d.ExpectRequest("INVITE");
        d.Accept(Dave.Sdp(version: 3));
        f.ExpectRequest("INVITE");
        f.Accept(Carol.Sdp(version: 2));
        b.ExpectBye();
        ExpectReport(e, 200);
        e.Bye();
        Bob.ExpectResponse(200);

        // Alice has not hung up the dialog of two transfers ago.
        a.ExpectBye();
        HangUp(d, f);
        Scene.End();
        Assert.Equal(3, Scene.Journal.Ended.Count);
    }

    [Fact]
    public void Session_timers_go_on()
    {
        const string Timer = "Supported: timer, replaces\r\nSession-Expires: 600;refresher=uas\r\n";
        var (a, b) = Talk(Alice, Bob);
        var (d, c) = Talk(Dave, Alice, Timer);
        Refer(Alice, a, ReferTo("dave", "gw", replaced: c));
        d.ExpectRequest("INVITE");
        d.Answer(200, Dave.Sdp(version: 2), headers: "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
        d.ExpectRequest("ACK");
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        c.ExpectBye();
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Scene.Advance(300_000);
        d.ExpectRequest("INVITE");
        d.Answer(200, Dave.Sdp(version: 3), headers: "Require: timer\r\nSession-Expires: 600;refresher=uac\r\n");
        d.ExpectRequest("ACK");
        HangUp(b, d);
        Scene.End();
    }
}
