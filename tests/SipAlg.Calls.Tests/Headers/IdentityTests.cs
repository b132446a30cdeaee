using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>
/// Who is said to call, by trust (RFC 3325 §5) and by the privacy that is asked for (RFC 3323 §5, RFC 3325 §9.3). Alice calls; who of
/// alice and bob is in the trust domain is what each test begins with.
/// </summary>
public sealed class IdentityTests : CallTest
{
    private const string Identities =
        "P-Asserted-Identity: \"A\" <sip:+4930@q7alicex.example>, <tel:+4930>\r\nP-Preferred-Identity: <sip:+4931@q7alicex.example>\r\n" +
        "Remote-Party-ID: \"A\" <sip:+4930@q7alicex.example>;party=calling;screen=yes\r\nDiversion: \"D\" <sip:+4932@q7alicex.example>;reason=unconditional\r\n" +
        "History-Info: <sip:bob@q7alicex.example>;index=1, <sip:+4932@q7alicex.example>;index=1.1;mp=1\r\n";

    private static readonly HeaderId[] All =
        [HeaderId.AssertedIdentity, HeaderId.PreferredIdentity, HeaderId.RemotePartyId, HeaderId.Diversion, HeaderId.HistoryInfo];

    private bool _trustsAlice = true;
    private bool _trustsBob = true;
    private RouteEdits _edits = RouteEdits.None;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { IsTrusted = peer.Name switch { "alice" => _trustsAlice, "bob" => _trustsBob, _ => true } },
        Routes = model =>
        [
            SceneModel.Dialplan(SceneModel.Head("by number", [SceneModel.Called("q"), new NumberCondition(false, new ListedNumbers(["+4930"]))]), RouteEdits.None, SceneModel.To(model.Carol)),
            SceneModel.Dialplan(SceneModel.Head("set", [SceneModel.Called("set")]), _edits, SceneModel.To(model.Bob)),
            SceneModel.Dialplan(
                SceneModel.Head("uri", [SceneModel.Called("uri")]), RouteEdits.None,
                new RouteTarget { Kind = TargetKind.Uri, Uri = $"sip:ext@{SceneModel.CarolAddress}", Realm = SceneModel.Outside }),
        ],
    };

    private void Trust(bool alice, bool bob) => (_trustsAlice, _trustsBob) = (alice, bob);

    /// <summary>What bob sees of alice's call.</summary>
    private SentMessage Seen(string headers, string called = "bob", string? from = null)
    {
        var a = Alice.Dialog(called);
        if (from is not null)
        {
            a.SetFrom(from);
        }

        a.Invite(Alice.Sdp(), headers);
        return (called == "uri" ? Scene.Carol : Bob).ExpectCall().Asked;
    }

    private static void Lacks(SentMessage message, params HeaderId[] ids) => Assert.All(ids, id => Assert.Null(message.Header(id)));

    private static void Has(SentMessage message, params HeaderId[] ids) => Assert.All(ids, id => Assert.NotNull(message.Header(id)));

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

    // ---- what the dialplan sets

    private static RouteEdits Edits(string? caller = "+4999", string? name = null, PrivacyValues? privacy = null) => new()
    {
        Caller = caller is null ? null : SceneModel.Template(caller),
        CallerName = name is null ? null : SceneModel.Template(name),
        Privacy = privacy,
    };

    [Fact]
    public void A_number_and_a_name_that_are_set_stand_wherever_the_caller_does()
    {
        _edits = Edits(name: "Example \"Ltd\"");
        var seen = Seen(Identities + "Remote-Party-ID: \"B\" <sip:+4955@q7alicex.example>;party=called\r\n", "set");
        const string name = "\"Example \\\"Ltd\\\"\"";
        Assert.StartsWith($"{name} <sip:+4999@127.92.0.20>;tag=", seen.Header(HeaderId.From));
        Assert.Equal($"{name} <sip:+4999@127.92.0.20>, {name} <tel:+4999>", seen.Header(HeaderId.AssertedIdentity));
        Assert.Equal($"{name} <sip:+4999@127.92.0.20>", seen.Header(HeaderId.PreferredIdentity));
        Assert.Contains($"\r\nRemote-Party-ID: {name} <sip:+4999@127.92.0.20>;party=calling;screen=yes\r\nDiversion: ", seen.Text, StringComparison.Ordinal);
        Assert.Contains("\r\nRemote-Party-ID: \"B\" <sip:+4955@127.92.0.20>;party=called\r\n", seen.Text, StringComparison.Ordinal);
        Lacks(seen, HeaderId.Privacy);
    }

    /// <summary>A later message must not show the number that the first one did not.</summary>
    [Fact]
    public void A_number_that_is_set_holds_for_the_whole_dialog()
    {
        _edits = Edits();
        var a = Alice.Call("set");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), "P-Asserted-Identity: <sip:12@q7alicex.example>\r\n");
        Assert.Equal("<sip:+4999@127.92.0.20>", b.ExpectRequest("INVITE").Header(HeaderId.AssertedIdentity));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData(PrivacyValues.Id, true, "id", false)]
    [InlineData(PrivacyValues.Id | PrivacyValues.User | PrivacyValues.Critical, true, "user;id;critical", false)]
    [InlineData(PrivacyValues.None, true, "none", false)]
    [InlineData(PrivacyValues.Id, false, "id", false)]
    [InlineData(PrivacyValues.Id | PrivacyValues.User | PrivacyValues.Critical, false, "id;critical", true)]
    [InlineData(PrivacyValues.User | PrivacyValues.Critical, false, null, true)]
    [InlineData(PrivacyValues.None, false, "none", false)]
    public void Privacy_that_is_set_goes_before_what_is_asked_for(PrivacyValues set, bool bob, string? written, bool isAnonymous)
    {
        Trust(alice: true, bob);
        _edits = Edits(caller: null, privacy: set);
        var seen = Seen(Identities + "Privacy: history\r\n", "set");
        Assert.Equal(written, seen.Header(HeaderId.Privacy));
        Assert.Equal(isAnonymous, seen.Header(HeaderId.From)!.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>", StringComparison.Ordinal));
        Assert.Equal(bob || set == PrivacyValues.None, seen.Header(HeaderId.AssertedIdentity) is not null);
    }

    [Fact]
    public void Privacy_that_is_set_holds_for_the_whole_dialog()
    {
        Trust(alice: true, bob: false);
        _edits = Edits(caller: null, privacy: PrivacyValues.Id);
        var a = Alice.Call("set");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), Identities);
        Lacks(b.ExpectRequest("INVITE"), HeaderId.AssertedIdentity);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Privacy_that_was_asked_for_holds_for_messages_that_do_not_say()
    {
        Trust(alice: true, bob: false);
        var a = Alice.Call(headers: "Privacy: id\r\n");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 2), Identities);
        Lacks(b.ExpectRequest("INVITE"), HeaderId.AssertedIdentity, HeaderId.Privacy);
        b.Accept();
        a.ExpectAnswered();
        a.Invite(Alice.Sdp(version: 3), Identities + "Privacy: none\r\n");
        Has(b.ExpectRequest("INVITE"), HeaderId.AssertedIdentity, HeaderId.Privacy);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    private const string Anonymous = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";

    /// <summary>A number that the dialplan sets does not undo what the caller did to stay unnamed, but the domain is told.</summary>
    [Theory]
    [InlineData(true, "", "<sip:+4999@127.92.0.20>", "id")]
    [InlineData(true, "Privacy: id\r\n", "<sip:+4999@127.92.0.20>", "id")]
    [InlineData(true, "P-Asserted-Identity: <sip:12@q7alicex.example>\r\nPrivacy: id;user\r\n", "\"Ltd\" <sip:+4999@127.92.0.20>", "id;user")]
    [InlineData(false, "", null, null)]
    public void An_anonymous_caller_stays_so(bool bob, string headers, string? asserted, string? privacy)
    {
        Trust(alice: true, bob);
        _edits = Edits(name: "Ltd");
        var seen = Seen(headers, "set", Anonymous);
        Assert.StartsWith(Anonymous, seen.Header(HeaderId.From));
        Assert.Equal(asserted, seen.Header(HeaderId.AssertedIdentity));
        Assert.Equal(privacy, seen.Header(HeaderId.Privacy));
        if (!bob)
        {
            Assert.DoesNotContain("+4999", seen.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("sip:anonymous@q7alicex.example")]
    [InlineData("<sip:Anonymous@q7alicex.example>")]
    [InlineData("<sip:alice@anonymous.invalid>")]
    public void Other_forms_of_anonymous(string from)
    {
        _edits = Edits();
        Assert.DoesNotContain("+4999", Seen("", "set", from).Header(HeaderId.From)!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dialplan_may_name_an_anonymous_caller()
    {
        _edits = Edits(privacy: PrivacyValues.None);
        var seen = Seen("Privacy: id\r\n", "set", Anonymous);
        Assert.StartsWith("\"Anonymous\" <sip:+4999@127.92.0.20>", seen.Header(HeaderId.From));
        Assert.Equal("none", seen.Header(HeaderId.Privacy));
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

    /// <summary>What the caller's dialplan sets is not the callee's name.</summary>
    [Fact]
    public void The_callees_identity_is_its_own()
    {
        _edits = Edits(name: "Ltd", privacy: PrivacyValues.Id);
        var a = Alice.Call("set");
        var b = Bob.ExpectCall();
        b.Answer(180, headers: "P-Asserted-Identity: \"B\" <sip:+4940@q7bobx.example>\r\n");
        var ringing = a.Expect(180);
        Assert.Equal("\"B\" <sip:+4940@127.91.0.10>", ringing.Header(HeaderId.AssertedIdentity));
        Lacks(ringing, HeaderId.Privacy);
    }
}
