using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Reload;

/// <summary>Another model under calls that stand.</summary>
public sealed class CallReloadTests : CallTest
{
    private GatewayModel Gateway => Scene.Model.Gateway;

    [Fact]
    public void A_call_goes_on_and_the_next_is_routed_by_the_new_dialplan()
    {
        var (a, b) = Answered();

        Scene.Take(Gateway.With(SceneModel.Route("new", [], new Rejection(403, "Barred now"))));

        a.Request("INFO");
        b.AnswerTo(b.ExpectRequest("INFO"), 200);
        a.Expect(200);
        var second = Alice.Call();
        Assert.StartsWith("SIP/2.0 403 Barred now\r\n", second.Expect(403).Text);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_call_that_rings_is_answered_by_the_peer_that_it_rings_at()
    {
        var (a, b) = Ringing();

        Scene.Take(Gateway.With(SceneModel.Route("new", [], new Rejection(403, null))));

        b.Accept();
        a.ExpectAnswered();
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }

    [Fact]
    public void The_calls_of_a_removed_peer_go_on_and_it_is_a_stranger()
    {
        var (a, b) = Answered();

        Scene.Take(Gateway.Without(Scene.Model.Bob));

        b.Request("INFO");
        a.AnswerTo(a.ExpectRequest("INFO"), 200);
        b.Expect(200);
        Bob.Call("alice").Expect(403);
        HangUp(a, b);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
        Assert.Equal(0, Scene.Peers[1].ActiveCalls);
    }

    [Fact]
    public void A_removed_peer_that_comes_back_is_the_same()
    {
        var (a, b) = Answered();

        Scene.Take(Gateway.Without(Scene.Model.Bob));
        var peers = Scene.Take(Gateway);

        Assert.Equal(1, peers[1].ActiveCalls);
        var back = Bob.Call("alice");
        Alice.ExpectCall().Answer(486);
        back.Expect(486);
        Alice.ExpectRequest("ACK");
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_new_peer_may_call_and_be_called()
    {
        var erin = Scene.Phone("erin", SceneModel.Outside, "127.92.0.50", 5060);
        var address = IpAddress.Parse("127.92.0.50");
        var peer = new Peer
        {
            Index = 4, Name = "erin", Realm = SceneModel.Outside, Address = new PeerAddress { Host = "127.92.0.50", Ip = address, Port = 5060 }, AcceptFrom = [new IpNetwork(address, 32)],
        };
        erin.Call("alice").Expect(403);

        Scene.Take(Gateway.With(peer).With(SceneModel.Route("to-erin", [SceneModel.Called("erin")], SceneModel.To(peer)), SceneModel.Route("in", [], SceneModel.To(Scene.Model.Alice))));

        var a = Alice.Call("erin");
        var e = erin.ExpectCall();
        e.Accept();
        a.ExpectAnswered();
        var back = erin.Call("alice");
        var callee = Alice.ExpectCall();
        callee.Accept();
        back.ExpectAnswered();
        HangUp(a, e);
        HangUp(back, callee);
        Scene.End();
    }

    [Fact]
    public void The_calls_of_a_changed_peer_count_under_its_new_limit()
    {
        var (a, b) = Answered();

        var peers = Scene.Take(Gateway.With(Scene.Model.Bob with { Limits = new PeerLimits(1, null) }));

        Assert.Equal(1, peers[1].ActiveCalls);
        Alice.Call().Expect(503);
        HangUp(a, b);
        var (c, d) = Answered();
        HangUp(c, d);
        Scene.End();
    }

    [Fact]
    public void A_changed_address_is_where_the_next_call_goes()
    {
        var (a, b) = Answered();
        var moved = Scene.Model.Bob with { Address = Scene.Model.Carol.Address };

        Scene.Take(Gateway.With(moved));

        var second = Alice.Call();
        var c = Scene.Carol.ExpectCall();
        c.Accept();
        second.ExpectAnswered();
        HangUp(second, c);
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void A_limit_in_time_holds_for_the_next_call()
    {
        Scene.Take(Gateway with { Calls = Gateway.Calls with { MediaTimeout = TimeSpan.FromSeconds(5) } });

        var (c, d) = Answered();
        Scene.Advance(6000);
        c.ExpectBye();
        d.ExpectBye();
        Scene.End();
    }
}
