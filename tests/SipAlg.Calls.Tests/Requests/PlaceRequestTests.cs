using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Requests;

/// <summary>RFC 3263 §4.3 for requests outside a dialog: a target at several places, and one whose name has to be looked for.</summary>
public sealed class PlaceRequestTests : CallTest
{
    private const string BobAt = SceneModel.BobAddress + ":5060";
    private const string CarolAt = SceneModel.CarolAddress + ":5060";

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer.Name == "bob" ? peer with { Address = new PeerAddress { Host = "pbx.example" } } : peer,
        Routes = model =>
        [
            SceneModel.Route("name", [SceneModel.Called("name")], new RouteTarget { Kind = TargetKind.Uri, Uri = "sip:ext@host.example", Realm = SceneModel.Outside }),
            SceneModel.Route("then", [SceneModel.Called("then")], new RouteTarget { Kind = TargetKind.Uri, Uri = "sip:ext@host.example", Realm = SceneModel.Outside }, SceneModel.To(model.Carol)),
        ],
    };

    private PhoneDialog Ask(string called)
    {
        var dialog = Alice.Dialog(called);
        dialog.Request("MESSAGE", "", "Hello", "text/plain");
        return dialog;
    }

    private static void Answer(ScriptedPhone phone, int status) =>
        phone.Send(ScriptedPhone.Answer(phone.ExpectRequest("MESSAGE"), status, "Phrase", "tag" + phone.Secret, "", "", ""));

    private void End()
    {
        Assert.Equal(0, Scene.Calls.Owners);
        Scene.End();
    }

    [Fact]
    public void After_503_the_next_place_is_asked_and_the_first_goes_last()
    {
        Scene.Peers[1].Hops.Set(SceneNames.Places("pbx.example", BobAt, CarolAt));
        var a = Ask("bob");
        Answer(Bob, 503);
        Answer(Scene.Carol, 200);
        a.Expect(200);

        a = Ask("bob");
        Answer(Scene.Carol, 200);
        a.Expect(200);
        End();
    }

    /// <summary>As right after a start: the first look-up is under way.</summary>
    [Fact]
    public void It_waits_until_a_peers_name_has_been_looked_for()
    {
        Scene.Names.Set("pbx.example", BobAt);
        var a = Ask("bob");
        Bob.ExpectNothing();
        Scene.Resolve();
        Answer(Bob, 200);
        a.Expect(200);
        End();
    }

    [Fact]
    public void After_icmp_the_next_place_is_asked()
    {
        Scene.Peers[1].Hops.Set(SceneNames.Places("pbx.example", BobAt, CarolAt));
        var a = Ask("bob");
        Bob.ExpectRequest("MESSAGE");
        Scene.Turn(() => Scene.Harness.Unreachable(Bob.Flow, UnreachableReason.Port));
        Scene.Advance(1);
        Answer(Scene.Carol, 200);
        a.Expect(200);
        End();
    }

    /// <summary>RFC 4320 §3: who asks waits for 64·T1 in all, so that each place gets its share.</summary>
    [Fact]
    public void A_silent_place_leaves_time_for_the_next()
    {
        Scene.Peers[1].Hops.Set(SceneNames.Places("pbx.example", BobAt, CarolAt));
        var a = Ask("bob");
        Bob.ExpectRequest("MESSAGE");
        Scene.Advance(32 * CallScene.T1);
        Answer(Scene.Carol, 200);
        a.Expect(200);
        Scene.End();
    }

    [Fact]
    public void When_all_fail_so_does_the_request()
    {
        Scene.Peers[1].Hops.Set(SceneNames.Places("pbx.example", BobAt, CarolAt));
        var a = Ask("bob");
        Answer(Bob, 503);
        Answer(Scene.Carol, 503);
        a.Expect(503);
        End();
    }

    [Fact]
    public void A_request_waits_until_its_target_is_found()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Ask("name");
        Scene.Carol.ExpectNothing();
        Scene.Resolve();
        Answer(Scene.Carol, 200);
        a.Expect(200);
        End();
    }

    [Fact]
    public void What_is_not_found_leads_on()
    {
        var a = Ask("then");
        Scene.Resolve();
        Answer(Scene.Carol, 200);
        a.Expect(200);

        a = Ask("name");
        Scene.Resolve();
        a.Expect(503);
        End();
    }

    /// <summary>The answer of the resolver comes when nobody waits for it any more.</summary>
    [Fact]
    public void A_search_that_takes_too_long_is_given_up()
    {
        Scene.Names.Set("host.example", CarolAt);
        var a = Ask("name");
        Scene.Advance(64 * CallScene.T1);
        a.Expect(504);
        Scene.Resolve();
        Scene.Carol.ExpectNothing();
        End();
    }
}
