using SipAlg.Calls.Calls;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>
/// Who is said to call, by trust (RFC 3325 §5) and by the privacy that is asked for (RFC 3323 §5, RFC 3325 §9.3). Alice calls; who of
/// alice and bob is in the trust domain is what each test begins with.
/// </summary>
public sealed class IdentityTests : IdentityTest
{
    private static readonly HeaderId[] All =
        [HeaderId.AssertedIdentity, HeaderId.PreferredIdentity, HeaderId.RemotePartyId, HeaderId.Diversion, HeaderId.HistoryInfo];

    [Theory]
    [InlineData(true, true, "")]
    [InlineData(true, false, "")]
    [InlineData(true, true, "Privacy: id;user;header;history\r\n")]
    [InlineData(true, false, "Privacy: none\r\n")]
    [InlineData(true, false, "Privacy: none;id\r\n")]
    public void What_a_trusted_peer_asserts_is_told(bool alice, bool bob, string privacy)
    {
        Trust(alice, bob);
        var seen = Seen(Identities + privacy);
        Has(seen, All);
        Assert.Contains(privacy, seen.Text, StringComparison.Ordinal);
        Assert.StartsWith("\"alice\" <sip:alice@127.92.0.20>", seen.Header(HeaderId.From));
    }

    /// <summary>RFC 3325 §5: not from one who is not trusted; and nobody's word for who diverted a call either.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_another_asserts_is_not_told_to_anybody(bool bob)
    {
        Trust(alice: false, bob);
        var seen = Seen(Identities + "Privacy: none\r\n");
        Lacks(seen, All);
        Assert.StartsWith("\"alice\" <sip:alice@127.92.0.20>", seen.Header(HeaderId.From));
    }

    [Theory]
    [InlineData("Privacy: id\r\n", "id")]
    [InlineData("privacy :\r\n id ; critical\r\n", "id ; critical")]
    [InlineData("Privacy: id, critical\r\n", "id, critical")]
    [InlineData("Privacy: id;user\r\n", "id")]
    [InlineData("Privacy: header;user;session;history;id;critical\r\n", "id;critical")]
    [InlineData("Privacy: user\r\nPrivacy: id\r\n", "id")]
    [InlineData("Privacy: user;critical\r\n", null)]
    [InlineData("Privacy: header\r\n", null)]
    [InlineData("Privacy: user;x-own\r\n", "x-own")]
    public void An_identity_that_is_private_does_not_leave_the_domain(string privacy, string? remaining)
    {
        Trust(alice: true, bob: false);
        var seen = Seen(Identities + privacy);
        Lacks(seen, HeaderId.AssertedIdentity, HeaderId.PreferredIdentity, HeaderId.RemotePartyId);
        Assert.Equal(remaining, seen.Header(HeaderId.Privacy));
        Assert.DoesNotContain("+4930", seen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("id", false)]
    [InlineData("session", false)]
    [InlineData("history", false)]
    [InlineData("user", true)]
    [InlineData("header", true)]
    [InlineData("USER;critical", true)]
    public void From_is_concealed_where_the_user_asks_for_it(string privacy, bool isConcealed)
    {
        Trust(alice: true, bob: false);
        var own = "Subject: about alice\r\ns: alice\r\nOrganization: Alice Ltd\r\nUser-Agent: alices phone\r\nReply-To: <sip:alice@q7alicex.example>\r\nIdentity: alices.token\r\ny: alice\r\n" +
            "Call-Info: <sip:alice@q7alicex.example>\r\nX-Own: kept\r\nUser-to-User: 616c;encoding=hex\r\n";
        var a = Alice.Call(headers: own + $"Privacy: {privacy}\r\n");
        var b = Bob.ExpectCall();
        Assert.StartsWith(isConcealed ? "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=" : "\"alice\" <sip:alice@127.92.0.20>;tag=", b.Asked.Header(HeaderId.From));
        Assert.Equal(!isConcealed, b.Asked.Text.Contains("alice", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("\r\nX-Own: kept\r\n", b.Asked.Text, StringComparison.Ordinal);
        Assert.Contains("\r\nUser-to-User: 616c;encoding=hex\r\n", b.Asked.Text, StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), own);
        Assert.Equal(!isConcealed, b.ExpectRequest("INVITE").Text.Contains("alice", StringComparison.OrdinalIgnoreCase));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_target_that_is_no_peer_is_not_trusted()
    {
        var seen = Seen(Identities + "Privacy: id;user\r\n", "uri");
        Lacks(seen, HeaderId.AssertedIdentity, HeaderId.RemotePartyId);
        Assert.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>", seen.Header(HeaderId.From));
    }

    [Theory]
    [InlineData("critical;header;foo", false, 500)]
    [InlineData("foo;critical", false, 500)]
    [InlineData("foo", false, 0)]
    [InlineData("critical;user;id;session;header;history", false, 0)]
    [InlineData("foo;critical", true, 0)]
    public void Privacy_that_is_critical_is_given_or_the_call_fails(string privacy, bool bob, int status)
    {
        Trust(alice: true, bob);
        var a = Alice.Call(headers: $"Privacy: {privacy}\r\n");
        if (status == 0)
        {
            Bob.ExpectCall();
            return;
        }

        Assert.StartsWith("SIP/2.0 500 Requested privacy not available\r\n", a.Expect(status).Text);
        Bob.ExpectNothing();
        Scene.End(CallCause.PrivacyUnavailable, CallOutcome.Rejected, 500);
    }

    /// <summary>RFC 3323 §4.3: who gives the privacy takes the demand away, who does not passes it on.</summary>
    [Theory]
    [InlineData(true, "privacy")]
    [InlineData(false, null)]
    public void Privacy_that_is_demanded_of_proxies(bool bob, string? demanded)
    {
        Trust(alice: true, bob);
        Assert.Equal(demanded, Seen("Proxy-Require: privacy\r\nPrivacy: user\r\n").Header(HeaderId.ProxyRequire));
    }

    [Theory]
    [InlineData("full", null)]
    [InlineData("uri", null)]
    [InlineData("\"full\"", null)]
    [InlineData("full-network", null)]
    [InlineData("whatever", null)]
    [InlineData("name", "<sip:+4930@127.92.0.20>;party=calling;privacy=name")]
    [InlineData("off", "\"A\" <sip:+4930@127.92.0.20>;party=calling;privacy=off")]
    public void A_remote_party_with_privacy_of_its_own(string privacy, string? seen)
    {
        Trust(alice: true, bob: false);
        var invite = Seen($"Remote-Party-ID: \"A\" <sip:+4930@q7alicex.example>;party=calling;privacy={privacy}\r\nP-Asserted-Identity: <sip:+4930@q7alicex.example>\r\n");
        Assert.Equal(seen, invite.Header(HeaderId.RemotePartyId));

        // It is the older word for Privacy: id.
        Assert.Equal(seen is not null, invite.Header(HeaderId.AssertedIdentity) is not null);
    }

    [Fact]
    public void A_remote_party_keeps_its_privacy_within_the_domain()
    {
        const string value = "\"A\" <sip:+4930@127.92.0.20>;party=calling;privacy=full";
        Assert.Equal(value, Seen("Remote-Party-ID: \"A\" <sip:+4930@q7alicex.example>;party=calling;privacy=full\r\n").Header(HeaderId.RemotePartyId));
    }

    [Fact]
    public void The_privacy_of_the_called_party_is_not_the_callers()
    {
        Trust(alice: true, bob: false);
        var invite = Seen("Remote-Party-ID: <sip:+4930@q7alicex.example>;party=called;privacy=full\r\nP-Asserted-Identity: <sip:+4931@q7alicex.example>\r\n");
        Lacks(invite, HeaderId.RemotePartyId);
        Has(invite, HeaderId.AssertedIdentity);
    }

    [Theory]
    [InlineData("\"D\" <sip:+4932@q7alicex.example>;reason=no-answer;privacy=full", "", null)]
    [InlineData("\"D\" <sip:+4932@q7alicex.example>;privacy=name, <sip:+4933@q7alicex.example>;privacy=off", "", "<sip:+4932@127.92.0.20>;privacy=name, <sip:+4933@127.92.0.20>;privacy=off")]
    [InlineData("<sip:+4932@q7alicex.example>", "Privacy: id\r\n", "<sip:+4932@127.92.0.20>")]
    [InlineData("<sip:+4932@q7alicex.example>", "Privacy: history\r\n", null)]
    [InlineData("<sip:+4932@q7alicex.example>", "Privacy: header\r\n", null)]
    public void Who_diverted_the_call_may_be_private(string sent, string privacy, string? seen)
    {
        Trust(alice: true, bob: false);
        Assert.Equal(seen, Seen($"Diversion: {sent}\r\n{privacy}").Header(HeaderId.Diversion));
    }

    [Theory]
    [InlineData("", "<sip:bob@127.92.0.20>;index=1, <sip:anonymous@anonymous.invalid>;index=1.1;mp=1, \"C\" <sip:c@127.92.0.20?Reason=SIP%3Bcause%3D486>;index=1.2")]
    [InlineData("Privacy: history\r\n", "<sip:anonymous@anonymous.invalid>;index=1, <sip:anonymous@anonymous.invalid>;index=1.1;mp=1, <sip:anonymous@anonymous.invalid>;index=1.2")]
    [InlineData("Privacy: session\r\n", "<sip:anonymous@anonymous.invalid>;index=1, <sip:anonymous@anonymous.invalid>;index=1.1;mp=1, <sip:anonymous@anonymous.invalid>;index=1.2")]
    [InlineData("Privacy: id\r\n", "<sip:bob@127.92.0.20>;index=1, <sip:anonymous@anonymous.invalid>;index=1.1;mp=1, \"C\" <sip:c@127.92.0.20?Reason=SIP%3Bcause%3D486>;index=1.2")]
    public void A_history_keeps_its_places_and_conceals_who_is_private(string privacy, string seen)
    {
        const string sent = "<sip:bob@q7alicex.example>;index=1, \"D\" <sip:+4932@q7alicex.example?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1.1;mp=1, \"C\" <sip:c@q7alicex.example?Reason=SIP%3Bcause%3D486&Privacy=none>;index=1.2";
        Trust(alice: true, bob: false);
        Assert.Equal(seen.Replace("%3D486>", "%3D486&Privacy=none>", StringComparison.Ordinal), Seen($"History-Info: {sent}\r\n{privacy}").Header(HeaderId.HistoryInfo));
    }

    [Theory]
    [InlineData(true, "carol")]
    [InlineData(false, "bob")]
    public void The_dialplan_sees_the_asserted_number_of_those_who_are_trusted(bool alice, string called)
    {
        Trust(alice, bob: true);
        Alice.Call("q", headers: "P-Asserted-Identity: <sip:+4930@q7alicex.example>\r\n");
        (called == "carol" ? Scene.Carol : Bob).ExpectCall();
    }

    [Fact]
    public void The_record_has_the_number_that_is_believed()
    {
        Trust(alice: false, bob: true);
        var a = Alice.Call("barred", headers: "P-Asserted-Identity: <sip:+4930@q7alicex.example>\r\n");
        a.Expect(403);
        Assert.Equal("alice", Scene.End(CallCause.RejectedByRoute, CallOutcome.Rejected, 403).Caller);
    }

    // ---- the other way

    [Theory]
    [InlineData(true, true, "Privacy: id\r\n", true)]
    [InlineData(true, false, "", false)]
    [InlineData(false, true, "Privacy: id\r\n", false)]
    [InlineData(false, true, "", true)]
    public void Who_has_answered(bool alice, bool bob, string privacy, bool isTold)
    {
        Trust(alice, bob);
        var headers = $"P-Asserted-Identity: <sip:+4940@q7bobx.example>\r\n{privacy}";
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(180, headers: headers);
        Assert.Equal(isTold ? "<sip:+4940@127.91.0.10>" : null, a.Expect(180).Header(HeaderId.AssertedIdentity));
        b.Answer(200, Bob.Sdp(), headers: headers);
        b.ExpectRequest("ACK");
        Assert.Equal(isTold, a.ExpectAnswered().Header(HeaderId.AssertedIdentity) is not null);
        b.Invite(Bob.Sdp(version: 2), headers);
        Assert.Equal(isTold, a.ExpectRequest("INVITE").Header(HeaderId.AssertedIdentity) is not null);
        a.Accept();
        b.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_has_refused(bool bob)
    {
        Trust(alice: true, bob);
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(486, headers: "P-Asserted-Identity: <sip:+4940@q7bobx.example>\r\n");
        b.ExpectRequest("ACK");
        Assert.Equal(bob, a.Expect(486).Header(HeaderId.AssertedIdentity) is not null);
        Scene.End();
    }
}
