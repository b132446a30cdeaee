using SipAlg.Calls.Calls;
using SipAlg.Signaling.Resolution;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>Requests in a dialog whose far side names a host (RFC 3261 §12.2.1.1, §8.1.2).</summary>
public sealed class NamedContactTests : CallTest
{
    private const string Host = "q7bobx.example";

    private PhoneDialog Answered(PhoneDialog a)
    {
        var b = Bob.ExpectCall();
        b.Contact = $"sip:bob@{Host}";
        b.Answer(200, Bob.Sdp());
        a.ExpectAnswered();
        return b;
    }

    [Fact]
    public void A_name_that_is_not_known_yet_is_asked_for_once_and_answered_where_it_was_heard()
    {
        var a = Alice.Call();
        var b = Answered(a);
        b.ExpectRequest("ACK");
        a.Bye();
        a.Expect(200);
        b.ExpectBye();

        var question = Assert.Single(Scene.Names.Open);
        Assert.Equal(new SipTarget(Host, 0, null, false), question.Target);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void A_name_that_is_found_in_the_call_is_where_the_rest_of_it_goes()
    {
        Scene.Names.Set(Host, SceneModel.CarolAddress + ":5060");
        var a = Alice.Call();
        var b = Answered(a);
        b.ExpectRequest("ACK");
        Scene.Resolve();
        a.Bye();
        a.Expect(200);
        Scene.Carol.Send(ScriptedPhone.Answer(Scene.Carol.ExpectRequest("BYE"), 200, "OK", "", "", "", ""));
        Scene.End();
    }

    /// <summary>Its far side has moved meanwhile.</summary>
    [Fact]
    public void A_name_that_the_dialog_does_not_go_to_any_more_changes_nothing()
    {
        Scene.Names.Set(Host, SceneModel.CarolAddress + ":5060");
        var a = Alice.Call();
        var b = Answered(a);
        b.ExpectRequest("ACK");
        b.Contact = null;
        a.Invite(Alice.Sdp(version: 2));
        b.ExpectRequest("INVITE");
        b.Answer(200, Bob.Sdp(version: 2));
        a.ExpectAnswered();
        b.ExpectRequest("ACK");
        Scene.Resolve();
        a.Bye();
        a.Expect(200);
        b.ExpectBye();
        Scene.End();
    }

    [Fact]
    public void A_name_that_is_known_is_where_requests_go()
    {
        Meet(SceneModel.CarolAddress + ":5060");
        Assert.StartsWith($"BYE sip:bob@{Host} SIP/2.0\r\n", CallThatEndsAt(Scene.Carol), StringComparison.Ordinal);
        Scene.End();
    }

    /// <summary>A host with several addresses is not left for another of them.</summary>
    [Fact]
    public void A_far_side_that_is_one_of_its_places_is_kept()
    {
        Meet(SceneModel.CarolAddress + ":5060", SceneModel.BobAddress + ":5060");
        CallThatEndsAt(Bob);
        Scene.End();
    }

    [Fact]
    public void A_name_that_is_gone_keeps_the_place_that_it_had()
    {
        Meet(SceneModel.CarolAddress + ":5060");
        Scene.Advance(60_000);
        Scene.Names.Forget(Host);
        CallThatEndsAt(Scene.Carol);
        Assert.Single(Scene.Names.Open);
        Scene.Resolve();
        CallThatEndsAt(Scene.Carol);
        Scene.End();
    }

    [Fact]
    public void A_name_that_moves_is_followed()
    {
        Meet(SceneModel.CarolAddress + ":5060");
        Scene.Names.Set(Host, SceneModel.BobAddress + ":5060");
        CallThatEndsAt(Scene.Carol);
        Assert.Empty(Scene.Names.Open);
        Scene.Advance(60_000);
        CallThatEndsAt(Scene.Carol);
        Scene.Resolve();
        CallThatEndsAt(Bob);
        Scene.End();
    }

    /// <summary>A call by which the gateway meets the name.</summary>
    private void Meet(params string[] endpoints)
    {
        Scene.Names.Set(Host, endpoints);
        CallThatEndsAt(Bob);
        Scene.Resolve();
    }

    private string CallThatEndsAt(ScriptedPhone phone)
    {
        var a = Alice.Call();
        Answered(a);
        phone.ExpectRequest("ACK");
        a.Bye();
        a.Expect(200);
        var bye = phone.ExpectRequest("BYE");
        phone.Send(ScriptedPhone.Answer(bye, 200, "OK", "", "", "", ""));
        return bye.Text;
    }
}
