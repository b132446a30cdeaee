using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The end of calls in which nobody sends anything any more.</summary>
public sealed class MediaTimeoutTests : DtmfTest
{
    private const int Minute = 60_000;

    protected override SceneOptions Options => new()
    {
        Calls = new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { MediaTimeout = TimeSpan.FromMinutes(1), HoldTimeout = TimeSpan.FromMinutes(5) },
    };

    /// <summary>Nothing is said up to the time, and then both sides are.</summary>
    private void EndsAfter(PhoneDialog a, PhoneDialog b, int milliseconds, string reason, CallCause cause)
    {
        Scene.Advance(milliseconds - 1);
        Alice.ExpectNothing();
        Bob.ExpectNothing();
        Scene.Advance(1);
        Ended(a, b, reason, cause);
    }

    private void EndsSilent(PhoneDialog a, PhoneDialog b) => EndsAfter(a, b, Minute, "Media timeout", CallCause.MediaTimeout);

    /// <summary>After a packet: the relay's clock is not the test's.</summary>
    private void EndsInTime(PhoneDialog a, PhoneDialog b)
    {
        Scene.Advance(Minute / 2);
        Alice.ExpectNothing();
        Scene.Advance(Minute);
        Ended(a, b, "Media timeout", CallCause.MediaTimeout);
    }

    private void Ended(PhoneDialog a, PhoneDialog b, string reason, CallCause cause)
    {
        foreach (var dialog in (PhoneDialog[])[a, b])
        {
            var bye = dialog.ExpectRequest("BYE");
            Assert.Contains($"\r\nReason: SIP;cause=408;text=\"{reason}\"\r\n", bye.Text, StringComparison.Ordinal);
            dialog.AnswerTo(bye, 200);
        }

        Scene.End(cause, CallOutcome.Answered, 200);
    }

    private void Renegotiate(PhoneDialog a, PhoneDialog b, int version, string offered, string answered)
    {
        a.Invite(AliceSdp(version, offered));
        b.ExpectRequest("INVITE");
        b.Accept(BobSdp(version, attributes: answered));
        a.ExpectAnswered();
    }

    [Fact]
    public void A_call_in_which_nobody_sends_anything_ends()
    {
        var (a, b) = Call();
        EndsSilent(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_silence_of_one_side_never_ends_a_call(bool isCallerSending)
    {
        var (a, b) = Call();
        var (from, to) = isCallerSending ? (FromAlice, FromBob) : (FromBob, FromAlice);
        for (var minutes = 0; minutes < 10; minutes++)
        {
            from.SendAudio();
            to.Receive();
            Scene.Advance(Minute);
        }

        Alice.ExpectNothing();
        EndsInTime(a, b);
    }

    [Fact]
    public void Fax_is_media_too()
    {
        using var fax = new MediaSocket(SceneModel.AliceAddress);
        using var bobsFax = new MediaSocket(SceneModel.BobAddress);
        var a = Alice.Call(body: Alice.Sdp(1, null, $"m=image {fax.Port} udptl t38\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, $"m=image {bobsFax.Port} udptl t38\r\n"));
        fax.Learn(Scene.Model.InsideAddress, a.ExpectAnswered(), "m=image");
        Scene.Advance(Minute - 1);
        fax.SendAudio();
        bobsFax.Receive();
        Scene.Advance(1);
        Alice.ExpectNothing();
        EndsInTime(a, b);
    }

    [Fact]
    public void What_came_before_the_answer_counts_from_the_answer()
    {
        var a = Alice.Call(body: AliceSdp());
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        Scene.Advance(2 * Minute);
        Alice.ExpectNothing();
        b.Accept(BobSdp());
        a.ExpectAnswered();
        EndsSilent(a, b);
    }

    [Theory]
    [InlineData("a=sendonly\r\n", "a=recvonly\r\n")]
    [InlineData("a=recvonly\r\n", "a=sendonly\r\n")]
    [InlineData("a=inactive\r\n", "a=inactive\r\n")]
    public void A_held_call_has_a_time_of_its_own(string offered, string answered)
    {
        var (a, b) = Call();
        Scene.Advance(Minute / 2);
        Renegotiate(a, b, 2, offered, answered);
        EndsAfter(a, b, 5 * Minute, "Hold timeout", CallCause.HoldTimeout);
    }

    [Fact]
    public void A_resumed_call_waits_from_then_on()
    {
        var (a, b) = Call();
        Renegotiate(a, b, 2, "a=sendonly\r\n", "a=recvonly\r\n");
        Scene.Advance(4 * Minute);
        Renegotiate(a, b, 3, "", "");
        EndsSilent(a, b);
    }

    /// <summary>A session that is refreshed often would never be silent for long enough.</summary>
    [Fact]
    public void An_agreement_that_changes_nothing_is_no_sign_of_life()
    {
        var (a, b) = Call();
        Scene.Advance(Minute / 2);
        Renegotiate(a, b, 2, "", "");
        EndsAfter(a, b, Minute / 2, "Media timeout", CallCause.MediaTimeout);
    }

    [Fact]
    public void A_hold_that_is_refused_changes_nothing()
    {
        var (a, b) = Call();
        Scene.Advance(Minute / 2);
        a.Invite(AliceSdp(2, "a=sendonly\r\n"));
        b.ExpectRequest("INVITE");
        b.Answer(488);
        b.ExpectRequest("ACK");
        a.Expect(488);
        EndsAfter(a, b, Minute / 2, "Media timeout", CallCause.MediaTimeout);
    }

    [Fact]
    public void One_stream_that_flows_is_enough_to_wait_for_it()
    {
        var a = Alice.Call(body: AliceSdp(attributes: "a=inactive\r\nm=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(BobSdp(attributes: "a=inactive\r\nm=video 4002 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"));
        a.ExpectAnswered();
        EndsSilent(a, b);
    }

    [Fact]
    public void A_call_without_media_of_ours_is_never_silent()
    {
        const string Message = "m=message 7000 TCP/MSRP *\r\n";
        var (a, b) = Answered(Alice.Sdp(1, null, Message), Bob.Sdp(1, null, Message));
        Scene.Advance(20 * Minute);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>BFCP (RFC 8855) and data channels say something now and then: who shares a screen while the audio is held does not hold.</summary>
    [Theory]
    [InlineData("UDP/BFCP *")]
    [InlineData("UDP/DTLS/SCTP webrtc-datachannel")]
    public void Held_audio_beside_a_stream_that_may_be_quiet_is_no_held_call(string protocol)
    {
        var application = $"m=application 4002 {protocol}\r\n";
        var (a, b) = Answered(AliceSdp(attributes: application), BobSdp(attributes: application));
        Renegotiate(a, b, 2, "a=sendonly\r\n" + application, "a=recvonly\r\n" + application);
        Scene.Advance(20 * Minute);
        Renegotiate(a, b, 3, "a=sendonly\r\n" + application + "a=inactive\r\n", "a=recvonly\r\n" + application + "a=inactive\r\n");
        EndsAfter(a, b, 5 * Minute, "Hold timeout", CallCause.HoldTimeout);
    }

    /// <summary>The gateway refuses what does not run over UDP: what is left of the session is held.</summary>
    [Fact]
    public void Held_audio_beside_a_stream_that_is_refused_is_a_held_call()
    {
        const string Message = "m=message 7000 TCP/MSRP *\r\n";
        var (a, b) = Answered(AliceSdp(attributes: "a=sendonly\r\n" + Message), BobSdp(attributes: "a=recvonly\r\n" + Message));
        EndsAfter(a, b, 5 * Minute, "Hold timeout", CallCause.HoldTimeout);
    }

    [Fact]
    public void An_offer_in_the_answer_is_waited_for_from_its_ACK_on()
    {
        var a = Alice.Call(body: "");
        var b = Bob.ExpectCall();
        b.Answer(200, BobSdp());
        a.Expect(200);
        Scene.Advance(CallScene.T1 - 1);
        a.Ack(AliceSdp());
        b.ExpectRequest("ACK");
        EndsSilent(a, b);
    }

    [Fact]
    public void An_echo_that_hears_nothing_ends()
    {
        var a = Alice.Call("echo", AliceSdp());
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        Scene.Advance(Minute - 1);
        FromAlice.SendAudio();
        FromAlice.Receive();
        Scene.Advance(Minute / 2);
        Alice.ExpectNothing();
        Scene.Advance(Minute);
        a.ExpectBye();
        Scene.End(CallCause.MediaTimeout, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_tone_may_be_listened_to_in_silence_but_not_held()
    {
        var a = Alice.Call("tone", AliceSdp());
        a.ExpectAnswered();
        Scene.Advance(20 * Minute);
        Alice.ExpectNothing();
        a.Invite(AliceSdp(2, "a=sendonly\r\n"));
        a.ExpectAnswered();
        Scene.Advance((5 * Minute) - 1);
        Alice.ExpectNothing();
        Scene.Advance(1);
        a.ExpectBye();
        Scene.End(CallCause.HoldTimeout, CallOutcome.Answered, 200);
    }
}
