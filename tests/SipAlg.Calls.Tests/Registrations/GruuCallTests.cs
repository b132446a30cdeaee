using System.Text.RegularExpressions;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Requests to a GRUU (RFC 5627 §5.3): they reach the one device, wherever it is, and nobody once it is gone.</summary>
public sealed class GruuCallTests : UserTest
{
    private const string Supports = "Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\r\n";
    private ScriptedPhone _other = null!;
    private ScriptedPhone _phone = null!;
    private string _public = "";
    private string _temporary = "";

    protected override SceneOptions Options => base.Options with { Peer = peer => peer with { Transfer = TransferMode.Gateway } };

    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        Route("instead", [Registered("bert")]),
        SceneModel.Route("only-anna", [SceneModel.Called("anna"), new PeerCondition([model.Carol])], new Rejection(403, null)),
    ];

    /// <summary>Anna's two phones; the GRUUs are those of the first, which is less preferred.</summary>
    private void Register(string callId = "r@named")
    {
        _phone ??= Scene.Phone("named", SceneModel.Inside, "127.91.0.66", 5060);
        _other ??= Scene.Phone("other", SceneModel.Inside, "127.91.0.67", 5060);
        var answer = RegisterAs(_phone, callId, ";q=0.3;+sip.instance=\"<urn:uuid:1>\"");
        RegisterAs(_other, "r@other", ";+sip.instance=\"<urn:uuid:2>\"");
        (_public, _temporary) = (Gruu(answer, "pub"), Gruu(answer, "temp"));
    }

    private string RegisterAs(ScriptedPhone phone, string callId, string parameters)
    {
        Register(phone, "anna", parameters, "Supported: gruu\r\n", callId: callId);
        return LastAnswer.Text;
    }

    private static string Gruu(string answer, string kind, string name = "named") => Regex.Match(answer, $"<sip:{name}@[^\r]*;{kind}-gruu=\"([^\"]+)\"").Groups[1].Value;

    private PhoneDialog Call(string uri, string headers = "", ScriptedPhone? from = null)
    {
        var dialog = (from ?? Bob).Dialog("anna");
        dialog.SetTarget(uri);
        dialog.Invite((from ?? Bob).Sdp(), headers);
        return dialog;
    }

    private void Ends()
    {
        Forget();
        Scene.End();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Only_the_device_rings_that_it_names(bool isPublic)
    {
        Register();
        var a = Call(isPublic ? _public : _temporary);
        var b = _phone.ExpectCall();
        Assert.StartsWith($"INVITE {_phone.Contact} SIP/2.0", b.Asked.StartLine, StringComparison.Ordinal);
        Assert.DoesNotContain("tgruu", b.Asked.Text, StringComparison.Ordinal);
        _other.ExpectNothing();
        Completes(a, b);
        Ends();
    }

    /// <summary>The dialplan was asked for her by name.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Routes_that_were_passed_over_say_why(bool isPublic)
    {
        Register();
        var a = Call(isPublic ? _public : _temporary);
        Refuse(_phone.ExpectCall(), 486);
        a.Expect(486);
        Forget();
        var passed = RouteQuestion.Explain(Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486), default)!.Passed;
        Assert.Equal("peer bob is not carol", passed.Single(route => route.Route.Name == "only-anna").Reason);
    }

    [Fact]
    public void The_device_that_does_not_want_is_not_replaced_by_another()
    {
        Register();
        var a = Call(_public);
        Refuse(_phone.ExpectCall(), 486);
        a.Expect(486);
        _other.ExpectNothing();
        Ends();
    }

    [Fact]
    public void A_temporary_one_is_as_good_as_new_after_a_refresh()
    {
        Register();
        var before = _temporary;
        Register();
        Assert.NotEqual(before, _temporary);
        Completes(Call(before), _phone.ExpectCall());
        Ends();
    }

    [Fact]
    public void A_device_that_registers_with_another_call_id_gives_its_temporary_ones_up()
    {
        Register();
        var before = _temporary;
        Register(callId: "new@named");
        Call(before).Expect(404);
        Completes(Call(_temporary), _phone.ExpectCall());
        Completes(Call(_public), _phone.ExpectCall());
        Ends();
    }

    [Fact]
    public void Once_the_device_has_left_the_public_one_is_480_and_the_temporary_one_404()
    {
        Register();
        Register(_phone, "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Expires: 0\r\n");
        Call(_public).Expect(480);
        Call(_temporary).Expect(404);
        _other.ExpectNothing();
        Ends();
    }

    /// <summary>Also where the device comes back with the same Call-ID: what was given up stays so.</summary>
    [Fact]
    public void A_temporary_one_of_a_registration_that_has_ended_leads_to_nobody_when_the_device_is_back()
    {
        Register();
        var before = _temporary;
        Register(_phone, "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Expires: 0\r\n", callId: "r@named");
        Scene.Advance(1);
        Register();
        Call(before).Expect(404);
        Completes(Call(_temporary), _phone.ExpectCall());
        Completes(Call(_public), _phone.ExpectCall());
        Ends();
    }

    /// <summary>The device has moved, and its former contact ends: its registration goes on.</summary>
    [Fact]
    public void A_temporary_one_outlives_the_contact_that_it_was_given_for()
    {
        Register();
        var (before, moved) = (_temporary, Scene.Phone("moved", SceneModel.Inside, "127.91.0.68", 5060));
        Scene.Advance(1);
        Register(moved, "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Supported: gruu\r\n", callId: "r@named");
        Register(_phone, "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Expires: 0\r\n", callId: "r@named");
        Completes(Call(before), moved.ExpectCall());
        Ends();
    }

    /// <summary>The contact that it comes back to stands still, and is older than the one between.</summary>
    [Fact]
    public void A_device_that_is_back_where_it_was_is_reached_by_what_it_was_given_last()
    {
        Register();
        var between = Scene.Phone("between", SceneModel.Inside, "127.91.0.68", 5060);
        Scene.Advance(1);
        var before = Gruu(RegisterAs(between, "r@between", ";+sip.instance=\"<urn:uuid:1>\""), "temp", "between");
        Scene.Advance(1);
        Register(callId: "back@named");
        Call(before).Expect(404);
        Completes(Call(_temporary), _phone.ExpectCall());
        Ends();
    }

    [Theory]
    [InlineData("sip:anna@example.com;gr=urn:uuid:unheard-of", 480)]
    [InlineData("sip:tgruu-AAAAAAAAAAAAAAAAAAAAAA@example.com;gr", 404)]
    [InlineData("sip:tgruu-short@example.com;gr", 404)]
    public void What_was_never_given_reaches_nobody(string uri, int status)
    {
        Register();
        Call(uri).Expect(status);
        _phone.ExpectNothing();
        _other.ExpectNothing();
        Ends();
    }

    /// <summary>A GRUU is a name, not a right.</summary>
    [Fact]
    public void Whoever_may_not_call_the_user_may_not_call_his_device()
    {
        Register();
        Call(_public, from: Carol).Expect(403);
        Call(_temporary, from: Carol).Expect(403);
        Ends();
    }

    [Fact]
    public void A_message_reaches_the_device()
    {
        Register();
        var dialog = Bob.Dialog("anna");
        dialog.SetTarget(_temporary);
        dialog.Request("MESSAGE", body: "Hello", type: "text/plain");
        _phone.Send(ScriptedPhone.Answer(_phone.ExpectRequest("MESSAGE"), 200, "OK", "t", "", "", ""));
        Bob.ExpectResponse(200);
        _other.ExpectNothing();
        Ends();
    }

    /// <summary>What a phone gives as its Contact leads to it, though its host is our own domain.</summary>
    [Fact]
    public void A_phone_whose_contact_is_its_gruu_is_reached_in_the_dialog()
    {
        Register();
        var a = _phone.Dialog("bob");
        a.Contact = _public;
        a.Invite(_phone.Sdp(), Supports);
        a.Invite(_phone.Sdp(), Supports + AuthenticationBench.Answer(Nonce(a.Expect(401)), user: "anna", method: "INVITE", uri: $"sip:bob@{_phone.Flow.Local}"));
        var b = Bob.ExpectCall();
        Assert.DoesNotContain("gr=", b.Asked.Header(HeaderId.Contact), StringComparison.Ordinal);
        b.Accept();
        a.ExpectAnswered();
        Assert.Empty(Scene.Names.Open);
        b.Bye();
        var bye = a.ExpectBye();
        Assert.StartsWith($"BYE {_public} SIP/2.0", bye.StartLine, StringComparison.Ordinal);
        b.Expect(200);
        Ends();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_transfer_to_it_reaches_the_device(bool isPublic)
    {
        Register();
        var a = Alice.Call("bob", headers: Supports);
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: Supports);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        b.Request("REFER", $"Refer-To: <{(isPublic ? _public : _temporary)}>\r\n");
        Bob.ExpectResponse(202);
        b.AnswerTo(b.ExpectRequest("NOTIFY"), 200);
        var c = _phone.ExpectCall();
        _other.ExpectNothing();
        c.Accept();
        a.ExpectRequest("INVITE");
        a.Accept(Alice.Sdp(version: 5));
        b.AnswerTo(b.ExpectRequest("NOTIFY"), 200);
        b.Bye();
        Bob.ExpectResponse(200);
        HangUp(a, c);
        Ends();
    }

    [Fact]
    public void A_redirection_to_it_reaches_the_device()
    {
        Register();
        var bert = Scene.Phone("bert", SceneModel.Inside, "127.91.0.68", 5060);
        Register(bert, "bert");
        var a = Bob.Call("bert");
        var b = bert.ExpectCall();
        b.Answer(302, headers: $"Contact: <{_public}>\r\n");
        b.ExpectRequest("ACK");
        Completes(a, _phone.ExpectCall());
        _other.ExpectNothing();
        Ends();
    }
}

/// <summary>Where the gateway only passes a transfer on, the GRUU in it still leads to the device.</summary>
public sealed class GruuPassTests : UserTest
{
    protected override SceneOptions Options => base.Options with { Peer = peer => peer with { Transfer = TransferMode.Pass } };

    [Fact]
    public void A_refer_that_crosses_names_the_device_at_the_gateway()
    {
        var a = Alice.Call("bob", headers: "Allow: INVITE, REFER\r\n");
        var b = Bob.ExpectCall();
        b.Answer(200, Bob.Sdp(), headers: "Allow: INVITE, REFER\r\n");
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        a.Request("REFER", "Refer-To: <sip:anna@example.com;gr=urn:uuid:1>\r\n");
        var refer = b.ExpectRequest("REFER");
        Assert.Matches("^<sip:anna@[^;>]+;gr=urn:uuid:1>$", refer.Header(HeaderId.ReferTo));
        Assert.DoesNotContain("example.com", refer.Header(HeaderId.ReferTo), StringComparison.Ordinal);
        b.AnswerTo(refer, 603);
        Alice.ExpectResponse(603);
        HangUp(a, b);
        Scene.End();
    }
}
