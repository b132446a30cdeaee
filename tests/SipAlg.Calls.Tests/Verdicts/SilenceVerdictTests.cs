using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Testing;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>What is said of calls in which a side was to be heard and was not, when somebody hangs up; and what is not said of those in which silence is meant.</summary>
public sealed class SilenceVerdictTests : DtmfTest
{
    private readonly SteppedTime _mediaTime = new();

    protected override SceneOptions Options => new()
    {
        MediaTime = _mediaTime,
        Calls = new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { MediaTimeout = TimeSpan.FromMinutes(5), HoldTimeout = TimeSpan.FromMinutes(5) },
    };

    private Verdict Said => Verdict.Of(Assert.Single(Scene.Journal.Ended));

    private string Told(string name) => Said.Evidence.Single(fact => fact.Key == name).Value;

    /// <summary>What is said, and that what went wrong is kept longer: in the list of calls and in the ring of messages.</summary>
    private void Expect(VerdictCode code)
    {
        Assert.True(Said.Code == code, $"{Said.Code}: {Said.Sentence}");
        Assert.EndsWith(".", Said.Sentence, StringComparison.Ordinal);
        Assert.Equal(code != VerdictCode.Completed, Verdict.IsTroubled(Scene.Journal.Ended[0]));
        Assert.Equal(code != VerdictCode.Completed ? 1 : 0, Scene.Harness.Context.Trace!.Standing);
    }

    private void Pass(int seconds)
    {
        _mediaTime.Advance(TimeSpan.FromSeconds(seconds));
        Scene.Advance(seconds * 1000L);
    }

    private static void Crosses(MediaSocket from, MediaSocket to, byte payloadType = 8)
    {
        from.SendAudio(payloadType: payloadType);
        to.Receive();
    }

    private void BothTalk()
    {
        Crosses(FromAlice, FromBob);
        Crosses(FromBob, FromAlice);
    }

    /// <summary>Alice goes on, bob is silent.</summary>
    private void AliceTalks(int seconds)
    {
        for (; seconds > 0; seconds -= 5)
        {
            Pass(Math.Min(5, seconds));
            Crosses(FromAlice, FromBob);
        }
    }

    private void Renegotiate(PhoneDialog a, PhoneDialog b, int version, string offered, string answered)
    {
        a.Invite(AliceSdp(version, offered));
        b.ExpectRequest("INVITE");
        b.Accept(BobSdp(version, attributes: answered));
        a.ExpectAnswered();
    }

    private (PhoneDialog A, PhoneDialog B) CallWith(string offered, string answered)
    {
        var a = Alice.Call(body: AliceSdp(attributes: offered));
        var b = Bob.ExpectCall();
        b.Accept(BobSdp(attributes: answered));
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        FromBob.Learn(Scene.Model.OutsideAddress, b.Asked);
        return (a, b);
    }

    [Fact]
    public void Nothing_comes_of_either_side()
    {
        var (a, b) = Call();
        Pass(10);
        End(a, b);
        Expect(VerdictCode.NoMedia);
        Assert.Equal(("both", $"{SceneModel.AliceAddress}:{FromAlice.Port}", $"{SceneModel.BobAddress}:{FromBob.Port}", "0", "0"), (Told("silent_side"), Told("caller_sdp"), Told("callee_sdp"), Told("packets_from_caller"), Told("packets_from_callee")));
        Assert.Contains($"SDP says {SceneModel.BobAddress}:{FromBob.Port}, no packet came", Said.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_of_two_seconds_may_have_been_hung_up_before_anybody_spoke()
    {
        var (a, b) = Call();
        Pass(2);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Theory]
    [InlineData("a=sendonly\r\n", "a=recvonly\r\n", "caller")]
    [InlineData("a=recvonly\r\n", "a=sendonly\r\n", "callee")]
    public void Nothing_comes_of_the_only_side_that_was_to_send(string offered, string answered, string side)
    {
        var (a, b) = CallWith(offered, answered);
        Pass(10);
        End(a, b);
        Expect(VerdictCode.NoMedia);
        Assert.Equal(side, Told("silent_side"));
    }

    [Fact]
    public void Nothing_is_missed_where_nobody_was_to_send()
    {
        var (a, b) = CallWith("a=inactive\r\n", "a=inactive\r\n");
        Pass(60);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Fact]
    public void An_echo_hears_nothing()
    {
        var a = Alice.Call("echo", AliceSdp());
        a.ExpectAnswered();
        Pass(10);
        a.Bye();
        a.Expect(200);
        Scene.End();
        Expect(VerdictCode.NoMedia);
        Assert.Equal("caller", Told("silent_side"));
    }

    [Fact]
    public void Who_listens_to_a_tone_need_not_send()
    {
        var a = Alice.Call("tone", AliceSdp());
        a.ExpectAnswered();
        Pass(10);
        a.Bye();
        a.Expect(200);
        Scene.End();
        Expect(VerdictCode.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_side_stops_in_the_middle(bool isCallerSilent)
    {
        var (a, b) = Call();
        BothTalk();
        var (from, to) = isCallerSilent ? (FromBob, FromAlice) : (FromAlice, FromBob);
        for (var step = 0; step < 4; step++)
        {
            Pass(5);
            Crosses(from, to);
        }

        End(a, b);
        Expect(VerdictCode.MediaStopped);
        var (side, address, port) = isCallerSilent ? ("caller", SceneModel.AliceAddress, FromAlice.Port) : ("callee", SceneModel.BobAddress, FromBob.Port);
        Assert.Equal((side, "20", $"{address}:{port}", $"{address}:{port}"), (Told("silent_side"), Told("silent_seconds"), Told($"{side}_sdp"), Told($"{side}_sends_from")));
        Assert.Contains($"Nothing came from the {side} in the last 20 s of the call ({side}: SDP says {address}:{port}, packets came from {address}:{port})", Said.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Both_sides_stop_long_before_the_end()
    {
        var (a, b) = Call();
        BothTalk();
        AliceTalks(5);
        Pass(15);
        End(a, b);
        Expect(VerdictCode.MediaStopped);
        Assert.Equal(("both", "15"), (Told("silent_side"), Told("silent_seconds")));
        Assert.Contains("last from the caller", Said.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_that_is_slow_to_hang_up_has_not_lost_anything()
    {
        var (a, b) = Call();
        BothTalk();
        AliceTalks(9);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Audio_comes_one_way_beside_video_that_comes_both_ways(bool isVideoFirst)
    {
        using var aliceVideo = new MediaSocket(SceneModel.AliceAddress);
        using var bobVideo = new MediaSocket(SceneModel.BobAddress);
        string Sdp(MediaSocket audio, MediaSocket video)
        {
            var (one, other) = ($"m=audio {audio.Port} RTP/AVP 8\r\n", $"m=video {video.Port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n");
            return isVideoFirst ? other + one : one + other;
        }

        var a = Alice.Call(body: Alice.Sdp(1, null, Sdp(FromAlice, aliceVideo)));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, Sdp(FromBob, bobVideo)));
        var answered = a.ExpectAnswered();
        FromAlice.Learn(Scene.Model.InsideAddress, answered);
        aliceVideo.Learn(Scene.Model.InsideAddress, answered, "m=video");
        bobVideo.Learn(Scene.Model.OutsideAddress, b.Asked, "m=video");
        Crosses(FromAlice, FromBob);
        for (var step = 0; step < 2; step++)
        {
            Crosses(aliceVideo, bobVideo, 96);
            Crosses(bobVideo, aliceVideo, 96);
            Pass(4);
        }

        End(a, b);
        Expect(VerdictCode.OneWayMedia);
        Assert.Equal(("callee", $"{SceneModel.BobAddress}:{FromBob.Port}", "0"), (Told("silent_side"), Told("callee_sdp"), Told("packets_from_callee")));
        Assert.StartsWith("No audio came from the callee", Said.Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, VerdictCode.OneWayMedia)]
    [InlineData(false, VerdictCode.NoMedia)]
    public void Early_media_come_and_then_nothing(bool isCallerTalking, VerdictCode code)
    {
        var a = Alice.Call(body: AliceSdp());
        var b = Bob.ExpectCall();
        b.Answer(183, BobSdp());
        FromAlice.Learn(Scene.Model.InsideAddress, a.Expect(183));
        FromBob.Learn(Scene.Model.OutsideAddress, b.Asked);
        Crosses(FromBob, FromAlice);
        Pass(5);
        b.Accept(BobSdp());
        a.ExpectAnswered();
        for (var step = 0; step < 2; step++)
        {
            Pass(4);
            if (isCallerTalking)
            {
                Crosses(FromAlice, FromBob);
            }
        }

        End(a, b);
        Expect(code);
        Assert.Equal("1", Told("packets_from_callee"));
        Assert.Contains("since the answer", Said.Sentence, StringComparison.Ordinal);
    }

    /// <summary>Whether music is played to who is held is the other's affair.</summary>
    [Theory]
    [InlineData("a=sendonly\r\n", "a=recvonly\r\n")]
    [InlineData("a=recvonly\r\n", "a=sendonly\r\n")]
    [InlineData("a=inactive\r\n", "a=inactive\r\n")]
    public void A_held_call_is_silent_as_it_should_be(string offered, string answered)
    {
        var (a, b) = Call();
        BothTalk();
        Pass(5);
        Renegotiate(a, b, 2, offered, answered);
        Pass(60);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Fact]
    public void A_call_that_was_held_at_once_has_not_been_judged()
    {
        var (a, b) = Call();
        Pass(1);
        Renegotiate(a, b, 2, "a=sendonly\r\n", "a=recvonly\r\n");
        Pass(60);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    /// <summary>The old hold: the address is 0.0.0.0 (RFC 3264 §8.4).</summary>
    [Fact]
    public void A_call_that_is_held_by_its_address_is_silent_as_it_should_be()
    {
        var (a, b) = Call();
        BothTalk();
        b.Invite(BobSdp(2).Replace($"c=IN IP4 {SceneModel.BobAddress}", "c=IN IP4 0.0.0.0", StringComparison.Ordinal));
        a.ExpectRequest("INVITE");
        a.Accept(AliceSdp(2));
        b.ExpectAnswered();
        Pass(60);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Theory]
    [InlineData(9, VerdictCode.Completed)]
    [InlineData(11, VerdictCode.MediaStopped)]
    public void The_time_on_hold_is_no_silence(int seconds, VerdictCode code)
    {
        var (a, b) = Call();
        BothTalk();
        Renegotiate(a, b, 2, "a=sendonly\r\n", "a=recvonly\r\n");
        Pass(60);
        Renegotiate(a, b, 3, "", "");
        AliceTalks(seconds);
        End(a, b);
        Expect(code);
    }

    /// <summary>RFC 3389: what came last was comfort noise, by its usual number, by that of the drafts, or by a name in SDP.</summary>
    [Theory]
    [InlineData(13, VerdictCode.Completed)]
    [InlineData(19, VerdictCode.Completed)]
    [InlineData(98, VerdictCode.Completed)]
    [InlineData(101, VerdictCode.MediaStopped)]
    public void Who_sent_comfort_noise_last_is_silent_on_purpose(byte payloadType, VerdictCode code)
    {
        var a = Alice.Call(body: AliceSdp().Replace("AVP 8 0\r\n", "AVP 8 0 98\r\na=rtpmap:98 CN/8000\r\n", StringComparison.Ordinal));
        var b = Bob.ExpectCall();
        b.Accept(BobSdp());
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        FromBob.Learn(Scene.Model.OutsideAddress, b.Asked);
        BothTalk();
        Crosses(FromBob, FromAlice, payloadType);
        AliceTalks(20);
        End(a, b);
        Expect(code);
    }

    /// <summary>G.729 Annex B and G.723.1 Annex A send nothing as long as the noise stays as it is; AMR, GSM and Opus send something all the same.</summary>
    [Theory]
    [InlineData(18, VerdictCode.Completed)]
    [InlineData(4, VerdictCode.Completed)]
    [InlineData(3, VerdictCode.MediaStopped)]
    public void A_codec_that_may_be_quiet_is_not_accused(byte payloadType, VerdictCode code)
    {
        var a = Alice.Call(body: AliceSdp().Replace("AVP 8 0\r\n", $"AVP {payloadType}\r\n", StringComparison.Ordinal));
        var b = Bob.ExpectCall();
        b.Accept(BobSdp().Replace("AVP 8 0 101", $"AVP {payloadType} 101", StringComparison.Ordinal));
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        FromBob.Learn(Scene.Model.OutsideAddress, b.Asked);
        Crosses(FromAlice, FromBob, payloadType);
        Crosses(FromBob, FromAlice, payloadType);
        AliceTalks(20);
        End(a, b);
        Expect(code);
    }

    /// <summary>A phone that is muted, and a machine that records, may send nothing but RTCP.</summary>
    [Fact]
    public void Who_still_sends_rtcp_is_there()
    {
        var (a, b) = Call();
        BothTalk();
        var heard = Scene.Calls.Room.Media.Relay.Read(SceneModel.Inside).PacketsIn;
        for (var step = 1; step <= 4; step++)
        {
            Pass(5);
            Crosses(FromBob, FromAlice);
            FromAlice.SendReport();
            Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Inside).PacketsIn == heard + step, Patience));
        }

        End(a, b);
        Expect(VerdictCode.Completed);
    }

    private Verdict Live()
    {
        var page = new CallRecord[1];
        Scene.Calls.List(0, page, out _);
        return Verdict.Of(page[0], Scene.Calls.StreamsOf(page[0].Id));
    }

    [Fact]
    public void Of_a_call_that_goes_on_it_is_said_who_is_silent_now()
    {
        var (a, b) = Call();
        Crosses(FromAlice, FromBob);
        Pass(1);
        Assert.Equal("The call goes on.", Live().Sentence);
        AliceTalks(5);
        Assert.Equal(VerdictCode.InProgress, Live().Code);
        Assert.StartsWith($"The call goes on, but no audio has come from the callee in the 6 s in which it was to (callee: SDP says {SceneModel.BobAddress}:{FromBob.Port}, no packet came)", Live().Sentence, StringComparison.Ordinal);
        Assert.Contains(new("silent_side", "callee"), Live().Evidence);
        Crosses(FromBob, FromAlice);
        Assert.Equal("The call goes on.", Live().Sentence);
        AliceTalks(15);
        Assert.StartsWith("The call goes on, but nothing has come from the callee for 15 s (callee: SDP says", Live().Sentence, StringComparison.Ordinal);
        Crosses(FromBob, FromAlice);
        End(a, b);
        Expect(VerdictCode.Completed);
    }
}
