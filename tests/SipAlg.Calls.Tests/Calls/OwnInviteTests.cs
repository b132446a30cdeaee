using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What the gateway's own INVITEs offer, and what the answers change: RFC 3261 §14, RFC 3264 §8.</summary>
public sealed class OwnInviteTests : OwnInviteTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Offers_what_was_agreed_and_the_other_side_hears_nothing(bool isCaller)
    {
        var (asked, other, phone, otherPhone, known) = Sides(isCaller);
        Ask(asked);
        var invite = asked.ExpectRequest("INVITE");
        Assert.Equal(known, Body(invite));
        Assert.NotNull(invite.Header(HeaderId.Contact));
        Assert.StartsWith("INVITE, ACK, CANCEL, BYE, OPTIONS", invite.Header(HeaderId.Allow));
        asked.Accept(phone.Sdp());
        otherPhone.ExpectNothing();
        EndNormally(asked, other, isCaller);
    }

    [Fact]
    public void A_repeated_2xx_gets_its_ack_again()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Answer(200, Bob.Sdp());
        var first = b.ExpectRequest("ACK");
        b.Answer(200, Bob.Sdp());
        Assert.Equal(first.Header(HeaderId.CSeq), b.ExpectRequest("ACK").Header(HeaderId.CSeq));
        EndNormally(a, b, true);
    }

    [Fact]
    public void Offers_the_state_of_hold_after_an_exchange()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        var hold = Body(b.ExpectRequest("INVITE"));
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        var answer = Body(a.ExpectAnswered());
        Ask(b);
        Assert.Equal(hold, Body(b.ExpectRequest("INVITE")));
        b.Accept(Bob.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        Ask(a);
        Assert.Equal(answer, Body(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        Bob.ExpectNothing();
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }

    /// <summary>RFC 3261 §14.1: what was agreed before the refused offer holds. RFC 8866 §5.2: the version never goes back.</summary>
    [Fact]
    public void A_refused_offer_is_not_what_was_agreed()
    {
        var (a, b) = Answered();
        var known = Body(b.Asked);
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Answer(488);
        b.ExpectRequest("ACK");
        a.Expect(488);
        Ask(b);
        var again = b.ExpectRequest("INVITE");
        var (id, version) = (Origin(again).Split(' ')[1], ulong.Parse(Origin(again).Split(' ')[2]));
        Assert.Equal(3UL, version);
        Assert.Equal(known, Body(again).Replace($"o=- {id} 3 ", $"o=- {id} 1 ", StringComparison.Ordinal));
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void After_a_delayed_offer()
    {
        var a = Alice.Call(body: "");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        var offer = Body(a.Expect(200));
        a.Ack(Alice.Sdp());
        var answer = Body(b.ExpectRequest("ACK"));
        Ask(a);
        Assert.Equal(offer, Body(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp());
        Ask(b);
        Assert.Equal(answer, Body(b.ExpectRequest("INVITE")));
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_description_inside_multipart_is_offered_alone()
    {
        var a = Alice.Dialog();
        a.Invite($"--x\r\nContent-Type: application/sdp\r\n\r\n{Alice.Sdp()}\r\n--x\r\nContent-Type: application/own\r\n\r\nown\r\n--x--\r\n", type: "multipart/mixed;boundary=x");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        Ask(b);
        var again = b.ExpectRequest("INVITE");
        Assert.Equal("application/sdp", again.Header(HeaderId.ContentType));
        Assert.StartsWith("v=0\r\n", Body(again));
        Assert.DoesNotContain("own", Body(again), StringComparison.Ordinal);
        b.Accept(Bob.Sdp());
        EndNormally(a, b, true);
    }

    [Fact]
    public void The_branch_that_answered_offers_what_it_was_sent()
    {
        var a = Alice.Call();
        var first = Bob.ExpectCall();
        first.Answer(183, Bob.Sdp());
        a.Expect(183);
        var second = new PhoneDialog(Bob, first.Asked);
        second.Accept(Bob.Sdp());
        var another = a.Another();
        another.ExpectAnswered();
        Ask(second);
        Assert.Equal(Body(first.Asked), Body(second.ExpectRequest("INVITE")));
        second.Accept(Bob.Sdp());
        EndNormally(another, second, true);
    }

    [Fact]
    public void A_service_is_asked_too()
    {
        var a = Alice.Call("echo");
        var answer = Body(a.ExpectAnswered());
        Ask(a);
        Assert.Equal(answer, Body(a.ExpectRequest("INVITE")));
        a.Accept(Alice.Sdp());
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("a=sendonly\r\n", "a=sendonly")]
    [InlineData("a=inactive\r\n", "a=inactive")]
    public void A_change_of_direction_is_told_to_the_other_side(string attributes, string told)
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: attributes));
        var change = a.ExpectRequest("INVITE");
        Assert.Contains(told, Body(change), StringComparison.Ordinal);
        Assert.Equal("2", Origin(change).Split(' ')[2]);
        a.Accept(Alice.Sdp(version: 2, attributes: "a=inactive\r\n"));
        Bob.ExpectNothing();
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_stream_that_is_refused_is_told_and_gives_its_ports_back()
    {
        const string Video = "m=video 5000 RTP/AVP 96\r\n";
        var (a, b) = Answered(Alice.Sdp(media: Video), Bob.Sdp(media: Video));
        Assert.Equal(4, Scene.PortsInUse);
        Ask(b);
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        Assert.Contains("m=video 0 RTP/AVP 96\r\n", Body(a.ExpectRequest("INVITE")), StringComparison.Ordinal);
        a.Accept(Alice.Sdp(version: 2, media: "m=video 0 RTP/AVP 96\r\n"));
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_change_that_is_overtaken_is_not_told()
    {
        var (a, b) = Answered();
        Ask(b);
        b.ExpectRequest("INVITE");
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        Ask(a);
        a.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        a.Answer(491);
        a.ExpectRequest("ACK");

        // Behind the one to alice that waits now; before its time comes bob is back.
        b.Invite(Bob.Sdp(version: 3));
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp());
        b.ExpectAnswered();
        Scene.Advance(4000);
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }
}
