using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Admission;

/// <summary>What is refused before it is a call, and requests that are none: RFC 3261 §8.2, §11, §12.2.2.</summary>
public sealed class AdmissionTests : CallTest
{
    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name switch
        {
            "alice" => peer with { Limits = new PeerLimits(2, null) },
            "bob" => peer with { AcceptFrom = [.. peer.AcceptFrom, new(Protocol.Addresses.IpAddress.Parse("127.92.7.0"), 24)] },
            "carol" => peer with { Limits = new PeerLimits(null, 1) },
            _ => peer,
        },
        Routes = model => [SceneModel.Dialplan(SceneModel.Head("emergency", [SceneModel.Called("112")], isEmergency: true), SipAlg.Calls.Dialplan.RouteEdits.None, SceneModel.To(model.Bob))],
    };

    private void EndWithoutCall()
    {
        Scene.End();
        Assert.Empty(Scene.Journal.Ended);
    }

    private long Refused(RefusalReason reason, int realm = SceneModel.Inside) => Scene.Calls.Counters.Refused[(realm * (int)RefusalReason.Count) + (int)reason];

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("REGISTER")]
    [InlineData("MADEUP")]
    public void A_stranger_is_refused(string method)
    {
        var stranger = Scene.Phone("eve", SceneModel.Inside, "127.91.0.66", 5060);
        stranger.Dialog().Request(method);
        Assert.Equal("SIP/2.0 403 Forbidden: unknown source", stranger.ExpectResponse(403).StartLine);
        Assert.Equal(1, Refused(RefusalReason.UnknownSource));
        EndWithoutCall();
    }

    /// <summary>Bob is a peer of the outside only.</summary>
    [Fact]
    public void A_peer_of_another_realm_is_a_stranger()
    {
        var bob = Scene.Phone("bobby", SceneModel.Inside, "127.92.7.7", 5080);
        bob.Call();
        bob.ExpectResponse(403);
        Alice.ExpectNothing();
        EndWithoutCall();
    }

    [Fact]
    public void An_unknown_method_is_501_and_one_not_served_405()
    {
        var a = Alice.Dialog();
        foreach (var (method, status) in new[] { ("MADEUP", 501), ("invite", 501), ("REGISTER", 405), ("INFO", 405), ("UPDATE", 405), ("PRACK", 405) })
        {
            a.Request(method);
            Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE, REFER, NOTIFY, SUBSCRIBE, PUBLISH", a.Expect(status).Header(HeaderId.Allow));
        }

        EndWithoutCall();
    }

    [Fact]
    public void In_a_dialog_what_concerns_none_is_405()
    {
        var (a, b) = Answered();
        a.Request("REGISTER");
        a.Expect(405);
        b.Request("PUBLISH");
        b.Expect(405);
        Alice.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("Require: 100rel, foo\r\n", "foo")]
    [InlineData("Proxy-Require: bar\r\n", "bar")]
    public void A_required_extension_is_420(string header, string unsupported)
    {
        var a = Alice.Call(headers: header);
        Assert.Equal(unsupported, a.Expect(420).Header(HeaderId.Unsupported));
        Assert.Equal(1, Refused(RefusalReason.Extension));
        EndWithoutCall();
    }

    [Theory]
    [InlineData("http://example.com")]
    [InlineData("mailto:bob@example.com")]
    public void A_scheme_that_is_none_of_ours_is_416(string uri)
    {
        var a = Alice.Dialog();
        a.SetTarget(uri);
        a.Invite(Alice.Sdp());
        a.Expect(416);
        EndWithoutCall();
    }

    [Fact]
    public void A_tel_uri_is_called()
    {
        var a = Alice.Dialog();
        a.SetTarget("tel:+4930123;phone-context=x");
        a.SetTo("<tel:+4930123>");
        a.Invite(Alice.Sdp());
        var b = Bob.ExpectCall();
        Assert.Equal("INVITE sip:+4930123@127.92.0.20:5060;user=phone SIP/2.0", b.Asked.StartLine);
        Assert.Equal("<tel:+4930123>", b.Asked.Header(HeaderId.To));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void An_encoded_body_is_415()
    {
        var a = Alice.Call(headers: "e: gzip\r\n");
        Assert.Contains("Accept-Encoding: identity", a.Expect(415).Text, StringComparison.Ordinal);
        EndWithoutCall();
    }

    [Theory]
    [InlineData("Max-Forwards: 0\r\n", null)]
    [InlineData("Max-Forwards: 1\r\n", "0")]
    [InlineData("Max-Forwards: 255\r\n", "254")]
    public void Max_forwards_counts(string header, string? crossed)
    {
        var a = Alice.Call(headers: header + "Max-Breadth: 17\r\n");
        if (crossed is null)
        {
            a.Expect(483);
            EndWithoutCall();
            return;
        }

        var b = Bob.ExpectCall();
        Assert.Equal(crossed, b.Asked.Header(HeaderId.MaxForwards));
        Assert.Equal("17", b.Asked.Header(HeaderId.MaxBreadth));
        b.Answer(486);
        Scene.End();
    }

    [Fact]
    public void Without_max_forwards_it_is_70()
    {
        Alice.Send("INVITE sip:bob@gw SIP/2.0\r\nVia: SIP/2.0/UDP 127.91.0.10;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n" +
            "To: <sip:bob@gw>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nContact: <sip:a@127.91.0.10>\r\n\r\n");
        Assert.Equal("70", Bob.ExpectCall().Asked.Header(HeaderId.MaxForwards));
    }

    [Fact]
    public void A_merged_request_is_482()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        Alice.Send(a.LastRequest.Replace("branch=z9hG4bK", "branch=z9hG4bKother", StringComparison.Ordinal));
        Alice.ExpectResponse(482);
        Bob.ExpectNothing();
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>A PBX as a proxy sends our own INVITE back to us: two calls, and no loop as long as Max-Forwards lasts.</summary>
    [Fact]
    public void A_call_that_comes_back_is_legitimate()
    {
        var a = Alice.Call();
        var invite = Bob.ExpectRequest("INVITE");
        Bob.Send(invite.Text.Replace("Via: SIP/2.0/UDP ", $"Via: SIP/2.0/UDP {Bob.Flow.Remote};branch=z9hG4bKpbx\r\nVia: SIP/2.0/UDP ", StringComparison.Ordinal));
        var back = Alice.ExpectResponse(100);
        var second = Alice.ExpectCall();
        Assert.Equal("68", second.Asked.Header(HeaderId.MaxForwards));
        second.Answer(486, phrase: "Busy");
        Alice.ExpectRequest("ACK");
        Assert.StartsWith("SIP/2.0 100", back.StartLine);
        Bob.ExpectResponse(486);
        Assert.Equal(1, Scene.Calls.Count);
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.HungUpByOperator));
        a.Expect(480);
        Scene.End();
    }

    [Fact]
    public void Options_is_answered()
    {
        var a = Alice.Dialog();
        a.Request("OPTIONS", "Max-Forwards: 0\r\n");
        var response = a.Expect(200);
        Assert.Contains("application/sdp", response.Header(HeaderId.Accept), StringComparison.Ordinal);
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE, REFER, NOTIFY, SUBSCRIBE, PUBLISH", response.Header(HeaderId.Allow));
        a.Request("OPTIONS", "Require: foo\r\n");
        a.Expect(420);
        EndWithoutCall();
    }

    [Theory]
    [InlineData("BYE")]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("INFO")]
    public void In_a_dialog_that_is_none_481(string method)
    {
        var a = Alice.Dialog();
        a.SetTo("<sip:bob@gw>;tag=00000000000989e2fac70d2334");
        a.Request(method);
        a.Expect(481);
        EndWithoutCall();
    }

    [Fact]
    public void A_bye_without_a_tag_is_481()
    {
        var a = Alice.Dialog();
        a.Bye();
        a.Expect(481);
        EndWithoutCall();
    }

    /// <summary>Who knows tags and Call-ID of alice's leg, but is not where that leg is.</summary>
    [Theory]
    [InlineData(SceneModel.Inside, "127.91.0.66")]
    [InlineData(SceneModel.Outside, SceneModel.CarolAddress)]
    public void A_dialogs_request_from_elsewhere_is_481(int realm, string address)
    {
        using var scene = new CallScene(Options with { ChecksMessages = false });
        var a = scene.Alice.Call();
        var b = scene.Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Request("OPTIONS");
        a.Expect(200);
        var thief = scene.Phone("eve", realm, address, 5066);
        thief.Send(a.LastRequest.Replace("OPTIONS", "BYE", StringComparison.Ordinal));
        thief.ExpectResponse(481);
        HangUp(a, b);
        scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Draining()
    {
        var (a, b) = Answered();
        Scene.Calls.IsDraining = true;
        var refused = Bob.Call("alice");
        Assert.Equal("5", refused.Expect(503).Header(HeaderId.RetryAfter));
        var options = Bob.Dialog();
        options.Request("OPTIONS");
        Assert.Equal("5", options.Expect(503).Header(HeaderId.RetryAfter));

        // In a dialog it asks whether the call stands.
        a.Request("OPTIONS");
        a.Expect(200);
        var emergency = Alice.Call("112");
        var answered = Bob.ExpectCall();
        answered.Accept();
        emergency.ExpectAnswered();
        HangUp(emergency, answered);
        HangUp(a, b);
        Scene.End();
        Assert.Equal(2, Scene.Journal.Ended.Count);
    }

    [Fact]
    public void Calls_of_a_peer_are_limited_but_for_emergencies()
    {
        var (a, b) = Answered();
        var second = Answered();
        var refused = Alice.Call();
        Assert.Equal("5", refused.Expect(503).Header(HeaderId.RetryAfter));
        Assert.Equal(1, Refused(RefusalReason.PeerLimit));
        var toLimited = Bob.Call("alice");
        toLimited.Expect(503);
        Assert.Equal(CallCause.LimitReached, Scene.Journal.Ended[^1].Cause);
        var emergency = Alice.Call("112");
        var c = Bob.ExpectCall();
        c.Accept();
        emergency.ExpectAnswered();
        HangUp(emergency, c);
        HangUp(a, b);
        HangUp(second.A, second.B);
        Answered().A.Bye();
        Scene.End();
    }

    [Fact]
    public void New_calls_of_a_peer_in_a_second_are_limited()
    {
        ScriptedPhone carol = Scene.Carol;
        var first = carol.Call("alice");
        Alice.ExpectCall().Answer(486);
        Alice.ExpectRequest("ACK");
        first.Expect(486);
        carol.Call("alice").Expect(503);
        Scene.Advance(1000);
        carol.Call("alice");
        Alice.ExpectCall().Answer(486);
        Scene.End();
    }
}
