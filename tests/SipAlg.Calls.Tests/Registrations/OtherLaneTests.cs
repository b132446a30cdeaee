using System.Text.RegularExpressions;
using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations;

/// <summary>Calls to users in a lane that has no registrations: it asks the one that has them.</summary>
public sealed class OtherLaneTests : UserTest, IDisposable
{
    private CallScene? _home;

    protected override SceneOptions Options => base.Options with { Lane = 1 };

    private CallScene Home => _home ??= new CallScene(base.Options);

    void IDisposable.Dispose()
    {
        _home?.Dispose();
        Dispose();
    }

    [Fact]
    public void The_phones_ring_once_the_other_lane_has_answered()
    {
        Register(Phone(Home), "anna");
        var desk = Phone(Scene);
        var a = Bob.Call("anna");
        desk.ExpectNothing();
        Answer();
        Completes(a, desk.ExpectCall());
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Theory]
    [InlineData("anna", 480)]
    [InlineData("nobody", 404)]
    public void Who_is_not_found_fails_as_in_any_lane(string called, int status)
    {
        var a = Bob.Call(called);
        Answer();
        a.Expect(status);
        Scene.End();
    }

    [Fact]
    public void A_caller_who_gives_up_meanwhile_rings_nobody()
    {
        Register(Phone(Home), "anna");
        var desk = Phone(Scene);
        var a = Bob.Call("anna");
        a.Cancel();
        Answer();
        desk.ExpectNothing();
        Scene.End(CallCause.CallerCancelled, CallOutcome.Cancelled, 487);
    }

    [Fact]
    public void A_message_waits_too()
    {
        Register(Phone(Home), "anna");
        var desk = Phone(Scene);
        Bob.Dialog("anna").Request("MESSAGE", body: "Hello", type: "text/plain");
        Answer();
        var message = desk.ExpectRequest("MESSAGE");
        desk.Send(ScriptedPhone.Answer(message, 200, "OK", "t", "", "", ""));
        Bob.ExpectResponse(200);
        Bob.Dialog("nobody").Request("MESSAGE", body: "Hello", type: "text/plain");
        Answer();
        Bob.ExpectResponse(404);
        Scene.End();
    }

    /// <summary>Whose a temporary GRUU is any lane can tell, whether it still is only the one that has the registrations.</summary>
    [Fact]
    public void A_temporary_gruu_leads_to_its_device_from_any_lane()
    {
        var phone = Phone(Home);
        Register(phone, "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Supported: gruu\r\n");
        var gruu = Regex.Match(LastAnswer.Text, "temp-gruu=\"([^\"]+)\"").Groups[1].Value;
        var desk = Phone(Scene);
        var a = Bob.Dialog("anna");
        a.SetTarget(gruu);
        a.Invite(Bob.Sdp());
        Answer();
        Completes(a, desk.ExpectCall());
        Register(phone, "anna", ";+sip.instance=\"<urn:uuid:1>\"", "Supported: gruu\r\n", callId: "another");
        var b = Bob.Dialog("anna");
        b.SetTarget(gruu);
        b.Invite(Bob.Sdp());
        Answer();
        b.Expect(404);
        Scene.End();
    }

    private static ScriptedPhone Phone(CallScene scene) => scene.Phone("desk", SceneModel.Inside, "127.91.0.66", 5060);

    /// <summary>Lets the other lane have its question, and this one the answer.</summary>
    private void Answer()
    {
        var (lane, question) = Assert.Single(Scene.Harness.Lane.Posted);
        Assert.Equal(0, lane);
        Scene.Harness.Lane.Posted.Clear();
        Home.Harness.Lane.Post(question);
        Home.Turn(Home.Harness.RunPosted);
        Scene.Turn(Scene.Harness.RunPosted);
    }
}
