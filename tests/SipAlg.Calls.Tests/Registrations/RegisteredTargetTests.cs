using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Calls to registered users: where they ring, and what becomes of them if they cannot.</summary>
public sealed class RegisteredTargetTests : UserTest
{
    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        Route("+494088", [Registered("+494088")]),
        Route("anna-or-carol", [Registered("anna"), SceneModel.To(model.Carol)]),
        Route("nobody-or-carol", [Registered("nobody"), SceneModel.To(model.Carol)]),
        Route("both", [Registered("anna") with { Priority = 1 }, Registered("bert") with { Priority = 1 }], head => head with { RingsAll = true }),
    ];

    [Theory]
    [InlineData("anna")]
    [InlineData("+4930123")]
    [InlineData("reception")]
    public void Phones_of_one_preference_ring_together_and_the_first_wins(string called)
    {
        RegisterBoth();
        var a = Bob.Call(called);
        var desk = Desk.ExpectCall();
        var mobile = Mobile.ExpectCall();
        Assert.StartsWith($"INVITE {Desk.Contact} SIP/2.0", desk.Asked.StartLine, StringComparison.Ordinal);
        mobile.Answer(180);
        desk.Answer(180);
        desk.Accept();
        mobile.ExpectCancel();
        a.Expect(180);
        a.Expect(180);
        a.ExpectAnswered();
        HangUp(a, desk);
        Forget();
        Assert.Equal("inside", Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200).ToRealm);
    }

    [Fact]
    public void The_preferred_phone_rings_first_and_a_refusal_leads_to_the_next()
    {
        RegisterBoth(mobile: ";q=0.5");
        var a = Bob.Call("anna");
        var desk = Desk.ExpectCall();
        Mobile.ExpectNothing();
        Refuse(desk, 486);
        Completes(a, Mobile.ExpectCall());
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_phone_that_declines_for_all_ends_the_search()
    {
        RegisterBoth(mobile: ";q=0.5");
        var a = Bob.Call("anna");
        Refuse(Desk.ExpectCall(), 603);
        a.Expect(603);
        Mobile.ExpectNothing();
        Forget();
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 603);
    }

    [Theory]
    [InlineData("anna", 480, CallCause.NotRegistered)]
    [InlineData("nobody", 404, CallCause.UnknownUser)]
    public void Who_has_no_phone_or_is_no_user_fails(string called, int status, CallCause cause)
    {
        Bob.Call(called).Expect(status);
        Scene.End(cause, CallOutcome.Failed, status);
    }

    [Theory]
    [InlineData("anna-or-carol")]
    [InlineData("nobody-or-carol")]
    public void And_the_next_target_of_the_route_is_asked(string called)
    {
        var a = Alice.Call(called);
        Completes(a, Carol.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_busy_user_leads_to_the_next_target_only_if_the_route_says_so()
    {
        RegisterBoth();
        var a = Alice.Call("anna-or-carol");
        Refuse(Desk.ExpectCall(), 486);
        Refuse(Mobile.ExpectCall(), 486);
        a.Expect(486);
        Carol.ExpectNothing();
        Forget();
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486);
    }

    [Fact]
    public void Users_that_ring_together_ring_by_preference()
    {
        RegisterBoth(mobile: ";q=0.5");
        var bert = Scene.Phone("bert", SceneModel.Inside, "127.91.0.68", 5060);
        Register(bert, "bert");
        var a = Bob.Call("both");
        Refuse(Desk.ExpectCall(), 486);
        Mobile.ExpectNothing();
        Refuse(bert.ExpectCall(), 486);
        Completes(a, Mobile.ExpectCall());
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_number_of_a_range_is_what_its_pbx_is_asked_for()
    {
        var pbx = Scene.Phone("pbx", SceneModel.Inside, "127.91.0.69", 5060);
        Register(pbx, "bert", contact: $"sip:line7@{pbx.Flow.Remote};ob");
        var a = Bob.Call("+494088");
        var b = pbx.ExpectCall();
        Assert.StartsWith($"INVITE sip:+494088@{pbx.Flow.Remote};ob SIP/2.0", b.Asked.StartLine, StringComparison.Ordinal);
        Completes(a, b);
        Forget();
        Scene.End();
    }

    [Fact]
    public void From_behind_nat_a_phone_is_called_where_it_registered_from_by_its_own_uri()
    {
        var phone = Scene.Phone("natted", SceneModel.Inside, "127.91.0.70", 40000);
        phone.Inner = "192.168.1.5:5060";
        Register(phone, "anna", contact: "sip:natted@192.168.1.5:5060;line=x");
        var a = Bob.Call("anna");
        var b = phone.ExpectCall();
        Assert.StartsWith("INVITE sip:natted@192.168.1.5:5060;line=x SIP/2.0", b.Asked.StartLine, StringComparison.Ordinal);
        Completes(a, b);
        Forget();
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_route_is_the_path_that_was_registered()
    {
        var proxy = Scene.Phone("edge", SceneModel.Inside, "127.91.0.71", 5060);
        Register(proxy, "anna", headers: $"Path: <sip:p1@{proxy.Flow.Remote};lr>, <sip:inner.example;lr>\r\nSupported: path\r\n", contact: "sip:anna@192.168.9.9");
        var a = Bob.Call("anna");
        var b = proxy.ExpectCall();
        Assert.Equal($"<sip:p1@{proxy.Flow.Remote};lr>, <sip:inner.example;lr>", b.Asked.Header(HeaderId.Route));
        Refuse(b, 486);
        a.Expect(486);
        Forget();
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486);
    }

    /// <summary>RFC 5626 §5.3: the flow is one of the edge proxy's; requests go to where its Path says, whatever it sends from.</summary>
    [Fact]
    public void A_flow_of_a_proxy_is_reached_by_the_path()
    {
        var sending = Scene.Phone("sending", SceneModel.Inside, "127.91.0.71", 40000);
        var proxy = Scene.Phone("edge", SceneModel.Inside, "127.91.0.71", 5060);
        Register(sending, "anna", ";+sip.instance=\"<urn:uuid:1>\";reg-id=1", $"Path: <sip:p1@{proxy.Flow.Remote};lr;ob>\r\nSupported: path, outbound\r\n", "sip:anna@192.168.9.9");
        var a = Bob.Call("anna");
        var b = proxy.ExpectCall();
        sending.ExpectNothing();
        Assert.Equal($"<sip:p1@{proxy.Flow.Remote};lr;ob>", b.Asked.Header(HeaderId.Route));
        Refuse(b, 486);
        a.Expect(486);
        Forget();
        Scene.End(CallCause.CalleeRefused, CallOutcome.Failed, 486);
    }

    [Fact]
    public void A_phone_rings_by_its_connection_and_not_without_it()
    {
        var phone = Scene.Phone("stream", SceneModel.Inside, "127.91.0.72", 41000, connection: 7);
        Register(phone, "anna");
        var a = Bob.Call("anna");
        Completes(a, phone.ExpectCall());

        Scene.Turn(() => Scene.Calls.OnConnectionClosed(phone.Flow));
        Bob.Call("anna").Expect(480);
        phone.ExpectNothing();
        Forget();
        Scene.End();
    }

    [Fact]
    public void Without_its_connection_a_phone_with_a_public_address_is_tried_there()
    {
        var phone = Scene.Phone("public", SceneModel.Inside, "203.0.113.9", 5061, connection: 8);
        Register(phone, "anna");
        Scene.Turn(() => Scene.Calls.OnConnectionClosed(phone.Flow));
        var a = Bob.Call("anna");
        var b = phone.ExpectCall();
        Refuse(b, 486);
        a.Expect(486);
        Forget();
        Scene.End();
    }
}
