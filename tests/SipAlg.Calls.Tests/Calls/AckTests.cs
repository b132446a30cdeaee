using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The 2xx and its ACK: RFC 3261 §13.2.2.4, §13.3.1.4, §15.</summary>
public sealed class AckTests : CallTest
{
    [Fact]
    public void A_lost_ack_has_the_2xx_repeated_and_ends_the_call()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        Scene.Advance(31_999);
        Assert.Equal([500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500], Alice.Take().Select(sent => sent.At));
        Bob.ExpectNothing();
        Scene.Advance(1);
        a.ExpectBye();
        b.ExpectBye();
        Scene.End(CallCause.AckMissing, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Over_tcp_the_2xx_is_repeated_too()
    {
        var phone = Scene.Phone("tess", Testing.Calls.SceneModel.Inside, Testing.Calls.SceneModel.AliceAddress, 5065, connection: 7);
        var a = phone.Call();
        Bob.ExpectCall().Accept();
        a.Expect(200);
        Scene.Advance(500);
        a.ExpectAnswered();
        Scene.Advance(60_000);
        phone.ExpectNothing();
        a.Bye();
        a.Expect(200);
        var bye = Bob.ExpectRequest("BYE");
        Assert.Equal(60_500, bye.At);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_waits_for_the_ack()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        b.Bye();
        b.Expect(200);
        Alice.ExpectNothing();
        Scene.Advance(500);
        a.ExpectAnswered();
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_waits_for_the_ack_only_so_long()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        b.Bye();
        b.Expect(200);
        Scene.Advance(31_999);
        Alice.Take();
        Scene.Advance(1);
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_caller_hangs_up_before_its_ack_comes()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        a.Bye();
        a.Expect(200);
        b.ExpectBye();
        a.Ack();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_ack_with_another_sequence_is_none()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        a.Ack(sequence: 77);
        Scene.Advance(500);
        a.ExpectAnswered();
        Scene.Advance(10_000);
        Alice.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_second_branch_of_a_fork_gets_ack_and_bye()
    {
        var (a, b) = Answered();
        var other = Bob.Dialog();
        Bob.Send(Fork(b.Asked, other.LocalTag));
        Bob.ExpectRequest("ACK");
        var bye = Bob.ExpectRequest("BYE");
        Assert.Contains(other.LocalTag, bye.Text, StringComparison.Ordinal);
        b.AnswerTo(bye, 200);
        Alice.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_ringing_fork_answers_by_another_branch()
    {
        var (a, b) = Ringing();
        Bob.Send(Fork(b.Asked, "otherbranch"));
        Assert.Contains("otherbranch", Bob.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        a.ExpectAnswered();
        a.Bye();
        a.Expect(200);
        var bye = Bob.ExpectRequest("BYE");
        Assert.Contains("otherbranch", bye.Text, StringComparison.Ordinal);
        b.AnswerTo(bye, 200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private string Fork(Testing.Lanes.SentMessage invite, string tag) =>
        Testing.Phones.ScriptedPhone.Answer(invite, 200, "OK", tag, "Contact: <sip:bob@127.92.0.20:5060>\r\n", Bob.Sdp(), "application/sdp");

    /// <summary>The call is long over when the 2xx of its cancelled INVITE comes.</summary>
    [Fact]
    public void A_2xx_of_a_forgotten_call_gets_ack_and_bye()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        Assert.Equal(0, Scene.Calls.Count);
        b.Answer(200, Bob.Sdp(), headers: "Record-Route: <sip:127.92.0.20;lr>, <sip:p2.example;lr>\r\n");
        var ack = b.ExpectRequest("ACK");
        Assert.Contains("Route: <sip:p2.example;lr>, <sip:127.92.0.20;lr>", ack.Text, StringComparison.Ordinal);
        b.ExpectBye();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>Our ACK was lost: each 2xx gets one, the dialog one BYE.</summary>
    [Fact]
    public void A_2xx_of_a_forgotten_call_that_comes_again_gets_its_ack_alone()
    {
        var (a, b) = Ringing();
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        b.ExpectBye();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        Bob.ExpectNothing();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void Each_fork_of_a_forgotten_call_gets_one_bye()
    {
        var (a, b) = Ringing();
        PhoneDialog[] forks = [b, new PhoneDialog(Bob, b.Asked), new PhoneDialog(Bob, b.Asked), new PhoneDialog(Bob, b.Asked)];
        a.Cancel();
        a.Expect(200);
        a.Expect(487);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        foreach (var fork in forks)
        {
            fork.Answer(200, Bob.Sdp());
            fork.ExpectRequest("ACK");
            fork.ExpectBye();
        }

        foreach (var fork in forks)
        {
            fork.Answer(200, Bob.Sdp());
            fork.ExpectRequest("ACK");
        }

        Bob.ExpectNothing();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>A far side that tells messages by their branch must not take the ACK for another request.</summary>
    [Fact]
    public void The_ack_that_is_sent_again_is_the_same()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        var first = b.ExpectRequest("ACK");
        b.Answer(200, Bob.Sdp());
        Assert.Equal(first.Text, b.ExpectRequest("ACK").Text);
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2));
        a.ExpectAnswered();
        Bob.ExpectNothing();
        HangUp(a, b);
        var invite = b.Asked;
        b.AnswerTo(invite, 200, Bob.Sdp(version: 2), headers: $"Contact: <{Bob.Contact}>\r\n");
        var stray = b.ExpectRequest("ACK");
        Assert.NotEqual(first.Header(HeaderId.Via), stray.Header(HeaderId.Via));
        b.AnswerTo(invite, 200, Bob.Sdp(version: 2), headers: $"Contact: <{Bob.Contact}>\r\n");
        Assert.Equal(stray.Text, b.ExpectRequest("ACK").Text);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_2xx_that_comes_again_behind_the_bye_gets_its_ack_alone()
    {
        var (a, b) = Answered();
        var invite = b.Asked;
        HangUp(a, b);
        b.AnswerTo(invite, 200, Bob.Sdp(), headers: $"Contact: <{Bob.Contact}>\r\n");
        b.ExpectRequest("ACK");
        Bob.ExpectNothing();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §15.1.2: the dialog is gone, but its re-INVITE was answered before that was known.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_2xx_to_a_reinvite_behind_the_bye_gets_its_ack_alone(bool hasLeft)
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        a.Bye();
        Alice.ExpectResponse(200);
        Alice.ExpectResponse(487);
        var bye = b.ExpectRequest("BYE");
        if (hasLeft)
        {
            b.AnswerTo(bye, 200);
        }

        b.Answer(200, Bob.Sdp(version: 2));
        Assert.Contains("CSeq: 2 ACK", b.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        Bob.ExpectNothing();
        b.AnswerTo(bye, 200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §12.2.1.1: its CSeq follows that of the PRACK.</summary>
    [Fact]
    public void The_bye_of_a_late_2xx_counts_on_from_what_was_asked_in_its_early_dialog()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.AnswerReliably(180, 1);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        b.AnswerReliably(180, 2);
        b.AnswerTo(b.ExpectRequest("PRACK"), 200);
        a.Expect(180);
        a.Expect(180);
        a.Cancel();
        Alice.ExpectResponse(200);
        a.Expect(487);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        Assert.Contains("CSeq: 4 BYE", b.ExpectBye().Text, StringComparison.Ordinal);
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    /// <summary>The ACK got lost, a re-INVITE came through, then the first 2xx comes once more: it is acknowledged, and the call stands.</summary>
    [Fact]
    public void An_old_2xx_behind_a_reinvite_is_acknowledged_only()
    {
        var (a, b) = Answered();
        var first = b.Asked;
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.AnswerTo(first, 200, Bob.Sdp(), headers: $"Contact: <{Bob.Contact}>\r\n");
        Assert.Contains("CSeq: 1 ACK", b.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        Bob.ExpectNothing();
        b.Answer(200, Bob.Sdp());
        Assert.Contains("CSeq: 2 ACK", b.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_ack_with_the_answer_is_kept_for_a_repeated_offer()
    {
        var a = Alice.Dialog();
        a.Invite();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        b.Answer(200, Bob.Sdp());
        Bob.ExpectNothing();
        a.ExpectAnswered(Alice.Sdp());
        var ack = b.ExpectRequest("ACK");
        b.Answer(200, Bob.Sdp());
        Assert.Equal(ack.Text, b.ExpectRequest("ACK").Text);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
