using System.Net;
using System.Net.Sockets;
using SipAlg.Calls.Model;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Where media flows while somebody is transferred, over real sockets.</summary>
public sealed class TransferMediaTests : TransferTest, IDisposable
{
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _carol = Sockets.On(SceneModel.CarolAddress);

    private protected override TransferMode Mode => TransferMode.Gateway;

    private string Sdp(ScriptedPhone phone, Socket socket, int version = 1) => phone.Sdp(port: Sockets.Port(socket), version: version);

    private IPEndPoint Outside(string body) => Sockets.Endpoint(Scene.Model.OutsideAddress, body);

    private IPEndPoint Inside(string body) => Sockets.Endpoint(Scene.Model.InsideAddress, body);

    /// <summary>Alice's call to one of the others; where each sends to.</summary>
    private (PhoneDialog A, PhoneDialog B, IPEndPoint FromAlice, IPEndPoint FromOther) Talk(ScriptedPhone other, Socket socket, bool isCaller = true)
    {
        if (isCaller)
        {
            var a = Alice.Call(other.Name, Sdp(Alice, _alice));
            var b = other.ExpectCall();
            b.Accept(Sdp(other, socket));
            return (a, b, Inside(Body(a.ExpectAnswered())), Outside(Body(b.Asked)));
        }

        var caller = other.Call("alice", Sdp(other, socket));
        var callee = Alice.ExpectCall();
        callee.Accept(Sdp(Alice, _alice));
        return (callee, caller, Inside(Body(callee.Asked)), Outside(Body(caller.ExpectAnswered())));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_blind_transfer(bool isCaller)
    {
        var (a, b, fromAlice, fromBob) = Talk(Bob, _bob, isCaller);
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);
        Sockets.Crosses(_bob, fromBob, _alice, fromAlice);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(180);
        ExpectReport(a, 180);

        // Until the target has answered the two talk on.
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);
        Sockets.Crosses(_bob, fromBob, _alice, fromAlice);
        var fromCarol = Outside(Body(c.Asked));
        c.Accept(Sdp(Carol, _carol));

        // The ports that face who stays are the same, so that it may be heard at once.
        Assert.Equal(fromBob, Outside(Body(b.ExpectRequest("INVITE"))));
        b.Accept(Sdp(Bob, _bob, version: 2));
        Sockets.Crosses(_bob, fromBob, _carol, fromCarol);
        Sockets.Crosses(_carol, fromCarol, _bob, fromBob);
        ExpectReport(a, 200);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        Sockets.Crosses(_bob, fromBob, _carol, fromCarol);
        HangUp(b, c);
        Scene.End();
        var record = Assert.Single(Scene.Journal.Ended);
        Assert.Equal(4, Math.Max(record.PacketsFromCaller, record.PacketsFromCallee));
        Assert.Equal(3, Math.Min(record.PacketsFromCaller, record.PacketsFromCallee));

        // Who came counts with who left; each of the three legs has been observed.
        var stream = Assert.Single(record.Streams);
        Assert.Equal((record.PacketsFromCaller, record.PacketsFromCallee), (stream.FromCaller.Packets, stream.FromCallee.Packets));
        Assert.All(Scene.Model.Peers.Take(3), peer => Assert.Equal(1, Scene.Calls.Counters.Quality.Loss(peer.Realm, peer.Index).Buckets.Sum()));
    }

    /// <summary>The target was heard before it refused.</summary>
    [Fact]
    public void After_a_transfer_that_failed()
    {
        var (a, b, fromAlice, fromBob) = Talk(Bob, _bob);
        Refer(Alice, a, ReferTo("carol", "gw"));
        var c = Carol.ExpectCall();
        c.Answer(183, Sdp(Carol, _carol));
        ExpectReport(a, 183);
        Sockets.Crosses(_carol, Outside(Body(c.Asked)), _bob, fromBob);
        c.Answer(486);
        Carol.ExpectRequest("ACK");
        ExpectReport(a, 486);
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);
        Sockets.Crosses(_bob, fromBob, _alice, fromAlice);
        HangUp(a, b);
        Scene.End();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void After_an_attended_transfer(bool hasCalled, bool hasCalledAgain)
    {
        var (a, b, _, fromBob) = Talk(Bob, _bob, hasCalled);
        var (c, d, _, _) = Talk(Carol, _carol, hasCalledAgain);
        Refer(Alice, a, ReferTo("carol", "gw", replaced: c));
        var fromCarol = Outside(Body(d.ExpectRequest("INVITE")));
        d.Accept(Sdp(Carol, _carol, version: 2));
        Assert.Equal(fromBob, Outside(Body(b.ExpectRequest("INVITE"))));
        b.Accept(Sdp(Bob, _bob, version: 2));
        c.ExpectBye();
        ExpectReport(a, 200);
        Sockets.Crosses(_bob, fromBob, _carol, fromCarol);
        Sockets.Crosses(_carol, fromCarol, _bob, fromBob);
        a.Bye();
        Alice.ExpectResponse(200);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        HangUp(b, d);
        Scene.End();
    }

    [Fact]
    public void After_a_replacement()
    {
        var (a, b, _, _) = Talk(Bob, _bob);
        using var other = Sockets.On(SceneModel.AliceAddress);
        var e = Alice.Call("bob", Sdp(Alice, other), $"Replaces: {Replaces(a)}\r\n");
        var fromBob = Outside(Body(b.ExpectRequest("INVITE")));
        b.Accept(Sdp(Bob, _bob, version: 2));
        a.ExpectBye();
        var fromOther = Inside(Body(e.ExpectAnswered()));
        Sockets.Crosses(other, fromOther, _bob, fromBob);
        Sockets.Crosses(_bob, fromBob, other, fromOther);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        HangUp(b, e);
        Scene.End();
    }

    public new void Dispose()
    {
        base.Dispose();
        _alice.Dispose();
        _bob.Dispose();
        _carol.Dispose();
    }
}
