using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>A device with several ways to it (RFC 5626 §5.3): it is asked by one at a time, and by the next where that one fails.</summary>
public sealed class OutboundTests : UserTest
{
    private const string Contact = "sip:anna@192.168.7.7";
    private ScriptedPhone _first = null!;
    private ScriptedPhone _second = null!;

    protected override IEnumerable<Route> Routes(SceneModel model) => [Route("anna-or-carol", [Registered("anna"), SceneModel.To(model.Carol)])];

    /// <summary>One device by two flows, the second registered last.</summary>
    private void RegisterFlows(ulong connection = 0)
    {
        _first = Scene.Phone("flow-a", SceneModel.Inside, "127.91.0.73", 5060);
        _second = Scene.Phone("flow-b", SceneModel.Inside, "127.91.0.74", 5060, connection);
        RegisterFlow(_first, 1);
        RegisterFlow(_second, 2);
    }

    private void RegisterFlow(ScriptedPhone phone, int id) => Register(phone, "anna", $";+sip.instance=\"<urn:uuid:1>\";reg-id={id}", "Supported: outbound\r\n", Contact);

    private void Ends(CallCause cause, CallOutcome outcome, int status)
    {
        Forget();
        Scene.End(cause, outcome, status);
    }

    [Theory]
    [InlineData(480)]
    [InlineData(486)]
    [InlineData(503)]
    public void A_device_rings_once_by_the_newer_flow_and_what_it_says_holds(int status)
    {
        RegisterFlows();
        var a = Bob.Call("anna");
        Refuse(_second.ExpectCall(), status);
        _first.ExpectNothing();
        a.Expect(status);
        Ends(CallCause.CalleeRefused, CallOutcome.Failed, status);
    }

    [Theory]
    [InlineData(430)]
    [InlineData(408)]
    public void The_other_flow_is_tried_when_one_has_failed(int status)
    {
        RegisterFlows();
        var a = Bob.Call("anna");
        Refuse(_second.ExpectCall(), status);
        var b = _first.ExpectCall();
        Assert.StartsWith($"INVITE {Contact} SIP/2.0", b.Asked.StartLine, StringComparison.Ordinal);
        Completes(a, b);
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_one_that_was_refreshed_last_goes_first()
    {
        RegisterFlows();
        Scene.Advance(5000);
        RegisterFlow(_first, 1);
        var a = Bob.Call("anna");
        Refuse(_first.ExpectCall(), 430);
        Completes(a, _second.ExpectCall());
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Silence_leads_to_the_other_flow()
    {
        RegisterFlows();
        var a = Bob.Call("anna");
        _second.ExpectCall();
        _first.ExpectNothing();
        Scene.Advance(64L * CallScene.T1);
        _second.Take();
        Completes(a, _first.ExpectCall());
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>Nobody waits 64·T1 for a flow that did not answer its last ping.</summary>
    [Fact]
    public void A_flow_that_has_left_a_ping_unanswered_goes_last()
    {
        RegisterFlows();
        var bindings = Scene.Calls.Registrar!.Bindings;
        for (var slot = 0; slot < bindings.Top; slot++)
        {
            ref var state = ref bindings[slot].KeepAlive;
            (state.Answers, state.Missed) = (true, (byte)(bindings[slot].Flow.Remote == _second.Flow.Remote ? 1 : 0));
        }

        Completes(Bob.Call("anna"), _first.ExpectCall());
        _second.ExpectNothing();
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_connection_that_breaks_does_not_count_any_more()
    {
        RegisterFlows(connection: 7);
        Scene.Turn(() => Scene.Calls.OnConnectionClosed(_second.Flow));
        Completes(Bob.Call("anna"), _first.ExpectCall());
        _second.ExpectNothing();
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void When_all_flows_have_failed_the_next_target_is_asked()
    {
        RegisterFlows();
        var a = Alice.Call("anna-or-carol");
        Refuse(_second.ExpectCall(), 430);
        Refuse(_first.ExpectCall(), 408);
        Completes(a, Carol.ExpectCall());
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void Another_phone_of_the_user_rings_besides()
    {
        RegisterFlows();
        var desk = Scene.Phone("desk", SceneModel.Inside, "127.91.0.66", 5060);
        Register(desk, "anna");
        var a = Bob.Call("anna");
        var d = desk.ExpectCall();
        Refuse(_second.ExpectCall(), 430);
        var b = _first.ExpectCall();
        d.Answer(180);
        a.Expect(180);
        b.Accept();
        d.ExpectCancel();
        a.ExpectAnswered();
        HangUp(a, b);
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    /// <summary>A device that comes back at another address without Outbound leaves its old contact behind.</summary>
    [Fact]
    public void A_device_without_outbound_does_not_ring_twice_either()
    {
        var before = Scene.Phone("before", SceneModel.Inside, "127.91.0.75", 5060);
        var now = Scene.Phone("now", SceneModel.Inside, "127.91.0.76", 5060);
        Register(before, "anna", ";+sip.instance=\"<urn:uuid:1>\"");
        Register(now, "anna", ";+sip.instance=\"<urn:uuid:1>\"");
        Completes(Bob.Call("anna"), now.ExpectCall());
        before.ExpectNothing();
        Ends(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_message_goes_by_the_other_flow_too()
    {
        RegisterFlows();
        Bob.Dialog("anna").Request("MESSAGE", body: "Hello", type: "text/plain");
        _second.Send(ScriptedPhone.Answer(_second.ExpectRequest("MESSAGE"), 430, "Flow Failed", "t", "", "", ""));
        _first.Send(ScriptedPhone.Answer(_first.ExpectRequest("MESSAGE"), 200, "OK", "t", "", "", ""));
        Bob.ExpectResponse(200);
        Forget();
        Scene.End();
    }

    [Fact]
    public void A_message_that_the_device_refuses_does_not()
    {
        RegisterFlows();
        Bob.Dialog("anna").Request("MESSAGE", body: "Hello", type: "text/plain");
        _second.Send(ScriptedPhone.Answer(_second.ExpectRequest("MESSAGE"), 503, "Busy", "t", "", "", ""));
        _first.ExpectNothing();
        Bob.ExpectResponse(503);
        Forget();
        Scene.End();
    }
}
