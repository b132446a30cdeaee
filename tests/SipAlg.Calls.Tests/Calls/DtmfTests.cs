using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Digits on their way between INFO and telephone events, and what is left as it is.</summary>
public sealed class DtmfTests : DtmfTest
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_digit_in_info_becomes_an_event(bool isAliceCalling)
    {
        var (a, b) = Call(isAliceCalling);
        Press(a, '5', 100);
        Assert.Equal((5, 800), FromBob.ReceiveDigit(101));
        a.Request("INFO", body: "#\r\n", type: "application/dtmf");
        Alice.ExpectResponse(200);
        Assert.Equal((11, 1280), FromBob.ReceiveDigit(101));
        Bob.ExpectNothing();
        Assert.Equal((2, 0), (Count(DigitDirection.ToRfc4733), Count(DigitDirection.ToInfo)));
        End(a, b, isAliceCalling);
    }

    [Fact]
    public void Digits_pressed_quickly_all_arrive_in_order()
    {
        var (a, b) = Call();
        const string Keys = "0123456789*#ABCD11";
        foreach (var key in Keys)
        {
            Press(a, key, 40);
        }

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 1], Keys.Select(_ => (int)FromBob.ReceiveDigit(101).Code));
        End(a, b);
    }

    [Fact]
    public void A_digit_joins_the_stream_that_flows()
    {
        var (a, b) = Call();
        var seen = new List<(byte PayloadType, ushort Sequence, uint Timestamp, uint Ssrc, Protocol.Rtp.TelephoneEvent Event)>();
        void Flow()
        {
            FromAlice.SendAudio();
            seen.Add(FromBob.Receive());
        }

        for (var packet = 0; packet < 10; packet++)
        {
            Flow();
        }

        Press(a, '5');
        while (seen.Count(packet => packet.PayloadType == 101 && packet.Event.IsEnd) < 3)
        {
            Flow();
        }

        for (var packet = 0; packet < 10; packet++)
        {
            Flow();
        }

        Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.True(
            pair.First.Ssrc == pair.Second.Ssrc && (ushort)(pair.First.Sequence + 1) == pair.Second.Sequence && (int)(pair.Second.Timestamp - pair.First.Timestamp) >= 0,
            $"{pair.First} then {pair.Second}"));
        Assert.Equal(8, seen[^1].PayloadType);
        End(a, b);
    }

    [Fact]
    public void A_digit_while_bob_holds_is_refused_and_while_alice_holds_it_is_sent()
    {
        var (a, b) = Call();
        b.Invite(BobSdp(2, attributes: "a=sendonly\r\n"));
        a.ExpectRequest("INVITE");
        a.Accept(AliceSdp(2, "a=recvonly\r\n"));
        b.ExpectAnswered();
        Press(a, '5', status: 480);
        Assert.Equal(1, Count(DigitDirection.ToRfc4733, isLost: true));
        b.Invite(BobSdp(3));
        a.ExpectRequest("INVITE");
        a.Accept(AliceSdp(3));
        b.ExpectAnswered();
        a.Invite(AliceSdp(4, "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(BobSdp(4, attributes: "a=recvonly\r\n"));
        a.ExpectAnswered();
        Press(a, '6');
        Assert.Equal((6, 480), FromBob.ReceiveDigit(101));
        End(a, b);
    }

    [Fact]
    public void The_old_hold_address_takes_no_digit()
    {
        var (a, b) = Call();
        b.Invite(BobSdp(2).Replace($"c=IN IP4 {SceneModel.BobAddress}", "c=IN IP4 0.0.0.0", StringComparison.Ordinal));
        a.ExpectRequest("INVITE");
        a.Accept(AliceSdp(2));
        b.ExpectAnswered();
        Press(a, '5', status: 480);
        End(a, b);
    }

    [Fact]
    public void Too_many_digits_at_once_are_refused()
    {
        var (a, b) = Call();
        for (var digit = 0; digit < 32; digit++)
        {
            Press(a, '1', 5000);
        }

        for (var digit = 0; digit < 2; digit++)
        {
            a.Request("INFO", body: "1", type: "application/dtmf");
        }

        Assert.Contains(Alice.Take(), sent => sent.StartLine.StartsWith("SIP/2.0 500", StringComparison.Ordinal) && sent.Header(HeaderId.RetryAfter) is not null);
        End(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_becomes_a_digit_in_info(bool isAliceCalling)
    {
        var (a, b) = Call(isAliceCalling);
        FromBob.SendEvent(101, 5, 800);
        var info = ExpectInfo(a);
        Assert.Equal((Relay, "Signal=5\r\nDuration=100\r\n"), (info.Header(HeaderId.ContentType), Body(info)));
        a.AnswerTo(info, 200);
        FromBob.SendAudio();
        var audio = FromAlice.Receive();
        Assert.Equal((8, 1000), (audio.PayloadType, audio.Sequence));
        Assert.True(FromAlice.HasNothing);
        Assert.Equal((1, 0), (Count(DigitDirection.ToInfo), Count(DigitDirection.ToInfo, isLost: true)));
        End(a, b, isAliceCalling);
    }

    [Fact]
    public void Digits_are_told_one_after_another()
    {
        var (a, b) = Call();
        for (byte code = 0; code < 12; code++)
        {
            FromBob.SendEvent(101, code, 800);
        }

        foreach (var key in "0123456789*#")
        {
            var info = ExpectInfo(a);
            Assert.StartsWith($"Signal={key}\r\n", Body(info));
            Scene.Turn(static () => { });
            Alice.ExpectNothing();
            a.AnswerTo(info, 200);
        }

        Assert.Equal(12, Count(DigitDirection.ToInfo));
        End(a, b);
    }

    [Fact]
    public void A_refused_digit_is_lost_and_the_next_one_is_told()
    {
        var (a, b) = Call();
        FromBob.SendEvent(101, 1, 800);
        FromBob.SendEvent(101, 2, 800);
        a.AnswerTo(ExpectInfo(a), 488);
        var info = ExpectInfo(a);
        Assert.StartsWith("Signal=2\r\n", Body(info));
        a.AnswerTo(info, 200);
        Assert.Equal((1, 1), (Count(DigitDirection.ToInfo), Count(DigitDirection.ToInfo, isLost: true)));
        End(a, b);
    }

    [Fact]
    public void Who_takes_only_the_bare_digit_gets_it()
    {
        var (a, b) = Call();
        FromBob.SendEvent(101, 1, 800);
        a.AnswerTo(ExpectInfo(a), 415);
        var bare = a.ExpectRequest("INFO");
        Assert.Equal(("application/dtmf", "1"), (bare.Header(HeaderId.ContentType), Body(bare)));
        a.AnswerTo(bare, 200);
        FromBob.SendEvent(101, 2, 800);
        var next = ExpectInfo(a);
        Assert.Equal("2", Body(next));
        a.AnswerTo(next, 415);
        a.AnswerTo(a.ExpectRequest("INFO"), 415);
        Alice.ExpectNothing();
        Assert.Equal((1, 1), (Count(DigitDirection.ToInfo), Count(DigitDirection.ToInfo, isLost: true)));
        End(a, b);
    }

    [Fact]
    public void A_digit_that_nobody_answers_is_lost_and_the_call_goes_on()
    {
        var (a, b) = Call();
        FromBob.SendEvent(101, 1, 800);
        FromBob.SendEvent(101, 2, 800);
        ExpectInfo(a);
        Scene.Advance(64 * CallScene.T1);
        var next = ExpectLastInfo("Signal=2\r\n");
        a.AnswerTo(next, 200);
        Assert.Equal((1, 1), (Count(DigitDirection.ToInfo), Count(DigitDirection.ToInfo, isLost: true)));
        End(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bye_in_the_middle_leaves_nothing(bool isAliceHangingUp)
    {
        var (a, b) = Call();
        Press(a, '5', 5000);
        Assert.Equal(101, FromBob.Receive().PayloadType);
        FromBob.SendEvent(101, 1, 800);
        FromBob.SendEvent(101, 2, 800);
        ExpectInfo(a);
        FromBob.SendEvent(101, 3, 800);
        var (one, other) = isAliceHangingUp ? (a, b) : (b, a);
        HangUp(one, other);
        Alice.Take();
        Scene.End(isAliceHangingUp ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        Assert.Equal(0, Count(DigitDirection.ToInfo));
        Assert.InRange(Count(DigitDirection.ToInfo, isLost: true), 1, 3);
    }

    [Fact]
    public void Digits_in_early_media_both_ways()
    {
        var a = Alice.Call(body: AliceSdp());
        var b = Bob.ExpectCall();
        b.Answer(183, BobSdp());
        var progress = a.Expect(183);
        Assert.DoesNotContain("telephone-event", Body(progress), StringComparison.Ordinal);
        FromAlice.Learn(Scene.Model.InsideAddress, progress);
        FromBob.Learn(Scene.Model.OutsideAddress, b.Asked);
        Press(a, '5');
        Assert.Equal((5, 480), FromBob.ReceiveDigit(101));
        FromBob.SendEvent(101, 6, 800);
        a.AnswerTo(ExpectInfo(a), 200);
        b.Accept(BobSdp());
        a.ExpectAnswered();
        Press(a, '7');
        Assert.Equal((7, 480), FromBob.ReceiveDigit(101));
        End(a, b);
    }

    [Theory]
    [InlineData("text/plain", "5")]
    [InlineData(Relay, "Signal=!\r\n")]
    [InlineData("application/media_control+xml", "<x/>")]
    public void Other_info_crosses(string type, string body)
    {
        var (a, b) = Call();
        a.Request("INFO", body: body, type: type);
        var info = b.ExpectRequest("INFO");
        Assert.Equal(body.Trim(), Body(info).Trim());
        b.AnswerTo(info, 200);
        Alice.ExpectResponse(200);
        End(a, b);
    }

    [Fact]
    public void Without_agreed_events_info_crosses()
    {
        var (a, b) = Call(bobSdp: Bob.Sdp(1, null, "m=audio 4000 RTP/AVP 8 0\r\n"));
        a.Request("INFO", body: "5", type: "application/dtmf");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        b.Request("INFO", body: "5", type: "application/dtmf");
        a.AnswerTo(a.ExpectRequest("INFO"), 200);
        Bob.ExpectResponse(200);
        End(a, b);
    }

    [Theory]
    [InlineData("m=audio 4000 RTP/SAVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=crypto:1 x y\r\n")]
    [InlineData("m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=crypto:1 x y\r\n")]
    public void Encrypted_streams_pass(string media)
    {
        var a = Alice.Call(body: Alice.Sdp(1, null, media));
        var b = Bob.ExpectCall();
        Assert.Contains("a=rtpmap:101 telephone-event/8000", Body(b.Asked), StringComparison.Ordinal);
        b.Accept(Bob.Sdp(1, null, media));
        a.ExpectAnswered();
        a.Request("INFO", body: "5", type: "application/dtmf");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        End(a, b);
    }
}
