using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>What the descriptions say of telephone events (RFC 4733 §2.4, RFC 3264 §8.3.2).</summary>
public sealed class DtmfOfferTests : DtmfTest
{
    [Fact]
    public void An_offer_without_events_gets_them_and_the_answer_loses_them()
    {
        var a = Alice.Call(body: AliceSdp());
        var b = Bob.ExpectCall();
        Assert.Matches(@"^m=audio \d+ RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n$", Media(b.Asked));
        b.Accept(BobSdp(events: 101, attributes: "a=sendrecv\r\n"));
        Assert.Matches(@"^m=audio \d+ RTP/AVP 8 0\r\na=sendrecv\r\n$", Media(a.ExpectAnswered()));
        End(a, b);
    }

    [Fact]
    public void Events_are_offered_under_a_free_payload_type_for_each_clock()
    {
        var a = Alice.Call(body: Alice.Sdp(1, null, "m=audio 4000 RTP/AVP 101 8\r\na=rtpmap:101 opus/48000/2\r\nm=audio 4002 RTP/SAVP 8\r\nm=video 4004 RTP/AVP 96\r\n"));
        var b = Bob.ExpectCall();
        var streams = Media(b.Asked).Split("m=", StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^audio \d+ RTP/AVP 101 8 96 97\r\n", streams[0]);
        Assert.Contains("a=rtpmap:96 telephone-event/48000\r\na=fmtp:96 0-15\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n", streams[0], StringComparison.Ordinal);
        Assert.All(streams[1..], stream => Assert.DoesNotContain("telephone-event", stream, StringComparison.Ordinal));
        b.Accept(Bob.Sdp(1, null, "m=audio 5000 RTP/AVP 101 96\r\na=rtpmap:101 opus/48000/2\r\na=rtpmap:96 telephone-event/48000\r\nm=audio 0 RTP/SAVP 8\r\nm=video 0 RTP/AVP 96\r\n"));
        Assert.Matches(@"^m=audio \d+ RTP/AVP 101\r\n", Media(a.ExpectAnswered()));
        End(a, b);
    }

    [Fact]
    public void An_offer_with_events_loses_them_and_the_answer_gets_them()
    {
        var b = Bob.Call(body: BobSdp(events: 97));
        var a = Alice.ExpectCall();
        Assert.Matches(@"^m=audio \d+ RTP/AVP 8 0\r\n$", Media(a.Asked));
        a.Accept(AliceSdp());
        Assert.Matches(@"^m=audio \d+ RTP/AVP 8 0 97\r\na=rtpmap:97 telephone-event/8000\r\na=fmtp:97 0-15\r\n$", Media(b.ExpectAnswered()));
        End(a, b, isAliceCalling: false);
    }

    [Fact]
    public void The_same_description_again_has_the_same_version()
    {
        var (a, b) = Call();
        var before = Body(b.Asked);
        a.Invite(AliceSdp());
        Assert.Equal(before, Body(b.ExpectRequest("INVITE")));
        b.Accept(BobSdp());
        a.ExpectAnswered();
        End(a, b);
    }

    [Fact]
    public void Who_has_its_digits_in_info_may_send_info()
    {
        var a = Alice.Call(body: AliceSdp(), headers: "Allow: INVITE, ACK, BYE, CANCEL\r\n");
        var b = Bob.ExpectCall();
        Assert.DoesNotContain("INFO", b.Asked.Header(HeaderId.Allow), StringComparison.Ordinal);
        b.Answer(200, BobSdp(), headers: "Allow: INVITE, ACK, BYE, CANCEL\r\n");
        b.ExpectRequest("ACK");
        Assert.Contains("INFO", a.ExpectAnswered().Header(HeaderId.Allow), StringComparison.Ordinal);
        End(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reinvite_changes_the_payload_type(bool isBobAsking)
    {
        var (a, b) = Call();
        Press(a, '5');
        Assert.Equal((5, 480), FromBob.ReceiveDigit(101));
        if (isBobAsking)
        {
            b.Invite(BobSdp(2, events: 96));
            Assert.DoesNotContain("telephone-event", Body(a.ExpectRequest("INVITE")), StringComparison.Ordinal);
            a.Accept(AliceSdp(2));
            Assert.Contains("a=rtpmap:96 telephone-event/8000", Body(b.ExpectAnswered()), StringComparison.Ordinal);
        }
        else
        {
            a.Invite(AliceSdp(2));
            b.ExpectRequest("INVITE");
            b.Accept(BobSdp(2, events: 96));
            a.ExpectAnswered();
        }

        Press(a, '6');
        Assert.Equal((6, 480), FromBob.ReceiveDigit(96));
        FromBob.SendEvent((byte)(isBobAsking ? 96 : 101), 7, 800);
        a.AnswerTo(ExpectInfo(a), 200);
        End(a, b);
    }

    [Fact]
    public void A_refused_reinvite_changes_nothing()
    {
        var (a, b) = Call();
        b.Invite(BobSdp(2, events: 96, attributes: "a=inactive\r\n"));
        a.ExpectRequest("INVITE");
        a.Answer(488);
        a.ExpectRequest("ACK");
        b.Expect(488);
        Press(a, '6');
        Assert.Equal((6, 480), FromBob.ReceiveDigit(101));
        End(a, b);
    }
}
