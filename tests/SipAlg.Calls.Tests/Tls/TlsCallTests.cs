using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Tls;

/// <summary>Calls over TLS, and by sips URIs.</summary>
public sealed class TlsCallTests : TlsTest
{
    [Fact]
    public void A_peer_is_called_by_tls_and_nobody_else_at_its_place()
    {
        var bob = BobByTls();
        var a = Alice.Call();
        var b = bob.ExpectCall();

        Assert.Equal((Transport.Tls, Scene.Peers[1].Far, 0UL), (b.Asked.Flow.Transport, b.Asked.Flow.Far, b.Asked.Flow.Connection));
        Assert.Equal(BobName, Assert.Single(Scene.Identities[b.Asked.Flow.Far].Names));
        Assert.StartsWith("SIP/2.0/TLS", b.Asked.Header(HeaderId.Via));
        Assert.Contains(";alias;", b.Asked.Header(HeaderId.Via), StringComparison.Ordinal);
        Assert.EndsWith(";transport=tls>", b.Asked.Header(HeaderId.Contact));
        Assert.StartsWith("INVITE sip:bob@", b.Asked.StartLine);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_caller_by_tls_is_answered_and_called_back_on_its_connection()
    {
        var (secure, bob) = (Secure(), BobByTls());
        var a = secure.Call();
        var b = bob.ExpectCall();
        b.Accept();
        var answer = a.ExpectAnswered();
        Assert.Equal((7UL, Transport.Tls), (answer.Flow.Connection, answer.Flow.Transport));
        Assert.EndsWith(";transport=tls>", answer.Header(HeaderId.Contact));
        b.Bye();
        Assert.Equal(7UL, a.ExpectBye().Flow.Connection);
        b.Expect(200);
        Assert.Equal(Transport.Tls, Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200).CallerBy);
    }

    [Fact]
    public void A_sips_call_is_one_of_tls_and_sips_on_both_sides()
    {
        var bob = BobByTls();
        var a = CallBySips(Secure());
        var b = bob.ExpectCall();
        Assert.StartsWith("INVITE sips:bob@", b.Asked.StartLine);
        Assert.StartsWith("<sips:", b.Asked.Header(HeaderId.Contact));
        Assert.DoesNotContain("transport", b.Asked.Header(HeaderId.Contact), StringComparison.Ordinal);
        b.Accept();
        Assert.StartsWith("<sips:", a.ExpectAnswered().Header(HeaderId.Contact));
        HangUp(a, b);
        Assert.True(Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).IsSips);
    }

    [Fact]
    public void A_sips_call_goes_to_nobody_without_tls()
    {
        var a = CallBySips(Secure(), "dave");
        Assert.Contains("No way with TLS", a.Expect(480).Text, StringComparison.Ordinal);
        Scene.Dave.ExpectNothing();
        Scene.End(CallCause.NoSecureTarget, CallOutcome.Failed, 480);
    }

    [Fact]
    public void A_sips_uri_that_came_without_tls_is_refused()
    {
        CallBySips(Alice).Expect(416);
        Scene.End();
        Assert.Empty(Scene.Journal.Ended);
    }

    [Fact]
    public void Nothing_of_a_sips_dialog_is_taken_without_tls()
    {
        var bob = BobByTls();
        var a = CallBySips(Secure());
        var b = bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        var bye = $"BYE sips:x@{Alice.Flow.Local} SIP/2.0\r\nVia: SIP/2.0/UDP {Alice.Flow.Remote};branch=z9hG4bKplain\r\nMax-Forwards: 70\r\nFrom: <sip:a@x>;tag={a.LocalTag}\r\nTo: <sip:b@x>;tag={a.RemoteTag}\r\nCall-ID: {a.CallId}\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n";
        Alice.Send(bye);
        Alice.ExpectResponse(481);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Who_shows_the_certificate_of_a_peer_is_it_wherever_it_comes_from()
    {
        var carol = Shown("other.example", CarolName);
        var a = carol.Call("alice");
        Alice.ExpectCall().Accept();
        a.ExpectAnswered();
        a.Bye();
        a.Expect(200);
        Assert.Equal("carol", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).FromPeer);
    }

    [Fact]
    public void Who_has_to_show_one_is_not_known_by_its_source()
    {
        Scene.Carol.Call("alice").Expect(403);
        Alice.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void Later_requests_of_such_a_peer_come_by_its_certificate_too()
    {
        var carol = Shown(CarolName);
        var a = carol.Call("alice");
        var b = Alice.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        var plain = Scene.Phone("plain", SceneModel.Outside, "127.92.0.77", 5060);
        plain.Send($"BYE sip:x@{plain.Flow.Local} SIP/2.0\r\nVia: SIP/2.0/UDP {plain.Flow.Remote};branch=z9hG4bKplain\r\nMax-Forwards: 70\r\nFrom: <sip:a@x>;tag={a.LocalTag}\r\nTo: <sip:b@x>;tag={a.RemoteTag}\r\nCall-ID: {a.CallId}\r\nCSeq: 9 BYE\r\nContent-Length: 0\r\n\r\n");
        plain.ExpectResponse(481);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_proven_peer_may_have_its_connection_used_towards_it(bool wantsIt)
    {
        var bob = Shown(BobName);
        bob.Send($"OPTIONS sip:{bob.Flow.Local} SIP/2.0\r\nVia: SIP/2.0/TLS bob.example:5061;branch=z9hG4bKalias{(wantsIt ? ";alias" : "")}\r\nMax-Forwards: 70\r\nFrom: <sip:b@bob.example>;tag=b\r\nTo: <sip:x@x>\r\nCall-ID: options\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        bob.ExpectResponse(200);

        var aliases = Scene.Harness.Network.Aliases;
        Assert.Equal(wantsIt ? 1 : 0, aliases.Count);
        Assert.All(aliases, alias => Assert.Equal((9UL, bob.Flow.Remote.WithPort(5061), Scene.Peers[1].Far), alias));
        Scene.End();
    }

    [Theory]
    [InlineData("")]
    [InlineData("somebody.else.example")]
    public void Nobody_is_aliased_who_has_proven_nothing_of_the_peer(string name)
    {
        var bob = Scene.Secure("stranger", SceneModel.Outside, SceneModel.BobAddress, 40000, 9, name.Length == 0 ? default : Scene.Identities.OfCertificate([name]).Number);
        bob.Send($"OPTIONS sip:{bob.Flow.Local} SIP/2.0\r\nVia: SIP/2.0/TLS bob.example:5061;branch=z9hG4bKalias;alias\r\nMax-Forwards: 70\r\nFrom: <sip:b@bob.example>;tag=b\r\nTo: <sip:x@x>\r\nCall-ID: options\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
        bob.ExpectResponse(200);
        Assert.Empty(Scene.Harness.Network.Aliases);
        Scene.End();
    }

    [Fact]
    public void A_failure_towards_one_of_two_at_a_place_is_not_the_others()
    {
        var bob = BobByTls();
        Alice.Call();
        bob.ExpectCall();
        var other = new Flow(Transport.Tls, bob.Flow.Listener, bob.Flow.Local, bob.Flow.Remote, 99, Scene.Identities.OfHost("other.example").Number);
        Scene.Turn(() => Scene.Harness.ConnectionFailed(other, ConnectFailure.CertificateName));
        Scene.Advance(1);
        Assert.Empty(Scene.Journal.Ended);
    }

    [Fact]
    public void Identities_are_bounded_where_strangers_bring_them()
    {
        var identities = new TlsIdentities();
        ushort last = 0;
        for (var number = 0; number < 20_000; number++)
        {
            last = identities.OfHost($"host{number}.example").Number;
        }

        Assert.Equal((0, 0), (last, identities[last].Names.Length));
        Assert.NotEqual(0, identities.OfPeer(1, ["peer.example"], isMutual: false).Number);
        Assert.Equal(1, identities.OfHost("HOST0.example").Number);
    }
}

/// <summary>A peer whose address is a sips URI.</summary>
public sealed class SipsPeerTests : TlsTest
{
    protected override bool IsSips => true;

    [Fact]
    public void Is_called_by_sips_whoever_calls()
    {
        var bob = BobByTls();
        var a = Alice.Call();
        var b = bob.ExpectCall();
        Assert.StartsWith("INVITE sips:bob@", b.Asked.StartLine);
        Assert.StartsWith("<sips:", b.Asked.Header(HeaderId.Contact));
        b.Accept();
        Assert.StartsWith("<sip:", a.ExpectAnswered().Header(HeaderId.Contact));
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
