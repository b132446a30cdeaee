using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Re-INVITE from either side: RFC 3261 §14, RFC 3264 §8, RFC 5407.</summary>
public sealed class ReinviteTests : ReinviteTest
{
    private static string Origin(SentMessage sent) => Body(sent).Split("\r\n")[1];

    private static string Media(SentMessage sent) => string.Join('|', Body(sent).Split("\r\n").Where(line => line.StartsWith("m=", StringComparison.Ordinal)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_and_resume(bool isCaller)
    {
        var (asker, asked, from, to) = Sides(isCaller);
        asker.Invite(from.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        var hold = asked.ExpectRequest("INVITE");
        Assert.Contains("a=sendonly", Body(hold), StringComparison.Ordinal);
        asked.Answer(200, to.Sdp(version: 2, attributes: "a=recvonly\r\n"));
        Assert.Contains("a=recvonly", Body(asker.ExpectAnswered()), StringComparison.Ordinal);
        asked.ExpectRequest("ACK");
        asker.Invite(from.Sdp(version: 3));
        var resume = asked.ExpectRequest("INVITE");
        Assert.NotEqual(Origin(hold), Origin(resume));
        Assert.Equal(Media(hold), Media(resume));
        asked.Accept(to.Sdp(version: 3));
        asker.ExpectAnswered();
        EndNormally(asker, asked, isCaller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hold_by_address_crosses_as_hold(bool isCaller)
    {
        var (asker, asked, from, _) = Sides(isCaller);
        asker.Invite(from.Sdp(version: 2, address: "0.0.0.0"));
        Assert.Contains("c=IN IP4 0.0.0.0\r\n", Body(asked.ExpectRequest("INVITE")), StringComparison.Ordinal);
        asked.Accept();
        asker.ExpectAnswered();
        EndNormally(asker, asked, isCaller);
    }

    [Fact]
    public void The_same_description_keeps_its_version()
    {
        var (a, b) = Answered();
        var first = Origin(b.Asked);
        a.Invite(Alice.Sdp());
        Assert.Equal(first, Origin(b.ExpectRequest("INVITE")));
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2, attributes: "a=inactive\r\n"));
        var changed = Origin(b.ExpectRequest("INVITE")).Split(' ');
        Assert.Equal(first.Split(' ')[1], changed[1]);
        Assert.Equal(int.Parse(first.Split(' ')[2]) + 1, int.Parse(changed[2]));
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_is_added_refused_and_removed(bool isCaller)
    {
        const string Video = "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
        var (asker, asked, from, to) = Sides(isCaller);
        Assert.Equal(2, Scene.PortsInUse);
        asker.Invite(from.Sdp(version: 2, media: Video));
        asked.ExpectRequest("INVITE");
        Assert.Equal(4, Scene.PortsInUse);
        asked.Accept(to.Sdp(version: 2, media: Video));
        asker.ExpectAnswered();

        asker.Invite(from.Sdp(version: 3, media: Video.Replace("5000", "0", StringComparison.Ordinal)));
        Assert.EndsWith("m=video 0 RTP/AVP 96", Media(asked.ExpectRequest("INVITE")), StringComparison.Ordinal);
        asked.Accept(to.Sdp(version: 3, media: "m=video 0 RTP/AVP 96\r\n"));
        Assert.EndsWith("m=video 0 RTP/AVP 96", Media(asker.ExpectAnswered()), StringComparison.Ordinal);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));

        asker.Invite(from.Sdp(version: 4, media: Video));
        asked.ExpectRequest("INVITE");
        asked.Accept(to.Sdp(version: 4, media: "m=video 0 RTP/AVP 96\r\n"));
        asker.ExpectAnswered();
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));
        EndNormally(asker, asked, isCaller);
    }

    [Theory]
    [InlineData(true, 488)]
    [InlineData(false, 488)]
    [InlineData(true, 491)]
    [InlineData(true, 603)]
    public void A_refused_reinvite_leaves_the_call(bool isCaller, int status)
    {
        var (asker, asked, from, _) = Sides(isCaller);
        asker.Invite(from.Sdp(version: 2, media: "m=video 5000 RTP/AVP 96\r\n"));
        asked.ExpectRequest("INVITE");
        asked.Answer(status, phrase: "Not now");
        asked.ExpectRequest("ACK");
        Assert.Equal($"SIP/2.0 {status} Not now", asker.Expect(status).StartLine);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));
        EndNormally(asker, asked, isCaller);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Glare(bool isCaller)
    {
        var (asker, asked, from, to) = Sides(isCaller);
        asker.Invite(from.Sdp(version: 2));
        var invite = asked.ExpectRequest("INVITE");
        asked.Invite(to.Sdp(version: 2));
        asked.Expect(491);
        asked.AnswerTo(invite, 491, phrase: "Request Pending");
        asked.ExpectRequest("ACK");
        asker.Expect(491);
        EndNormally(asker, asked, isCaller);
    }

    [Fact]
    public void A_second_reinvite_before_the_first_is_answered()
    {
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        a.Invite(Alice.Sdp(version: 3));
        var refused = a.Expect(500);
        Assert.InRange(int.Parse(refused.Header(HeaderId.RetryAfter)!), 0, 10);
        Bob.ExpectNothing();
        b.Accept();
        Alice.ExpectResponse(200);
        a.Ack(sequence: a.Sequence - 1);
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_reinvite_out_of_order_is_500()
    {
        var (a, b) = Answered();
        a.Sequence = 0;
        a.Invite(Alice.Sdp(version: 2));
        a.Expect(500);
        a.Sequence = 10;
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_reinvite_of_the_ringing_callee_is_491()
    {
        var (a, b) = Ringing();
        b.Invite(Bob.Sdp());
        b.Expect(491);
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_reinvite_of_the_caller_while_it_rings_is_500()
    {
        var (a, b) = Ringing();
        a.Invite(Alice.Sdp());
        a.Expect(500);
        b.Accept();
        Alice.ExpectResponse(200);
        a.Ack(sequence: a.Sequence - 1);
        EndNormally(a, b, true);
    }

    /// <summary>RFC 3261 §14.1: our 2xx to the caller has no ACK yet, so we may not ask it anything.</summary>
    [Fact]
    public void A_reinvite_of_the_callee_before_the_callers_ack_is_491()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        b.Invite(Bob.Sdp(version: 2));
        b.Expect(491);
        a.Ack();
        EndNormally(a, b, true);
    }

    /// <summary>The callee's 2xx was lost, so its dialog is not known yet; 481 would have it end what is about to begin.</summary>
    [Fact]
    public void A_reinvite_of_the_callee_that_overtakes_its_2xx_is_500()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Invite(Bob.Sdp(version: 2));
        b.Expect(500);
        b.Bye();
        b.Expect(481);
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    /// <summary>RFC 5407 §3.1.4: who asks again has our 2xx.</summary>
    [Fact]
    public void A_reinvite_that_overtakes_the_ack()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        a.Expect(200);
        a.Invite(Alice.Sdp(version: 2, attributes: "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept();
        a.ExpectAnswered();
        Scene.Advance(10_000);
        Alice.ExpectNothing();
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_new_contact_moves_the_target()
    {
        var (a, b) = Answered();
        a.Contact = "sip:moved@127.91.0.10:5060;line=7";
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Contact = "sip:elsewhere@127.92.0.20:5060;x=y";
        b.Accept();
        a.ExpectAnswered();
        b.Bye();
        b.Expect(200);
        Assert.Equal("BYE sip:moved@127.91.0.10:5060;line=7 SIP/2.0", a.ExpectBye().StartLine);
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Offer_in_the_answer_and_answer_in_the_ack()
    {
        var (a, b) = Answered();
        a.Invite();
        b.ExpectRequest("INVITE");
        b.Answer(200, Bob.Sdp(version: 2));
        Bob.ExpectNothing();
        a.ExpectAnswered(Alice.Sdp(version: 2));
        Assert.Contains("m=audio", Body(b.ExpectRequest("ACK")), StringComparison.Ordinal);
        EndNormally(a, b, true);
    }

    [Fact]
    public void A_malformed_offer_is_488_and_the_call_stands()
    {
        var (a, b) = Answered();
        a.Invite("v=0\r\nbroken\r\n");
        a.Expect(488);
        Bob.ExpectNothing();
        a.Invite(Alice.Sdp(version: 3));
        b.ExpectRequest("INVITE");
        b.Accept();
        a.ExpectAnswered();
        EndNormally(a, b, true);
    }

    /// <summary>RFC 3261 §12.2.1.2: with early media agreed in an 18x, a later offer may still be refused.</summary>
    [Fact]
    public void Streams_refused_in_an_18x_give_their_ports_back()
    {
        var a = Alice.Call(body: Alice.Sdp(media: "m=video 5000 RTP/AVP 96\r\n"));
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp(media: "m=video 0 RTP/AVP 96\r\n"));
        a.Expect(183);
        Assert.Equal(4, Scene.PortsInUse);
        b.Answer(200);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)));
        EndNormally(a, b, true);
    }
}
