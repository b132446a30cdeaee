using SipAlg.Calls.Calls;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Reload;

public sealed class PingReloadTests : CallTest
{
    private const int Interval = 30_000;

    protected override SceneOptions Options => base.Options with { Peer = peer => peer.Name == "bob" ? peer with { Ping = TimeSpan.FromMilliseconds(Interval) } : peer };

    private GatewayModel Gateway => Scene.Model.Gateway;

    [Fact]
    public void A_peer_that_is_down_stays_so_when_something_else_of_it_changes()
    {
        Down();

        var peers = Scene.Take(Gateway.With(Scene.Model.Bob with { Limits = new PeerLimits(5, null) }));

        Assert.True(peers[1].Reach.IsDown);
        Ping();
        Assert.False(peers[1].Reach.IsDown);
        Stop();
    }

    [Fact]
    public void A_peer_that_is_pinged_no_more_is_up()
    {
        Down();

        var peers = Scene.Take(Gateway.With(Scene.Model.Bob with { Ping = null }));

        Assert.False(peers[1].Reach.IsDown);
        Scene.Advance(2 * Interval);
        Bob.ExpectNothing();
        Stop();
    }

    [Fact]
    public void A_removed_peer_is_pinged_no_more()
    {
        Scene.Turn(Scene.Calls.Trunks.Begin);

        Scene.Take(Gateway.Without(Scene.Model.Bob));

        Scene.Advance(2 * Interval);
        Bob.ExpectNothing();
        Stop();
    }

    private void Down()
    {
        Scene.Turn(Scene.Calls.Trunks.Begin);
        Scene.Advance(Interval + 30_000);
        Bob.Take();
        Assert.True(Scene.Peers[1].Reach.IsDown);
    }

    private void Ping()
    {
        for (var waited = 0; Bob.Inbox.Count == 0 && waited < Interval; waited += 1000)
        {
            Scene.Advance(1000);
        }

        Bob.Send(ScriptedPhone.Answer(Bob.ExpectRequest("OPTIONS"), 200, "OK", "t", "", "", ""));
    }

    private void Stop()
    {
        Scene.Turn(() => Scene.Calls.HangUpAll(CallCause.GatewayStopped));
        Bob.Take();
        Scene.End();
    }
}
