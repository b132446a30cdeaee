using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sdp;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Which codecs peers and routes allow, in every offer and answer of a call.</summary>
public sealed class CodecTests : CallTest
{
    private const string Video = "m=video 4002 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\n";

    private CodecRules _alice = CodecRules.None;
    private CodecRules _bob = CodecRules.None;
    private CodecRules _route = CodecRules.None;
    private Dictionary<string, DtmfMode> _dtmf = [];

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Dtmf = _dtmf.GetValueOrDefault(peer.Name), Codecs = peer.Name switch { "alice" => _alice, "bob" => _bob, _ => CodecRules.None } },
        Routes = model =>
        [
            SceneModel.Dialplan(SceneModel.Head("rules", [SceneModel.Called("route")]) with { Codecs = _route }, RouteEdits.None, SceneModel.To(model.Bob)),
            SceneModel.Dialplan(SceneModel.Head("two", [SceneModel.Called("two")]), RouteEdits.None, SceneModel.To(model.Bob), SceneModel.To(model.Carol)),
        ],
    };

    private static CodecRules Rules(string allow = "", string remove = "", string prefer = "") => new() { Allow = [.. Codecs(allow)], Remove = [.. Codecs(remove)], Prefer = [.. Codecs(prefer)] };

    private static IEnumerable<SdpCodec> Codecs(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(codec => SdpCodec.TryParse(codec)!);

    /// <summary>Ports as "port" or "0", and formats of each stream.</summary>
    private static string Streams(SentMessage message) => string.Join(" | ", message.Text.Split("\r\n").Where(line => line.StartsWith("m=", StringComparison.Ordinal))
        .Select(line => line.Split(' ')).Select(words => $"{words[0][2..]} {(words[1] == "0" ? "0" : "port")} {string.Join(' ', words[3..])}"));

    [Fact]
    public void An_offer_has_what_the_callee_may_use_in_the_order_it_prefers()
    {
        _bob = Rules(allow: "PCMA PCMU", prefer: "PCMU");
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        Assert.Equal("audio port 0 8 101", Streams(b.Asked));
        Assert.Contains("\r\na=rtpmap:0 PCMU/8000\r\n", b.Asked.Text, StringComparison.Ordinal);
        b.Accept();
        Assert.Equal("audio port 8 0 101", Streams(a.ExpectAnswered()));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void What_the_caller_may_not_use_is_not_offered_for_it_either()
    {
        _alice = Rules(remove: "PCMA", prefer: "PCMU");
        Alice.Call();
        Assert.Equal("audio port 0 101", Streams(Bob.ExpectCall().Asked));
    }

    [Fact]
    public void Route_and_peers_each_have_a_say()
    {
        (_alice, _bob, _route) = (Rules(remove: "telephone-event"), Rules(allow: "PCMA PCMU G722", prefer: "PCMA"), Rules(remove: "GSM", prefer: "G722"));
        var sdp = Alice.Sdp(1, null, "m=audio 4000 RTP/AVP 3 0 8 9 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n");
        Alice.Call("route", sdp);
        var b = Bob.ExpectCall();
        Assert.Equal("audio port 9 8 0", Streams(b.Asked));
        Assert.DoesNotContain("101", b.Asked.Text[b.Asked.Text.IndexOf("m=audio", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_without_a_codec_is_refused_and_takes_no_ports()
    {
        _bob = Rules(allow: "PCMA");
        var (before, a) = (Scene.PortsInUse, Alice.Call(body: Alice.Sdp(media: Video)));
        var b = Bob.ExpectCall();
        Assert.Equal("audio port 8 101 | video 0 97", Streams(b.Asked));
        Assert.Equal(before + 2, Scene.PortsInUse);
        b.Accept(Bob.Sdp(1, null, "m=audio 4000 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\nm=video 0 RTP/AVP 97\r\n"));
        Assert.Equal("audio port 8 101 | video 0 97", Streams(a.ExpectAnswered()));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3261 §20.43: 305 says that it is the formats.</summary>
    [Fact]
    public void An_offer_without_a_codec_left_is_refused()
    {
        _bob = Rules(allow: "opus");
        var a = Alice.Call(body: Alice.Sdp(media: Video));
        var refused = a.Expect(488);
        Assert.Equal($"305 {Scene.Model.InsideAddress} \"Incompatible media format: no codec that is offered is allowed\"", refused.Header(HeaderId.Warning));
        Bob.ExpectNothing();
        Assert.Equal(0, Scene.PortsInUse);
        Scene.End(CallCause.NoCodec, CallOutcome.Rejected, 488);
    }

    [Fact]
    public void Another_target_may_have_other_codecs()
    {
        _bob = Rules(allow: "opus");
        var a = Alice.Call("two");
        var c = Scene.Carol.ExpectCall();
        Assert.Equal("audio port 8 0 101", Streams(c.Asked));
        c.Accept();
        a.ExpectAnswered();
        HangUp(a, c);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("m=audio 0 RTP/AVP 8\r\n", "audio 0 8")]
    [InlineData("m=image 4000 udptl t38\r\n", "image port t38")]
    [InlineData("", "")]
    public void An_offer_that_had_no_codecs_in_use_is_not_refused(string media, string seen)
    {
        _bob = Rules(allow: "opus");
        Alice.Call(body: Alice.Sdp(1, null, media));
        Assert.Equal(seen, Streams(Bob.ExpectCall().Asked));
    }

    [Fact]
    public void Offers_in_the_dialog_are_filtered_both_ways()
    {
        (_alice, _bob) = (Rules(prefer: "PCMU"), Rules(remove: "CN", prefer: "PCMA"));
        var (a, b) = Answered();
        var offer = "m=audio 4000 RTP/AVP 13 8 0\r\n";
        b.Invite(Bob.Sdp(2, null, offer));
        Assert.Equal("audio port 0 8", Streams(a.ExpectRequest("INVITE")));
        a.Accept();
        b.ExpectAnswered();
        a.Invite(Alice.Sdp(2, null, "m=audio 4000 RTP/AVP 13 0 8\r\n"));
        Assert.Equal("audio port 8 0", Streams(b.ExpectRequest("INVITE")));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_reinvite_without_a_codec_left_changes_nothing()
    {
        _bob = Rules(allow: "PCMA");
        var (a, b) = Answered();
        a.Invite(Alice.Sdp(2, null, "m=audio 4000 RTP/AVP 0\r\n"));
        Assert.StartsWith("305 ", a.Expect(488).Header(HeaderId.Warning));
        Bob.ExpectNothing();
        b.Invite(Bob.Sdp(2, null, "m=audio 4000 RTP/AVP 0\r\n"));
        Assert.StartsWith("305 ", b.Expect(488).Header(HeaderId.Warning));
        a.Invite(Alice.Sdp(version: 3));
        Assert.Equal("audio port 8 101", Streams(b.ExpectRequest("INVITE")));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_offer_in_the_answer_is_filtered_towards_the_caller()
    {
        _alice = Rules(allow: "PCMU");
        var a = Alice.Dialog();
        a.Invite();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        Assert.Equal("audio port 0 101", Streams(a.ExpectAnswered(Alice.Sdp(1, null, "m=audio 4000 RTP/AVP 0\r\n"))));
        Assert.Equal("audio port 0", Streams(b.ExpectRequest("ACK")));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_offer_in_the_answer_without_a_codec_left_ends_the_call()
    {
        _alice = Rules(allow: "opus");
        var a = Alice.Dialog();
        a.Invite();
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp());
        b.ExpectRequest("ACK");
        b.ExpectBye();
        a.Expect(488);
        Scene.End(CallCause.NoCodec, CallOutcome.Rejected, 488);
    }

    /// <summary>RFC 3264 §6.1 lets an answer list formats that were not offered.</summary>
    [Fact]
    public void An_answer_has_no_more_than_the_offer_was_left_with()
    {
        _bob = Rules(remove: "PCMU");
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(183, Bob.Sdp());
        Assert.Equal("audio port 8 101", Streams(a.Expect(183)));
        b.Accept();
        Assert.Equal("audio port 8 101", Streams(a.ExpectAnswered()));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_answer_with_nothing_that_was_offered_ends_the_call()
    {
        _bob = Rules(remove: "PCMU");
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(1, null, "m=audio 4000 RTP/AVP 0\r\n"));
        b.ExpectBye();
        a.Expect(488);
        Scene.End(CallCause.NoCodec, CallOutcome.Rejected, 488);
    }

    /// <summary>Who has its digits in INFO may be told to use no events; the other side's are made for it all the same.</summary>
    [Fact]
    public void Digits_that_are_converted_do_without_the_callers_events()
    {
        _dtmf = new() { ["alice"] = DtmfMode.Info, ["bob"] = DtmfMode.Rfc4733 };
        _alice = Rules(remove: "telephone-event PCMU");
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        Assert.Equal("audio port 8 96", Streams(b.Asked));
        Assert.Contains("\r\na=rtpmap:96 telephone-event/8000\r\n", b.Asked.Text, StringComparison.Ordinal);
        b.Accept(Bob.Sdp(1, null, "m=audio 4000 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n"));
        Assert.Equal("audio port 8", Streams(a.ExpectAnswered()));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_update_is_filtered_too()
    {
        _bob = Rules(allow: "PCMA");
        var a = Alice.Call(headers: "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: "Allow: INVITE, ACK, CANCEL, BYE, UPDATE\r\n");
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        a.Request("UPDATE", $"Contact: <{Alice.Contact}>\r\n", Alice.Sdp(version: 2));
        var update = b.ExpectRequest("UPDATE");
        Assert.Equal("audio port 8 101", Streams(update));
        b.AnswerTo(update, 200, Bob.Sdp(2, null, "m=audio 4000 RTP/AVP 8 0\r\n"), headers: $"Contact: <{Bob.Contact}>\r\n");
        Assert.Equal("audio port 8", Streams(a.Expect(200)));
        a.Request("UPDATE", $"Contact: <{Alice.Contact}>\r\n", Alice.Sdp(3, null, "m=audio 4000 RTP/AVP 0\r\n"));
        Assert.StartsWith("305 ", a.Expect(488).Header(HeaderId.Warning));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
