using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Re-INVITEs that come to nothing: cancelled, not answered, or overtaken by the end of the call (RFC 3261 §9.1, §12.2.1.2, §15).</summary>
public sealed class ReinviteEndTests : ReinviteTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Cancelled(bool isRinging)
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        if (isRinging)
        {
            b.Answer(180);
        }

        a.Cancel();
        a.Expect(200);
        if (!isRinging)
        {
            Bob.ExpectNothing();
            b.Answer(100);
        }

        b.ExpectCancel();
        a.Expect(487);
        EndNormally(a, b, true);
    }

    /// <summary>The other side has agreed to the change, so the one who asked must know of it.</summary>
    [Fact]
    public void A_cancel_that_crosses_the_answer()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(100);
        a.Cancel();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Theory]
    [InlineData(481, true)]
    [InlineData(408, true)]
    [InlineData(481, false)]
    public void A_lost_dialog_ends_the_call(int status, bool isCaller)
    {
        var (asker, asked, from, _) = Sides(isCaller);
        asker.Invite(from.Sdp(version: 2));
        asked.ExpectRequest("INVITE");
        asked.Answer(status);
        asked.ExpectRequest("ACK");
        asker.Expect(status);
        asker.ExpectBye();
        asked.ExpectBye();
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_silent_side_ends_the_call(bool isCaller)
    {
        var (asker, asked, from, to) = Sides(isCaller);
        asker.Invite(from.Sdp(version: 2));
        Scene.Advance(32_000);
        asker.Expect(408);
        asker.ExpectBye();
        Assert.Contains(to.Take(), sent => sent.StartLine.StartsWith("BYE ", StringComparison.Ordinal));
        Scene.End(CallCause.DialogLost, CallOutcome.Answered, 200);
        Assert.NotNull(asked);
    }

    [Fact]
    public void Hanging_up_with_a_reinvite_under_way()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(100);
        a.Bye();
        Alice.ExpectResponse(200);
        Alice.ExpectResponse(487);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>Who hangs up and never answers our re-INVITE must leave no transaction behind.</summary>
    [Fact]
    public void The_asked_side_hangs_up_without_answering()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(180);
        b.Bye();
        b.Expect(200);
        Alice.ExpectResponse(487);
        a.ExpectBye();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }
}
