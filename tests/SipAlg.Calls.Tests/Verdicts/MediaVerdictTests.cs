using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Calls.Verdicts;
using SipAlg.Media;
using SipAlg.Testing;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Verdicts;

/// <summary>What is said of calls whose media were not right.</summary>
public sealed class MediaVerdictTests : DtmfTest
{
    private readonly SteppedTime _mediaTime = new();

    protected override SceneOptions Options => new()
    {
        MediaTime = _mediaTime,
        Calls = new(TimeSpan.FromMinutes(3), null, TimeSpan.Zero) { MediaTimeout = TimeSpan.FromMinutes(1), SeriesStep = TimeSpan.FromSeconds(5) },
        Realm = realm => realm.Index == SceneModel.Outside ? realm with { Latching = Latching.Strict } : realm,
    };

    private Verdict Said => Verdict.Of(Assert.Single(Scene.Journal.Ended));

    private string Told(string name) => Said.Evidence.Single(fact => fact.Key == name).Value;

    /// <summary>What is said, and that what went wrong is kept longer: in the list of calls and in the ring of messages.</summary>
    private void Expect(VerdictCode code)
    {
        Assert.True(Said.Code == code, $"{Said.Code}: {Said.Sentence}");
        Assert.Equal(code != VerdictCode.Completed, Verdict.IsTroubled(Scene.Journal.Ended[0]));
        Assert.Equal(code != VerdictCode.Completed ? 1 : 0, Scene.Harness.Context.Trace!.Standing);
    }

    private void BothTalk(int packets = 1)
    {
        for (var packet = 0; packet < packets; packet++)
        {
            FromAlice.SendAudio();
            FromBob.Receive();
            FromBob.SendAudio();
            FromAlice.Receive();
        }
    }

    [Fact]
    public void A_good_call_was_completed()
    {
        var (a, b) = Call();
        BothTalk(60);
        Scene.Advance(5000);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Fact]
    public void One_side_sends_nothing()
    {
        var (a, b) = Call();
        FromAlice.SendAudio();
        FromBob.Receive();
        Scene.Advance(5000);
        End(a, b);
        Expect(VerdictCode.OneWayMedia);
        Assert.Equal(("callee", $"{SceneModel.BobAddress}:{FromBob.Port}", "1", "0"), (Told("silent_side"), Told("callee_sdp"), Told("packets_from_caller"), Told("packets_from_callee")));
    }

    [Fact]
    public void Who_may_not_send_by_sdp_is_not_missed()
    {
        var a = Alice.Call(body: AliceSdp(attributes: "a=sendonly\r\n"));
        var b = Bob.ExpectCall();
        b.Accept(BobSdp(attributes: "a=recvonly\r\n"));
        FromAlice.Learn(Scene.Model.InsideAddress, a.ExpectAnswered());
        FromAlice.SendAudio();
        FromBob.Receive();
        Scene.Advance(5000);
        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Fact]
    public void One_side_sends_from_where_it_may_not()
    {
        var (a, b) = Call();
        FromAlice.SendAudio();
        FromBob.Receive();
        using var elsewhere = new MediaSocket("127.92.0.77") { Gateway = FromBob.Gateway };
        SendUntilRefused(elsewhere);
        Scene.Advance(5000);
        End(a, b);
        Expect(VerdictCode.MediaRefused);
        Assert.Equal(($"127.92.0.77:{elsewhere.Port}", $"{SceneModel.BobAddress}:{FromBob.Port}"), (Told("refused_source"), Told("expected_source")));
    }

    /// <summary>Alice names the port that bob was shown: what bob sends there would leave to there.</summary>
    [Fact]
    public void Media_would_come_back()
    {
        var (a, b) = Call();
        BothTalk();
        var port = FromBob.Gateway.Port;
        a.Request("INVITE", body: Alice.Sdp(2, Scene.Model.OutsideAddress, $"m=audio {port} RTP/AVP 8 0\r\n"));
        b.ExpectRequest("INVITE");
        b.Accept(BobSdp(version: 2));
        a.ExpectAnswered();
        FromBob.SendAudio();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Scene.Turn(static () => { });
                return Scene.Journal.Sources.Any(told => told.Told.Change == SourceChange.LeadsBack);
            },
            Patience));
        Scene.Advance(5000);
        End(a, b);
        Expect(VerdictCode.MediaLoop);
        Assert.Equal($"{Scene.Model.OutsideAddress}:{port}", Told("target"));
    }

    [Fact]
    public void Media_stop_in_the_middle()
    {
        var (a, b) = Call();
        BothTalk();
        for (var minute = 0; minute < 3; minute++)
        {
            // The relay's clock is not the test's: it heard the packets this very moment.
            Scene.Advance(60_000);
        }

        foreach (var dialog in new[] { a, b })
        {
            dialog.AnswerTo(dialog.ExpectRequest("BYE"), 200);
        }

        Scene.End(CallCause.MediaTimeout, CallOutcome.Answered, 200);
        Expect(VerdictCode.MediaStopped);
        Assert.NotEmpty(Told("last_from_callee"));
    }

    [Fact]
    public void One_side_sends_a_payload_type_that_was_not_agreed_on()
    {
        var (a, b) = Call();
        for (var packet = 0; packet < 60; packet++)
        {
            FromAlice.SendAudio(payloadType: 99);
            FromBob.Receive();
        }

        End(a, b);
        Expect(VerdictCode.PayloadMismatch);
        Assert.Equal(("caller", "99", "60"), (Told("side"), Told("payload_type"), Told("packets")));
    }

    [Fact]
    public void Or_does_so_after_it_has_begun_as_agreed()
    {
        var (a, b) = Call();
        BothTalk(100);
        for (var packet = 0; packet < 60; packet++)
        {
            FromAlice.SendAudio(payloadType: 18);
            FromBob.Receive();
        }

        BothTalk(100);
        End(a, b);
        Expect(VerdictCode.PayloadMismatch);
        Assert.Equal(("18", "60", "260"), (Told("payload_type"), Told("packets"), Told("of_packets")));
    }

    /// <summary>Telephone events (bob's 101), comfort noise that nobody negotiated, and a slip.</summary>
    [Theory]
    [InlineData(101, 60)]
    [InlineData(13, 60)]
    [InlineData(99, 20)]
    public void What_does_no_harm_is_not_said(byte payloadType, int packets)
    {
        var (a, b) = Call();
        BothTalk(60);
        for (var packet = 0; packet < packets; packet++)
        {
            FromAlice.SendAudio(payloadType: payloadType);
            FromBob.Receive();
        }

        End(a, b);
        Expect(VerdictCode.Completed);
    }

    [Theory]
    [InlineData(16_000, VerdictCode.ClockRateMismatch)]
    [InlineData(8_000, VerdictCode.PoorAudio)]
    public void One_side_has_a_clock_of_its_own(int hertz, VerdictCode code)
    {
        var (a, b) = Call();
        for (var look = 0; look < 4; look++)
        {
            // All packets of five seconds at once, which is jitter, their timestamps evenly over them.
            _mediaTime.Advance(TimeSpan.FromSeconds(5));
            for (var packet = 0; packet < 60; packet++)
            {
                FromAlice.SendAudio(timestamp: (uint)(((60 * look) + packet) * 5L * hertz / 60));
                FromBob.Receive();
            }

            FromBob.SendAudio();
            FromAlice.Receive();
            Scene.Advance(5000);
        }

        End(a, b);
        Expect(code);
        if (code == VerdictCode.ClockRateMismatch)
        {
            Assert.Equal(("caller", "8000"), (Told("side"), Told("clock_rate_in_sdp")));
            Assert.InRange(int.Parse(Told("clock_rate_measured"), System.Globalization.CultureInfo.InvariantCulture), 15_500, 16_500);
        }
    }

    [Fact]
    public void One_side_loses_much()
    {
        var (a, b) = Call();
        for (var packet = 0; packet < 20; packet++)
        {
            FromAlice.SendAudio();
            FromBob.Receive();
            FromAlice.Sequence += 4;
        }

        End(a, b);
        Expect(VerdictCode.PoorAudio);
        Assert.Equal("caller", Told("side"));

        // It is smoothed (RFC 3550 §6.4.1): a packet may have come later than the most of it.
        Assert.Matches(@"the jitter of the others was [0-9.]+ s in the mean and [0-9.]+ s at most\.$", Said.Sentence);
    }
}
