using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Calls.Tests.Registrations;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Fraud;

/// <summary>A user who has proven to be himself can show nobody else, whatever he writes, in whatever request.</summary>
public sealed class ShownIdentityTests : UserTest
{
    /// <summary>Of whom he would like to be taken for.</summary>
    private const string Victim = "49666";

    private const string Claims =
        "P-Asserted-Identity: \"Bank\" <sip:+49666@x.example>\r\nP-Preferred-Identity: <sip:+49666@x.example>\r\nRemote-Party-ID: <sip:+49666@x.example>;party=calling\r\n" +
        "Diversion: <sip:+49666@x.example>;reason=unconditional\r\nHistory-Info: <sip:+49666@x.example>;index=1\r\nReferred-By: <sip:+49666@x.example>\r\n" +
        "Reply-To: <sip:+49666@x.example>\r\nIdentity: 49666.sig;info=<https://x.example/49666.pem>\r\nP-Charge-Info: <sip:+49666@x.example>\r\nP-Served-User: <sip:+49666@x.example>\r\n" +
        "Attestation-Info: 49666\r\nOrigination-Id: 49666\r\nP-Charging-Vector: icid-value=49666\r\n";

    private ScriptedPhone? _phone;

    protected override SceneOptions Options => base.Options with { ChecksHiding = false };

    private ScriptedPhone Phone => _phone ??= Scene.Phone("phone", SceneModel.Inside, "127.91.0.80", 5060);

    protected override IEnumerable<Route> Routes(SceneModel model) => [];

    private PhoneDialog Call(string user, string from)
    {
        var dialog = Phone.Dialog();
        dialog.SetFrom(from);
        dialog.Invite(Phone.Sdp(), Claims);
        dialog.Invite(Phone.Sdp(), Claims + AuthenticationBench.Answer(Nonce(dialog.Expect(401)), user: user, method: "INVITE", uri: $"sip:bob@{Phone.Flow.Local}"));
        return dialog;
    }

    private static void IsHisOwn(SentMessage seen)
    {
        Assert.DoesNotContain(Victim, seen.Text, StringComparison.Ordinal);
        Assert.Contains("sip:+4930123@", seen.Header(HeaderId.From), StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_call_and_in_the_midst_of_it()
    {
        var a = Call("anna", "\"+49666\" <sip:+49666@127.91.0.80>");
        var b = Bob.ExpectCall();
        IsHisOwn(b.Asked);
        Assert.StartsWith("<sip:+4930123@", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();

        a.Invite(Phone.Sdp(version: 2), Claims);
        IsHisOwn(b.ExpectRequest("INVITE"));
        b.Accept(Bob.Sdp(version: 2));
        a.ExpectAnswered();
        foreach (var method in new[] { "INFO", "MESSAGE" })
        {
            a.Request(method, Claims);
            var request = b.ExpectRequest(method);
            IsHisOwn(request);
            b.AnswerTo(request, 200);
            Phone.ExpectResponse(200);
        }

        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData("MESSAGE", "")]
    [InlineData("SUBSCRIBE", "Event: presence\r\nExpires: 60\r\n")]
    [InlineData("REFER", "Refer-To: <sip:carol@gw>\r\n")]
    public void In_requests_outside_a_call(string method, string headers)
    {
        headers += Claims + (method == "MESSAGE" ? "" : $"Contact: <{Phone.Contact}>\r\n");
        var dialog = Phone.Dialog();
        dialog.SetFrom("\"0049666\" <sip:+49666@127.91.0.80>");
        dialog.Request(method, headers);
        dialog.Request(method, headers + AuthenticationBench.Answer(Nonce(Phone.ExpectResponse(401)), user: "anna", method: method, uri: $"sip:bob@{Phone.Flow.Local}"));
        var request = Bob.ExpectRequest(method);
        IsHisOwn(request);
        Bob.Send(ScriptedPhone.Answer(request, 489, "Bad Event", "t", "", "", ""));
        Phone.ExpectResponse(489);
        Scene.End();
    }

    [Theory]
    [InlineData("\"Anna\"", "\"Anna\" ")]
    [InlineData("\"Room 101\"", "\"Room 101\" ")]
    [InlineData("\"Bank 0049 666\"", "")]
    [InlineData("0049666", "")]
    public void A_display_name_is_a_name_and_no_number(string written, string shown)
    {
        var a = Call("anna", $"{written} <sip:anna@127.91.0.80>");
        var b = Bob.ExpectCall();
        Assert.StartsWith($"{shown}<sip:+4930123@", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_trusted_user_may_speak_for_others()
    {
        var a = Call("trude", "\"+49666\" <sip:+49666@127.91.0.80>");
        var b = Bob.ExpectCall();
        Assert.StartsWith("\"+49666\" <sip:+49666@", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.NotNull(b.Asked.Header(HeaderId.AssertedIdentity));
        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End();
    }
}
