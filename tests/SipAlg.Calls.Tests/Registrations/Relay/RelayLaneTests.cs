using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Lanes;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>Registrations are in one lane and calls in any: who is admitted is known in all, and where a contact leads is asked.</summary>
public sealed class RelayLaneTests : RelayTest, IDisposable
{
    private CallScene? _home;

    /// <summary>The scene is that of the second lane; the first has the registrations.</summary>
    protected override SceneOptions Options => base.Options with { Lane = 1 };

    private CallScene Home => _home ??= new CallScene(base.Options);

    void IDisposable.Dispose()
    {
        _home?.Dispose();
        Dispose();
    }

    [Fact]
    public void A_contact_is_asked_of_the_lane_that_knows_it()
    {
        var token = RegisterAtHome();
        var phone = Phone();
        var a = Call(token);
        phone.ExpectNothing();
        Answer();
        Completes(a, phone.ExpectCall());
        Home.Calls.Relay!.End("ann@pbx.example.com"u8);
        a = Call(token);
        Answer();
        a.Expect(404);
        Scene.End();
    }

    [Fact]
    public void A_source_is_told_to_the_other_lanes_and_taken_back()
    {
        var phone = Phone();
        phone.Dialog("100").Invite(phone.Sdp());
        phone.ExpectResponse(403);
        RunAtLane(new SourceChange(Source(phone), isNew: true));
        var a = phone.Dialog("100");
        a.SetTarget($"sip:100@{Domain}");
        a.Invite(phone.Sdp());
        Completes(a, Pbx.ExpectCall());
        RunAtLane(new SourceChange(Source(phone), isNew: false));
        phone.Dialog("100").Invite(phone.Sdp());
        phone.ExpectResponse(403);
        Scene.End();
    }

    private static PhoneSource Source(ScriptedPhone phone) => PhoneSource.Of(SceneModel.Inside, phone.Flow);

    private void RunAtLane(LaneEvent change)
    {
        Scene.Harness.Lane.Post(change);
        Scene.Turn(Scene.Harness.RunPosted);
    }

    private string RegisterAtHome()
    {
        var phone = Home.Phone("desk", SceneModel.Inside, "127.91.0.66", 5060);
        Register(phone, 1);
        var asked = Home.Bob.ExpectRequest("REGISTER");
        Home.Bob.Send(ScriptedPhone.Answer(asked, 200, "OK", "p", Lines(asked, Protocol.Sip.HeaderId.Contact), "", ""));
        phone.ExpectResponse(200);
        return Token(asked);
    }

    /// <summary>Lets the other lane have its question, and this one the answer.</summary>
    private void Answer()
    {
        var (lane, question) = Assert.Single(Scene.Harness.Lane.Posted);
        Assert.Equal(LaneNames.Registrations, lane);
        Scene.Harness.Lane.Posted.Clear();
        Home.Harness.Lane.Post(question);
        Home.Turn(Home.Harness.RunPosted);
        Scene.Turn(Scene.Harness.RunPosted);
    }
}
