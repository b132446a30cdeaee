using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Digits between alice, who has them in INFO, and bob, who has them as telephone events in RTP (RFC 4733).</summary>
public sealed class DtmfTests : CallTest, IDisposable
{
    private const string Relay = "application/dtmf-relay";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly MediaSocket _fromAlice = new(SceneModel.AliceAddress);
    private readonly MediaSocket _fromBob = new(SceneModel.BobAddress);

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Dtmf = peer.Name switch { "alice" => DtmfMode.Info, "bob" => DtmfMode.Rfc4733, _ => DtmfMode.Pass } },
    };

    void IDisposable.Dispose()
    {
        _fromAlice.Dispose();
        _fromBob.Dispose();
        Dispose();
    }

    private string AliceSdp(int version = 1, string attributes = "") => Alice.Sdp(version, null, $"m=audio {_fromAlice.Port} RTP/AVP 8 0\r\n{attributes}");

    private string BobSdp(int version = 1, byte events = 101, string attributes = "") =>
        Bob.Sdp(version, null, $"m=audio {_fromBob.Port} RTP/AVP 8 0 {events}\r\na=rtpmap:{events} telephone-event/8000\r\na=fmtp:{events} 0-16\r\n{attributes}");

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private static string Media(SentMessage sent) => Body(sent)[Body(sent).IndexOf("m=audio", StringComparison.Ordinal)..];

    /// <summary>A call by either of them; each knows where to send RTP to.</summary>
    private (PhoneDialog A, PhoneDialog B) Call(bool isAliceCalling = true, string? bobSdp = null)
    {
        var (offer, answer) = (AliceSdp(), bobSdp ?? BobSdp());
        var (caller, callee) = isAliceCalling ? (Alice, Bob) : (Bob, Alice);
        var one = caller.Call(body: isAliceCalling ? offer : answer);
        var other = callee.ExpectCall();
        other.Accept(isAliceCalling ? answer : offer);
        var answered = one.ExpectAnswered();
        _fromAlice.Learn(Scene.Model.InsideAddress, isAliceCalling ? answered : other.Asked);
        _fromBob.Learn(Scene.Model.OutsideAddress, isAliceCalling ? other.Asked : answered);
        return isAliceCalling ? (one, other) : (other, one);
    }

    private void End(PhoneDialog a, PhoneDialog b, bool isAliceCalling = true)
    {
        HangUp(a, b);
        Scene.End(isAliceCalling ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    private void Press(PhoneDialog a, char key, int milliseconds = 60, int status = 200)
    {
        a.Request("INFO", body: $"Signal={key}\r\nDuration={milliseconds}\r\n", type: Relay);
        Alice.ExpectResponse(status);
    }

    /// <summary>What the relay told the lane has come, once alice has a message.</summary>
    private SentMessage ExpectInfo(PhoneDialog a)
    {
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Scene.Turn(static () => { });
                return Alice.Inbox.Count > 0;
            },
            Patience));
        return a.ExpectRequest("INFO");
    }

    private long Count(DigitDirection direction, bool isLost = false) =>
        Scene.Calls.Counters.DigitTotal(direction == DigitDirection.ToInfo ? SceneModel.Inside : SceneModel.Outside, direction, isLost);

    // ---- SDP

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

    // ---- INFO to events

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_digit_in_info_becomes_an_event(bool isAliceCalling)
    {
        var (a, b) = Call(isAliceCalling);
        Press(a, '5', 100);
        Assert.Equal((5, 800), _fromBob.ReceiveDigit(101));
        a.Request("INFO", body: "#\r\n", type: "application/dtmf");
        Alice.ExpectResponse(200);
        Assert.Equal((11, 1280), _fromBob.ReceiveDigit(101));
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

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 1, 1], Keys.Select(_ => (int)_fromBob.ReceiveDigit(101).Code));
        End(a, b);
    }

    [Fact]
    public void A_digit_joins_the_stream_that_flows()
    {
        var (a, b) = Call();
        var seen = new List<(byte PayloadType, ushort Sequence, uint Timestamp, uint Ssrc, Protocol.Rtp.TelephoneEvent Event)>();
        void Flow()
        {
            _fromAlice.SendAudio();
            seen.Add(_fromBob.Receive());
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
        Assert.Equal((6, 480), _fromBob.ReceiveDigit(101));
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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_reinvite_changes_the_payload_type(bool isBobAsking)
    {
        var (a, b) = Call();
        Press(a, '5');
        Assert.Equal((5, 480), _fromBob.ReceiveDigit(101));
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
        Assert.Equal((6, 480), _fromBob.ReceiveDigit(96));
        _fromBob.SendEvent((byte)(isBobAsking ? 96 : 101), 7, 800);
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
        Assert.Equal((6, 480), _fromBob.ReceiveDigit(101));
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

    // ---- events to INFO

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_event_becomes_a_digit_in_info(bool isAliceCalling)
    {
        var (a, b) = Call(isAliceCalling);
        _fromBob.SendEvent(101, 5, 800);
        var info = ExpectInfo(a);
        Assert.Equal((Relay, "Signal=5\r\nDuration=100\r\n"), (info.Header(HeaderId.ContentType), Body(info)));
        a.AnswerTo(info, 200);
        _fromBob.SendAudio();
        var audio = _fromAlice.Receive();
        Assert.Equal((8, 1000), (audio.PayloadType, audio.Sequence));
        Assert.True(_fromAlice.HasNothing);
        Assert.Equal((1, 0), (Count(DigitDirection.ToInfo), Count(DigitDirection.ToInfo, isLost: true)));
        End(a, b, isAliceCalling);
    }

    [Fact]
    public void Digits_are_told_one_after_another()
    {
        var (a, b) = Call();
        for (byte code = 0; code < 12; code++)
        {
            _fromBob.SendEvent(101, code, 800);
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
        _fromBob.SendEvent(101, 1, 800);
        _fromBob.SendEvent(101, 2, 800);
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
        _fromBob.SendEvent(101, 1, 800);
        a.AnswerTo(ExpectInfo(a), 415);
        var bare = a.ExpectRequest("INFO");
        Assert.Equal(("application/dtmf", "1"), (bare.Header(HeaderId.ContentType), Body(bare)));
        a.AnswerTo(bare, 200);
        _fromBob.SendEvent(101, 2, 800);
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
        _fromBob.SendEvent(101, 1, 800);
        _fromBob.SendEvent(101, 2, 800);
        ExpectInfo(a);
        Scene.Advance(64 * CallScene.T1);
        var next = Alice.Take().Last();
        Assert.StartsWith("Signal=2\r\n", Body(next));
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
        Assert.Equal(101, _fromBob.Receive().PayloadType);
        _fromBob.SendEvent(101, 1, 800);
        _fromBob.SendEvent(101, 2, 800);
        ExpectInfo(a);
        _fromBob.SendEvent(101, 3, 800);
        var (one, other) = isAliceHangingUp ? (a, b) : (b, a);
        HangUp(one, other);
        Alice.Take();
        Scene.End(isAliceHangingUp ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        Assert.Equal(0, Count(DigitDirection.ToInfo));
        Assert.InRange(Count(DigitDirection.ToInfo, isLost: true), 1, 3);
    }

    // ---- before the answer

    [Fact]
    public void Digits_in_early_media_both_ways()
    {
        var a = Alice.Call(body: AliceSdp());
        var b = Bob.ExpectCall();
        b.Answer(183, BobSdp());
        var progress = a.Expect(183);
        Assert.DoesNotContain("telephone-event", Body(progress), StringComparison.Ordinal);
        _fromAlice.Learn(Scene.Model.InsideAddress, progress);
        _fromBob.Learn(Scene.Model.OutsideAddress, b.Asked);
        Press(a, '5');
        Assert.Equal((5, 480), _fromBob.ReceiveDigit(101));
        _fromBob.SendEvent(101, 6, 800);
        a.AnswerTo(ExpectInfo(a), 200);
        b.Accept(BobSdp());
        a.ExpectAnswered();
        Press(a, '7');
        Assert.Equal((7, 480), _fromBob.ReceiveDigit(101));
        End(a, b);
    }

    // ---- what is not converted

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

/// <summary>Sides that do not differ, or of which one passes everything.</summary>
public sealed class DtmfPassTests : CallTest
{
    private (DtmfMode Alice, DtmfMode Bob) _modes;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Dtmf = peer.Name switch { "alice" => _modes.Alice, "bob" => _modes.Bob, _ => DtmfMode.Pass } },
    };

    [Theory]
    [InlineData(DtmfMode.Info, DtmfMode.Info)]
    [InlineData(DtmfMode.Rfc4733, DtmfMode.Rfc4733)]
    [InlineData(DtmfMode.Pass, DtmfMode.Rfc4733)]
    [InlineData(DtmfMode.Info, DtmfMode.Pass)]
    public void Nothing_is_converted(DtmfMode alice, DtmfMode bob)
    {
        _modes = (alice, bob);
        var (a, b) = Answered();
        Assert.Contains("telephone-event", b.Asked.Text, StringComparison.Ordinal);
        a.Request("INFO", body: "5", type: "application/dtmf");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Alice.ExpectResponse(200);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
