using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>INVITEs of the gateway's own that cross other requests: RFC 3261 §14.1, §14.2.</summary>
public sealed class OwnInviteGlareTests : OwnInviteTest
{
    /// <summary>RFC 3261 §14.1: 2.1 to 4 seconds for who made the Call-ID, up to 2 for the other.</summary>
    [Theory]
    [InlineData(true, 0, 2000)]
    [InlineData(false, 2100, 4000)]
    public void Glare_is_tried_again_in_time(bool isCaller, long from, long to)
    {
        var (asked, other, phone, _, _) = Sides(isCaller);
        for (var round = 0; round < 20; round++)
        {
            Ask(asked);
            asked.ExpectRequest("INVITE");
            asked.Answer(491);
            asked.ExpectRequest("ACK");
            var began = Scene.Harness.Time.Now;
            Await(asked);
            Assert.InRange(Scene.Harness.Time.Now - began, from, to);
            asked.Accept(phone.Sdp());
        }

        EndNormally(asked, other, isCaller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_crosses_it_is_491(bool isCaller)
    {
        var (asked, other, phone, otherPhone, _) = Sides(isCaller);
        Ask(asked);
        var invite = asked.ExpectRequest("INVITE");
        asked.Invite(phone.Sdp(version: 2));
        asked.Expect(491);
        asked.Request("UPDATE", body: phone.Sdp(version: 2));
        phone.ExpectResponse(491);
        other.Invite(otherPhone.Sdp(version: 2));
        other.Expect(491);
        other.Request("UPDATE", body: otherPhone.Sdp(version: 2));
        otherPhone.ExpectResponse(491);
        asked.AnswerTo(invite, 491);
        asked.ExpectRequest("ACK");

        // The one who lost waits; meanwhile the way is free for others, and there is nothing left to refresh.
        asked.Invite(phone.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        other.ExpectRequest("INVITE");
        other.Answer(100);
        Scene.Advance(4000);
        phone.ExpectNothing();
        other.Accept(otherPhone.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        asked.ExpectAnswered();
        Scene.Advance(4000);
        phone.ExpectNothing();
        EndNormally(asked, other, isCaller);
    }

    /// <summary>RFC 3261 §14.1: our 2xx has no ACK yet.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void It_waits_while_the_dialog_is_busy(bool isCaller)
    {
        var (asked, other, phone, otherPhone, _) = Sides(isCaller);
        asked.Invite(phone.Sdp(version: 2));
        other.ExpectRequest("INVITE");
        other.Accept(otherPhone.Sdp());
        asked.Expect(200);
        Ask(asked);
        phone.ExpectNothing();
        asked.Ack();
        Await(asked);
        asked.Accept(phone.Sdp(version: 2));
        otherPhone.ExpectNothing();
        EndNormally(asked, other, isCaller);
    }

    [Fact]
    public void One_after_the_other()
    {
        var (a, b) = Answered();
        var offer = Body(b.Asked).Replace("a=rtpmap:0 PCMU/8000\r\n", "", StringComparison.Ordinal);
        Ask(b);
        b.ExpectRequest("INVITE");
        Ask(b, OwnInvitePurpose.Change, offer);
        Bob.ExpectNothing();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        var second = b.ExpectRequest("INVITE");
        Assert.Equal("1", offer.Split(" ")[2]);
        Assert.Equal("2", Origin(second).Split(' ')[2]);
        Assert.DoesNotContain("PCMU", Body(second), StringComparison.Ordinal);
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_bye_of_the_asked_side_crosses_it()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>The call is forgotten: its 2xx gets the ACK that it needs (RFC 3261 §13.2.2.4), and no second BYE.</summary>
    [Fact]
    public void An_answer_behind_the_bye_is_acknowledged_alone()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        Bob.ExpectNothing();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_bye_of_the_other_side_crosses_it()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(100);
        a.Bye();
        a.Expect(200);
        b.AnswerTo(b.ExpectRequest("CANCEL"), 200);
        b.ExpectBye();
        b.Answer(487);
        b.ExpectRequest("ACK");
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Hanging_up_while_it_waits_leaves_nothing()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(491);
        b.ExpectRequest("ACK");
        Ask(b, OwnInvitePurpose.Change, Body(b.Asked));
        EndNormally(a, b, true);
    }
}
