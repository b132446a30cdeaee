using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Verdicts;
using SipAlg.Media;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Srtp;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Media;

/// <summary>SRTP that ends at the gateway: what is offered, what is answered, and what crosses then, over real sockets (RFC 4568, RFC 8643).</summary>
public sealed class KeyTests : KeyTest
{
    private const string OfferedSuites = "1 AEAD_AES_256_GCM, 2 AEAD_AES_128_GCM, 3 AES_256_CM_HMAC_SHA1_80, 4 AES_CM_128_HMAC_SHA1_80";

    private static string Names(string[] lines) => string.Join(", ", lines.Select(line => line[..line.IndexOf(" inline:", StringComparison.Ordinal)]));

    private static string Key(string line) => line.Split("inline:")[1];

    public static TheoryData<SrtpSuite> Suites => [.. Enum.GetValues<SrtpSuite>()];

    [Theory]
    [MemberData(nameof(Suites))]
    public void The_caller_has_srtp_and_the_callee_rtp(SrtpSuite suite)
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        var (a, b) = Talk(OfAlice.Media(tag: 7, suite: suite), OfBob.Plain());
        Assert.Equal(("RTP/SAVP", "RTP/AVP", 0), (OfAlice.Profile, OfBob.Profile, OfBob.Lines.Length));
        Assert.Equal($"7 {System.Text.Encoding.ASCII.GetString(suite.Name())}", Names(OfAlice.Lines));
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        var stream = Assert.Single(Scene.Journal.Ended[0].Streams);
        Assert.Equal((suite, null), (stream.CallerSuite, stream.CalleeSuite));
        Assert.Contains(new("caller_srtp", System.Text.Encoding.ASCII.GetString(suite.Name())), Verdict.Of(Scene.Journal.Ended[0]).Evidence);
    }

    [Theory]
    [InlineData(SrtpSuite.AeadAes256Gcm)]
    [InlineData(SrtpSuite.AeadAes128Gcm)]
    [InlineData(SrtpSuite.AesCm256HmacSha1Tag80)]
    [InlineData(SrtpSuite.AesCm128HmacSha1Tag80)]
    public void The_callee_is_offered_several_suites_and_takes_one(SrtpSuite suite)
    {
        Have(SrtpMode.Off, SrtpMode.Required);
        var (a, b) = Talk(OfAlice.Plain(), OfBob.Media(tag: (int)suite + 1, suite: suite));
        Assert.Equal(("RTP/AVP", "RTP/SAVP", 0), (OfAlice.Profile, OfBob.Profile, OfAlice.Lines.Length));
        Assert.Equal(OfferedSuites, Names(OfBob.Lines));
        Assert.Equal(4, OfBob.Lines.Select(Key).Distinct().Count());
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Both_have_srtp_with_keys_of_their_own()
    {
        Have(SrtpMode.Required, SrtpMode.Required);
        var (a, b) = Talk(OfAlice.Media(), OfBob.Media(tag: 1, suite: SrtpSuite.AeadAes256Gcm));
        Crosses(OfAlice, OfBob);
        Assert.Equal(1, Scene.Calls.Room.Media.Secured.Active(SceneModel.Inside, SrtpSuite.AesCm128HmacSha1Tag80));
        Assert.Equal(1, Scene.Calls.Room.Media.Secured.Active(SceneModel.Outside, SrtpSuite.AeadAes256Gcm));
        HangUp(a, b);
        Scene.End();
        Assert.Equal((0, 1), (Scene.Calls.Room.Media.Secured.Active(SceneModel.Inside, SrtpSuite.AesCm128HmacSha1Tag80), Scene.Calls.Room.Media.Secured.Total(SceneModel.Inside, SrtpSuite.AesCm128HmacSha1Tag80)));
    }

    /// <summary>RFC 8643: RTP/AVP with keys, which who has none does not see.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_optional_callee_is_offered_both(bool takesKeys)
    {
        Have(SrtpMode.Off, SrtpMode.Optional);
        Talk(OfAlice.Plain(), takesKeys ? OfBob.Media("RTP/AVP", 2, SrtpSuite.AeadAes128Gcm) : OfBob.Plain());
        Assert.Equal(("RTP/AVP", OfferedSuites), (OfBob.Profile, Names(OfBob.Lines)));
        Crosses(OfAlice, OfBob);
    }

    [Theory]
    [InlineData("RTP/AVP", true)]
    [InlineData("RTP/AVPF", true)]
    [InlineData("RTP/SAVP", true)]
    [InlineData("RTP/SAVPF", true)]
    [InlineData("RTP/AVP", false)]
    public void An_optional_caller_is_answered_as_it_offers(string profile, bool hasKeys)
    {
        Have(SrtpMode.Optional, SrtpMode.Off);
        var plain = profile.Replace("SAVP", "AVP", StringComparison.Ordinal);
        Talk(hasKeys ? OfAlice.Media(profile) : OfAlice.Plain(profile), OfBob.Plain(plain));
        Assert.Equal((profile, plain, hasKeys ? 1 : 0), (OfAlice.Profile, OfBob.Profile, OfAlice.Lines.Length));
        Crosses(OfAlice, OfBob);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a=crypto:1 F8_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n")]
    [InlineData("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz UNENCRYPTED_SRTP\r\n")]
    public void A_caller_that_must_have_keys_and_has_none_that_fit_is_refused(string lines)
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        var a = Alice.Call(body: ByAlice(OfAlice.Plain("RTP/AVP", lines)));
        Assert.StartsWith($"399 {Scene.Model.InsideAddress} \"The encryption", a.Expect(488).Header(HeaderId.Warning), StringComparison.Ordinal);
        Bob.ExpectNothing();
        Scene.End(CallCause.NoSrtp, CallOutcome.Rejected, 488);
        Assert.Equal(VerdictCode.NoSrtp, Verdict.Of(Scene.Journal.Ended[0]).Code);
    }

    [Fact]
    public void Rtp_savp_without_a_key_that_fits_is_refused_by_who_could_have_keys()
    {
        Have(SrtpMode.Optional, SrtpMode.Off);
        Alice.Call(body: ByAlice(OfAlice.Plain("RTP/SAVP"))).Expect(488);
        Scene.End(CallCause.NoSrtp, CallOutcome.Rejected, 488);
    }

    [Fact]
    public void A_side_without_srtp_may_not_want_it_of_one_whose_srtp_ends_here()
    {
        Have(SrtpMode.Off, SrtpMode.Optional);
        Alice.Call(body: ByAlice(OfAlice.Media())).Expect(488);
        Scene.End(CallCause.NoSrtp, CallOutcome.Rejected, 488);
    }

    [Theory]
    [InlineData(SrtpMode.Required, "RTP/SAVP")]
    [InlineData(SrtpMode.Required, "RTP/AVP")]
    [InlineData(SrtpMode.Optional, "RTP/SAVP")]
    public void A_callee_that_answers_without_keys_where_it_may_not_is_hung_up_on(SrtpMode mode, string profile)
    {
        Have(SrtpMode.Off, mode);
        var a = Alice.Call(body: ByAlice(OfAlice.Plain()));
        var b = Bob.ExpectCall();
        b.Accept(ByBob(OfBob.Plain(profile)));
        b.ExpectBye();
        a.Expect(488);
        Scene.End(CallCause.NoSrtp, CallOutcome.Rejected, 488);
        Assert.Contains("peer 'bob'", Verdict.Of(Scene.Journal.Ended[0]).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void Between_two_sides_without_it_srtp_crosses_as_it_is()
    {
        Have(SrtpMode.Off, SrtpMode.Off);
        var line = OfAlice.Media();
        Talk(line, OfBob.Media());
        Assert.Contains(line[(line.IndexOf("crypto:", StringComparison.Ordinal) + 7)..].TrimEnd(), OfBob.Lines);
        byte[] packet = [0x80, 8, .. new byte[180]];
        OfAlice.SendRaw(packet);
        OfBob.BePlain();
        Assert.Equal(packet, OfBob.Receive());
    }

    [Fact]
    public void Each_stream_has_keys_of_its_own_and_one_that_cannot_have_any_is_refused()
    {
        Have(SrtpMode.Required, SrtpMode.Required);
        using var video = new Testing.Phones.SrtpEnd(SceneModel.AliceAddress);
        var a = Alice.Call(body: ByAlice(OfAlice.Media() + video.Media("RTP/SAVPF", type: "video") + "m=video 4004 RTP/AVP 8\r\n"));
        var b = Bob.ExpectCall();
        var streams = BodyOf(b.Asked).Split("\r\nm=")[1..];
        Assert.Equal(["audio RTP/SAVP", "video RTP/SAVPF", "video RTP/AVP"], streams.Select(stream => $"{stream.Split(' ')[0]} {stream.Split(' ')[2]}"));
        Assert.Equal([true, true, false], streams.Select(stream => stream.Split(' ')[1] != "0"));
        Assert.Equal(8, streams.SelectMany(stream => stream.Split("\r\n")).Where(line => line.StartsWith("a=crypto", StringComparison.Ordinal)).Select(Key).Distinct().Count());
        b.Accept(ByBob(OfBob.Media() + "m=video 0 RTP/SAVPF 8\r\nm=video 0 RTP/AVP 8\r\n"));
        Told(OfAlice, a.ExpectAnswered());
        ToldOutside(OfBob, b.Asked);
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void An_offer_may_come_with_the_answer()
    {
        Have(SrtpMode.Required, SrtpMode.Required);
        var a = Alice.Call(body: "");
        var b = Bob.ExpectCall();
        b.Answer(200, ByBob(OfBob.Media(tag: 3)));
        var offered = a.Expect(200);
        Told(OfAlice, offered);
        Assert.Equal(("RTP/SAVP", OfferedSuites), (OfAlice.Profile, Names(OfAlice.Lines)));
        a.Ack(ByAlice(OfAlice.Media(tag: 4)));
        Told(OfAlice, offered);
        ToldOutside(OfBob, b.ExpectRequest("ACK"));
        Assert.Equal("3 AES_CM_128_HMAC_SHA1_80", Names(OfBob.Lines));
        Crosses(OfAlice, OfBob);
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData("echo", SrtpMode.Required)]
    [InlineData("echo", SrtpMode.Optional)]
    [InlineData("tone", SrtpMode.Required)]
    public void Services_have_it_too(string service, SrtpMode mode)
    {
        Have(mode, SrtpMode.Off);
        var a = Alice.Call(service, ByAlice(OfAlice.Media(tag: 9)));
        Told(OfAlice, a.ExpectAnswered());
        Assert.Equal(("RTP/SAVP", "9 AES_CM_128_HMAC_SHA1_80"), (OfAlice.Profile, Names(OfAlice.Lines)));
        if (service == "echo")
        {
            Assert.Equal(OfAlice.Send(), OfAlice.Receive());
        }
        else
        {
            Assert.Equal(172, OfAlice.Receive().Length);
        }

        a.Bye();
        a.Expect(200);
        Scene.End();
    }

    [Fact]
    public void A_service_refuses_who_must_have_keys_and_has_none()
    {
        Have(SrtpMode.Required, SrtpMode.Off);
        Alice.Call("echo", ByAlice(OfAlice.Plain())).Expect(488);
        Scene.End(CallCause.NoSrtp, CallOutcome.Rejected, 488);
    }

    [Fact]
    public void What_comes_before_the_answer_of_who_is_offered_keys_is_not_taken_for_rtp()
    {
        Have(SrtpMode.Off, SrtpMode.Required);
        var a = Alice.Call(body: ByAlice(OfAlice.Plain()));
        var b = Bob.ExpectCall();
        ToldOutside(OfBob, b.Asked);
        OfBob.SendRaw([0x80, 8, .. new byte[170]]);
        Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Outside).Dropped(DropReason.NoKeys) == 1, TimeSpan.FromSeconds(20)), "dropped");
        b.Accept(ByBob(OfBob.Media()));
        ToldOutside(OfBob, b.Asked);
        Told(OfAlice, a.ExpectAnswered());
        Crosses(OfAlice, OfBob);
    }
}
