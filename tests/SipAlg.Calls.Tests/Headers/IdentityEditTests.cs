using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Headers;

/// <summary>Who is said to call where the dialplan sets number, name or privacy, and what the caller has asked for besides.</summary>
public sealed class IdentityEditTests : IdentityTest
{
    private static RouteEdits Edits(string? caller = "+4999", string? name = null, PrivacyValues? privacy = null) => new()
    {
        Caller = caller is null ? null : SceneModel.Template(caller),
        CallerName = name is null ? null : SceneModel.Template(name),
        Privacy = privacy,
    };

    [Fact]
    public void A_number_and_a_name_that_are_set_stand_wherever_the_caller_does()
    {
        Set = Edits(name: "Example \"Ltd\"");
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
        Set = Edits();
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
        Set = Edits(caller: null, privacy: set);
        var seen = Seen(Identities + "Privacy: history\r\n", "set");
        Assert.Equal(written, seen.Header(HeaderId.Privacy));
        Assert.Equal(isAnonymous, seen.Header(HeaderId.From)!.StartsWith("\"Anonymous\" <sip:anonymous@anonymous.invalid>", StringComparison.Ordinal));
        Assert.Equal(bob || set == PrivacyValues.None, seen.Header(HeaderId.AssertedIdentity) is not null);
    }

    [Fact]
    public void Privacy_that_is_set_holds_for_the_whole_dialog()
    {
        Trust(alice: true, bob: false);
        Set = Edits(caller: null, privacy: PrivacyValues.Id);
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
        Set = Edits(name: "Ltd");
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
        Set = Edits();
        Assert.DoesNotContain("+4999", Seen("", "set", from).Header(HeaderId.From)!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dialplan_may_name_an_anonymous_caller()
    {
        Set = Edits(privacy: PrivacyValues.None);
        var seen = Seen("Privacy: id\r\n", "set", Anonymous);
        Assert.StartsWith("\"Anonymous\" <sip:+4999@127.92.0.20>", seen.Header(HeaderId.From));
        Assert.Equal("none", seen.Header(HeaderId.Privacy));
    }

    /// <summary>What the caller's dialplan sets is not the callee's name.</summary>
    [Fact]
    public void The_callees_identity_is_its_own()
    {
        Set = Edits(name: "Ltd", privacy: PrivacyValues.Id);
        var a = Alice.Call("set");
        var b = Bob.ExpectCall();
        b.Answer(180, headers: "P-Asserted-Identity: \"B\" <sip:+4940@q7bobx.example>\r\n");
        var ringing = a.Expect(180);
        Assert.Equal("\"B\" <sip:+4940@127.91.0.10>", ringing.Header(HeaderId.AssertedIdentity));
        Lacks(ringing, HeaderId.Privacy);
    }
}
