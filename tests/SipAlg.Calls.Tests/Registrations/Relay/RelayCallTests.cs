using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>Calls from the PBX to its phones and from these to it.</summary>
public sealed class RelayCallTests : RelayCallTest
{
    private const string ProxyChallenge = "Proxy-Authenticate: Digest realm=\"pbx.example.com\", nonce=\"n1\", qop=\"auth\"\r\n";
    private const string InviteProof = "Proxy-Authorization: Digest username=\"ann\", realm=\"pbx.example.com\", nonce=\"n1\", uri=\"sip:100@pbx.example.com\", response=\"4567\"\r\n";

    [Fact]
    public void The_pbx_calls_the_contact_and_the_phone_rings_by_its_own()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        var a = Call(token);
        var b = phone.ExpectCall();
        Assert.Equal($"INVITE sip:ann@{phone.Flow.Remote};line=7 SIP/2.0", b.Asked.StartLine);
        Assert.DoesNotContain(token, b.Asked.Text, StringComparison.Ordinal);
        Assert.Contains($"@{Domain}>", b.Asked.Header(HeaderId.To), StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        b.Invite(phone.Sdp(version: 2));
        a.ExpectRequest("INVITE");
        a.Answer(200, Pbx.Sdp(version: 2));
        b.ExpectAnswered();
        a.ExpectRequest("ACK");
        HangUp(b, a);
        Forget();
        var record = Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        Assert.Equal(("inside", null, null, "bob"), (record.ToRealm, record.ToUser, record.FromUser, record.FromPeer));
        Assert.Null(RouteQuestion.Explain(record, default));
    }

    [Fact]
    public void A_phone_behind_nat_is_called_where_it_registered_from()
    {
        var phone = Phone("nat", "127.91.0.70", 40001);
        phone.Inner = "192.168.1.5:5060";
        var token = Token(Registered(phone));
        var a = Call(token);
        var b = phone.ExpectCall();
        Assert.Equal("INVITE sip:ann@192.168.1.5:5060;line=7 SIP/2.0", b.Asked.StartLine);
        Completes(a, b);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_phone_rings_by_its_connection_and_not_without_it()
    {
        var phone = Phone(connection: 5);
        var token = Token(Registered(phone));
        var a = Call(token);
        var b = phone.ExpectCall();
        Assert.Equal(5UL, b.Asked.Flow.Connection);
        Completes(a, b);
        Scene.Turn(() => Scene.Harness.ConnectionClosed(phone.Flow, CloseReason.Remote));
        Call(token).Expect(480);
        Dial(phone, "100").Expect(403);
        Forget();
        Scene.End();
    }

    [Fact]
    public void The_route_is_the_path_that_was_registered()
    {
        var (phone, edge) = (Phone(), Phone("edge", "127.91.0.99"));
        Register(phone, 1, headers: "Path: <sip:127.91.0.99;lr>\r\nSupported: path\r\n");
        var asked = Answers();
        Assert.Null(asked.Header(HeaderId.Path));
        Assert.Equal("<sip:127.91.0.99;lr>", phone.ExpectResponse(200).Header(HeaderId.Path));
        var a = Call(Token(asked));
        var b = edge.ExpectCall();
        Assert.Equal("<sip:127.91.0.99;lr>", b.Asked.Header(HeaderId.Route));
        Completes(a, b);
        Forget();
        Scene.End();
    }

    [Fact]
    public void Nobody_but_the_registrar_reaches_a_contact()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        foreach (var stranger in new[] { Carol, Dave, Scene.Alice })
        {
            var dialog = stranger.Dialog("ann");
            dialog.SetTarget($"sip:{token}@{stranger.Flow.Local}");
            dialog.Invite(stranger.Sdp());
            dialog.Expect(404);
        }

        phone.ExpectNothing();
        Forget();
        Call(token).Expect(404);
        Scene.End();
    }

    [Fact]
    public void A_message_and_a_notify_of_the_pbx_reach_the_phone()
    {
        var phone = Phone();
        var token = Token(Registered(phone));
        foreach (var method in new[] { "MESSAGE", "NOTIFY" })
        {
            var dialog = Pbx.Dialog("ann");
            dialog.SetTarget(ContactOf(token));
            dialog.Request(method, method == "NOTIFY" ? $"Event: message-summary\r\nSubscription-State: active\r\nContact: <{Pbx.Contact}>\r\n" : "", "x", "text/plain");
            var asked = phone.ExpectRequest(method);
            Assert.Equal($"{method} sip:ann@{phone.Flow.Remote};line=7 SIP/2.0", asked.StartLine);
            phone.Send(ScriptedPhone.Answer(asked, 200, "OK", "t", "", "", ""));
            Pbx.ExpectResponse(200);
        }

        Forget();
        Scene.End();
    }

    [Theory]
    [InlineData(407, ProxyChallenge, InviteProof)]
    [InlineData(401, Challenge, Proof)]
    public void The_pbx_challenges_an_invite_and_the_phone_answers(int status, string challenge, string proof)
    {
        var phone = Phone();
        Registered(phone);
        var a = Dial(phone, "100");
        var b = Pbx.ExpectCall();
        Assert.Equal($"INVITE sip:100@{Domain} SIP/2.0", b.Asked.StartLine);
        Refuse(b, status, headers: challenge);
        Assert.Contains(challenge, a.Expect(status).Text, StringComparison.Ordinal);
        a.Invite(phone.Sdp(), proof);
        b = Pbx.ExpectCall();
        Assert.Equal($"INVITE sip:100@{Domain} SIP/2.0", b.Asked.StartLine);
        Assert.Contains(proof, b.Asked.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("gateway", b.Asked.Text, StringComparison.Ordinal);
        b.Answer(200, Pbx.Sdp());
        Assert.Contains(proof, b.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        a.ExpectAnswered();
        HangUp(a, b);
        Forget();
        Scene.End();
        Assert.Equal([(CallOutcome.Failed, status), (CallOutcome.Answered, 200)], Scene.Journal.Ended.Select(record => (record.Outcome, record.Status)));
    }

    [Fact]
    public void The_pbx_challenges_what_is_asked_in_a_call()
    {
        var phone = Phone();
        Registered(phone);
        var a = Dial(phone, "100");
        var b = Pbx.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Invite(phone.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        Refuse(b, 407, headers: ProxyChallenge);
        Assert.Contains(ProxyChallenge, a.Expect(407).Text, StringComparison.Ordinal);
        a.Invite(phone.Sdp(version: 2), InviteProof);
        Assert.Contains(InviteProof, b.ExpectRequest("INVITE").Text, StringComparison.Ordinal);
        b.Answer(200, Pbx.Sdp(version: 2));
        a.ExpectAnswered();
        Assert.Contains(InviteProof, b.ExpectRequest("ACK").Text, StringComparison.Ordinal);
        a.Request("INFO", "Info-Package: x\r\n", "x", "text/plain");
        b.AnswerTo(b.ExpectRequest("INFO"), 401, headers: Challenge);
        Assert.Contains(Challenge, a.Expect(401).Text, StringComparison.Ordinal);
        HangUp(a, b);
        Forget();
        Scene.End();
    }

    [Fact]
    public void The_pbx_challenges_the_end_of_a_call()
    {
        var (a, b) = Talk(Phone());
        a.Bye();
        b.AnswerTo(b.ExpectRequest("BYE"), 407, headers: ProxyChallenge);
        Assert.Contains(ProxyChallenge, a.Expect(407).Text, StringComparison.Ordinal);
        Assert.Equal(1, Scene.Calls.Count);
        a.Bye(InviteProof);
        var bye = b.ExpectRequest("BYE");
        Assert.Contains(InviteProof, bye.Text, StringComparison.Ordinal);
        b.AnswerTo(bye, 200);
        a.Expect(200);
        Assert.Equal(0, Scene.Calls.Count);
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData(481)]
    [InlineData(500)]
    [InlineData(0)]
    public void A_call_ends_whatever_else_the_pbx_says_to_its_end(int status)
    {
        var (a, b) = Talk(Phone());
        a.Bye();
        var bye = b.ExpectRequest("BYE");
        if (status > 0)
        {
            b.AnswerTo(bye, status);
        }
        else
        {
            Scene.Advance(32_000);
            Pbx.Take();
        }

        a.Expect(200);
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Both_may_hang_up_at_once()
    {
        var (a, b) = Talk(Phone());
        a.Bye();
        var bye = b.ExpectRequest("BYE");
        b.Bye();
        b.Expect(200);
        b.AnswerTo(bye, 481);
        a.ExpectBye();
        a.Expect(200);
        Forget();
        Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_call_with_a_change_under_way_ends_at_once()
    {
        var phone = Phone();
        var (a, b) = Talk(phone);
        a.Invite(phone.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        a.Bye();
        a.Expect(200);
        a.Expect(487);
        b.Answer(200, Pbx.Sdp(version: 2));
        Pbx.Take();
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    private (PhoneDialog A, PhoneDialog B) Talk(ScriptedPhone phone)
    {
        Registered(phone);
        var a = Dial(phone, "100");
        var b = Pbx.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        return (a, b);
    }

    [Theory]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("PUBLISH")]
    public void The_pbx_challenges_other_requests_too(string method)
    {
        var phone = Phone();
        Registered(phone);
        var a = phone.Dialog("100");
        a.SetTarget($"sip:100@{Domain}");
        var fields = $"{(method == "SUBSCRIBE" ? $"Contact: <{phone.Contact}>\r\n" : "")}Event: presence\r\nExpires: 60\r\n";
        a.Request(method, fields);
        Pbx.Send(ScriptedPhone.Answer(Pbx.ExpectRequest(method), 407, "Prove it", "t", ProxyChallenge, "", ""));
        Assert.Contains(ProxyChallenge, phone.ExpectResponse(407).Text, StringComparison.Ordinal);
        a.Request(method, fields + InviteProof);
        var again = Pbx.ExpectRequest(method);
        Assert.Equal($"{method} sip:100@{Domain} SIP/2.0", again.StartLine);
        Assert.Contains(InviteProof, again.Text, StringComparison.Ordinal);
        Pbx.Send(ScriptedPhone.Answer(again, 403, "No", "t", "", "", ""));
        phone.ExpectResponse(403);
        Forget();
        Scene.End();
    }
}
