using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Tests.Authentication;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>What users ask for themselves: challenged, let in, and told of by their own number.</summary>
public sealed class UserCallTests : UserTest
{
    private ScriptedPhone? _phone;

    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer.Name == "bob" ? peer with { IsTrusted = true } : peer,
    };

    private ScriptedPhone Phone => _phone ??= Scene.Phone("phone", SceneModel.Inside, "127.91.0.80", 5060);

    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        SceneModel.Route("annas", [new UserCondition([Users.Users[0]]), SceneModel.Called("by-user")], SceneModel.To(model.Bob)),
        SceneModel.Route("others", [SceneModel.Called("by-user")], new Rejection(403, null)),
        SceneModel.Dialplan(SceneModel.Head("set", [SceneModel.Called("set")]), new RouteEdits { Caller = SceneModel.Template("+4999") }, SceneModel.To(model.Bob)),
    ];

    [Theory]
    [InlineData("INVITE")]
    [InlineData("OPTIONS")]
    [InlineData("MESSAGE")]
    [InlineData("SUBSCRIBE")]
    [InlineData("PUBLISH")]
    [InlineData("REFER")]
    public void A_stranger_is_challenged_and_nothing_is_kept(string method)
    {
        var dialog = Phone.Dialog();
        dialog.Request(method, $"Contact: <{Phone.Contact}>\r\nEvent: presence\r\n");
        Assert.NotEmpty(Nonce(Phone.ExpectResponse(401)));
        Assert.Equal(0, Scene.Harness.Transactions.Count);
        Assert.Equal(0, Scene.Calls.Owners);
        Bob.ExpectNothing();
        Scene.End();
    }

    [Fact]
    public void Credentials_of_another_method_are_no_proof()
    {
        var dialog = Phone.Dialog();
        dialog.Request("MESSAGE");
        var nonce = Nonce(Phone.ExpectResponse(401));
        dialog.Request("MESSAGE", AuthenticationBench.Answer(nonce, user: "anna", method: "INVITE", uri: "sip:bob@gw"));
        Assert.NotEqual(200, Phone.Take().Single().Parse().Status);
        Bob.ExpectNothing();
        Scene.End();
    }

    [Theory]
    [InlineData("anna", "anna", "+4930123")]
    [InlineData("anna", "+49666", "+4930123")]
    [InlineData("anna", "+4930123", "+4930123")]
    [InlineData("bert", "+4940555", "+4940555")]
    [InlineData("bert", "+4930123", "bert")]
    [InlineData("trude", "+49666", "+49666")]
    public void A_user_calls_by_his_own_number_unless_he_is_trusted(string user, string from, string shown)
    {
        var a = Call(user, from: $"\"Somebody\" <sip:{from}@127.91.0.80>");
        var b = Bob.ExpectCall();
        Assert.StartsWith($"\"Somebody\" <sip:{shown}@", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.Null(b.Asked.Header(HeaderId.Authorization));
        if (user != "trude")
        {
            Assert.StartsWith($"<sip:{shown}@", b.Asked.Header(HeaderId.AssertedIdentity), StringComparison.Ordinal);
            Assert.Null(b.Asked.Header(HeaderId.Privacy));
        }

        Completes(a, b);
        var record = Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal((user, null, shown), (record.FromUser, record.FromPeer, record.Caller));
    }

    [Fact]
    public void What_a_user_asserts_is_not_believed()
    {
        var a = Call("anna", headers: "P-Asserted-Identity: <sip:+49666@x.example>\r\nRemote-Party-ID: <sip:+49666@x.example>;party=calling\r\n");
        var b = Bob.ExpectCall();
        Assert.DoesNotContain("49666", b.Asked.Text, StringComparison.Ordinal);
        Completes(a, b);
        Scene.End();
    }

    [Fact]
    public void An_anonymous_user_stays_so_and_is_asserted_to_who_is_trusted()
    {
        var a = Call("anna", from: "\"Anonymous\" <sip:anonymous@anonymous.invalid>", headers: "Privacy: id\r\n");
        var b = Bob.ExpectCall();
        Assert.Contains("sip:anonymous@anonymous.invalid", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.StartsWith("<sip:+4930123@", b.Asked.Header(HeaderId.AssertedIdentity), StringComparison.Ordinal);
        Assert.Equal("id", b.Asked.Header(HeaderId.Privacy));
        Completes(a, b);
        Scene.End();
    }

    [Fact]
    public void The_dialplan_goes_before_the_users_number()
    {
        var a = Call("anna", "set");
        var b = Bob.ExpectCall();
        Assert.Contains("<sip:+4999@", b.Asked.Header(HeaderId.From), StringComparison.Ordinal);
        Completes(a, b);
        Scene.End();
    }

    [Fact]
    public void Routes_may_ask_for_the_user()
    {
        var a = Call("anna", "by-user");
        Completes(a, Bob.ExpectCall());
        Call("bert", "by-user").Expect(403);
        Scene.End();
    }

    [Fact]
    public void Users_call_each_other()
    {
        RegisterBoth();
        var a = Call("bert", "anna");
        var b = Desk.ExpectCall();
        Assert.StartsWith("<sip:bert@example.com>", b.Asked.Header(HeaderId.From)![(b.Asked.Header(HeaderId.From)!.IndexOf('<', StringComparison.Ordinal))..], StringComparison.Ordinal);
        var other = Mobile.ExpectCall();
        other.Answer(180);
        a.Expect(180);
        b.Accept();
        other.ExpectCancel();
        a.ExpectAnswered();
        a.Invite(Phone.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(200, Desk.Sdp(version: 2));
        a.ExpectAnswered();
        b.ExpectRequest("ACK");
        b.Bye();
        b.Expect(200);
        a.ExpectBye();
        Forget();
        var record = Scene.End(CallCause.CalleeHungUp, CallOutcome.Answered, 200);
        Assert.Equal(("bert", "anna"), (record.FromUser, record.ToUser));
    }

    [Fact]
    public void Requests_in_a_dialog_come_from_where_the_call_came_from_though_the_contact_is_elsewhere()
    {
        var dialog = Phone.Dialog();
        dialog.Contact = "sip:phone@127.91.0.81:5062";
        var elsewhere = Scene.Phone("elsewhere", SceneModel.Inside, "127.91.0.81", 5062);
        Prove(dialog, "anna", "");
        var b = Bob.ExpectCall();
        b.Accept();
        dialog.ExpectAnswered();
        dialog.Bye();
        Assert.Contains(Phone.Take().Concat(elsewhere.Take()), sent => sent.StartLine.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal));
        b.ExpectBye();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Somebody_elses_request_in_the_dialog_is_refused()
    {
        var a = Call("anna");
        var b = Bob.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        Phone.ExpectResponse(200);
        var thief = Scene.Phone("thief", SceneModel.Inside, "127.91.0.82", 5060);
        thief.Send(a.LastRequest.Replace("INFO", "BYE", StringComparison.Ordinal).Replace("branch=z9hG4bK", "branch=z9hG4bKt", StringComparison.Ordinal)
            .Replace($"CSeq: {a.Sequence} ", $"CSeq: {++a.Sequence} ", StringComparison.Ordinal));
        Assert.StartsWith("SIP/2.0 481 ", Assert.Single(Phone.Take().Concat(thief.Take())).StartLine, StringComparison.Ordinal);
        Bob.ExpectNothing();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>RFC 3891 §3: a phone beside bob's takes the call while it rings, and the one that calls gets the name of its own dialog.</summary>
    [Fact]
    public void A_call_of_a_registered_phone_may_be_taken_over_while_it_rings()
    {
        Register(Phone, "anna");
        var a = Call("anna", headers: "Supported: replaces\r\n");
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        var e = Bob.Call("anna", headers: $"Replaces: {b.CallId};to-tag={b.RemoteTag};from-tag={b.LocalTag};early-only\r\n");
        var f = Phone.ExpectCall();
        Assert.Equal($"{a.CallId};to-tag={a.LocalTag};from-tag={a.RemoteTag};early-only", f.Asked.Header(HeaderId.Replaces));
        f.Accept();
        e.ExpectAnswered();
        a.Cancel();
        Phone.ExpectResponse(200);
        b.ExpectCancel();
        a.Expect(487);
        HangUp(e, f);
        Forget();
        Scene.End();
    }

    /// <summary>The other phones of the user, who could not know of it, stay silent.</summary>
    [Fact]
    public void A_caller_takes_the_place_of_who_talks_to_a_registered_phone()
    {
        RegisterBoth(desk: ";q=1", mobile: ";q=0.5");
        var a = Bob.Call("anna");
        var b = Desk.ExpectCall();
        b.Accept();
        a.ExpectAnswered();
        var c = Scene.Carol.Call("anna", headers: $"Require: replaces\r\nReplaces: {a.CallId};to-tag={a.RemoteTag};from-tag={a.LocalTag}\r\n");
        b.ExpectRequest("INVITE");
        b.Accept(Desk.Sdp(version: 2));
        a.ExpectBye();
        c.ExpectAnswered();
        Mobile.ExpectNothing();
        HangUp(c, b);
        Forget();
        Scene.End();
        Assert.Equal(("anna", CallCause.CallerHungUp), (Scene.Journal.Ended[^1].ToUser, Scene.Journal.Ended[^1].Cause));
    }

    [Fact]
    public void A_message_of_a_user_goes_on()
    {
        var dialog = Phone.Dialog();
        dialog.Request("MESSAGE", body: "Hello", type: "text/plain");
        var nonce = Nonce(Phone.ExpectResponse(401));
        dialog.Request("MESSAGE", AuthenticationBench.Answer(nonce, user: "anna", method: "MESSAGE", uri: $"sip:bob@{Phone.Flow.Local}"), "Hello", "text/plain");
        var message = Bob.ExpectRequest("MESSAGE");
        Assert.Contains("<sip:+4930123@", message.Header(HeaderId.From), StringComparison.Ordinal);
        Bob.Send(ScriptedPhone.Answer(message, 200, "OK", "t", "", "", ""));
        Phone.ExpectResponse(200);
        Assert.Equal(0, Scene.Calls.Room.Users[SceneModel.Inside].Requests.Taken);
        Scene.End();
    }

    [Theory]
    [InlineData("SUBSCRIBE", "Event: presence\r\nExpires: 60\r\n")]
    [InlineData("PUBLISH", "Event: presence\r\nExpires: 60\r\n")]
    [InlineData("REFER", "Refer-To: <sip:carol@gw>\r\n")]
    [InlineData("NOTIFY", "Event: message-summary\r\nSubscription-State: active\r\n")]
    public void Other_requests_of_a_user_are_his_too(string method, string headers)
    {
        headers += method == "PUBLISH" ? "" : $"Contact: <{Phone.Contact}>\r\n";
        var dialog = Phone.Dialog();
        dialog.SetFrom("<sip:+49666@127.91.0.80>");
        dialog.Request(method, headers);
        dialog.Request(method, headers + AuthenticationBench.Answer(Nonce(Phone.ExpectResponse(401)), user: "anna", method: method, uri: $"sip:bob@{Phone.Flow.Local}"));
        var request = Bob.ExpectRequest(method);
        Assert.Contains("<sip:+4930123@", request.Header(HeaderId.From), StringComparison.Ordinal);
        Assert.DoesNotContain("49666", request.Text, StringComparison.Ordinal);
        Assert.Null(request.Header(HeaderId.Authorization));
        Bob.Send(ScriptedPhone.Answer(request, 489, "Bad Event", "t", "", "", ""));
        Phone.ExpectResponse(489);
        Assert.Equal(0, Scene.Calls.Room.Users[SceneModel.Inside].Requests.Taken);
        Assert.Equal(0, Scene.Calls.Room.Users[SceneModel.Inside].Subscriptions.Taken);
        Scene.End();
    }

    /// <summary>A phone with the gateway as its outbound proxy, or with a Service-Route: the route leads to us, and to nobody behind us.</summary>
    [Theory]
    [InlineData("<sip:{0};lr>")]
    [InlineData("<sip:{0};lr;transport=udp>, <sip:example.com;lr>")]
    [InlineData("<sip:{0}>")]
    public void A_route_to_ourselves_ends_here(string route)
    {
        var a = Call("anna", headers: $"Route: {string.Format(System.Globalization.CultureInfo.InvariantCulture, route, Phone.Flow.Local)}\r\n");
        var b = Bob.ExpectCall();
        Assert.Null(b.Asked.Header(HeaderId.Route));
        Completes(a, b);
        Scene.End();
    }

    /// <summary>Calls as this user, once that is proven.</summary>
    private PhoneDialog Call(string user, string called = "bob", string? from = null, string headers = "")
    {
        var dialog = Phone.Dialog(called);
        if (from is not null)
        {
            dialog.SetFrom(from);
        }

        Prove(dialog, user, headers, called);
        return dialog;
    }

    private void Prove(PhoneDialog dialog, string user, string headers, string called = "bob")
    {
        dialog.Invite(Phone.Sdp(), headers);
        var nonce = Nonce(dialog.Expect(401));
        dialog.Invite(Phone.Sdp(), headers + AuthenticationBench.Answer(nonce, user: user, method: "INVITE", uri: $"sip:{called}@{Phone.Flow.Local}"));
    }
}
