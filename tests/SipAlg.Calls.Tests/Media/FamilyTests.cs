using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Ends that receive in another address family than they signal in, or move to the other one in mid-call.</summary>
public sealed class FamilyTests : CallTest, IDisposable
{
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _v4 = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _v6 = Sockets.On("::1");
    private bool _hasBoth = true;

    protected override SceneOptions Options => new()
    {
        Realm = realm => realm.Index == SceneModel.Inside && _hasBoth ? realm with { Media = realm.Media with { BindV6 = IpAddress.Parse("::1") } } : realm,
    };

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private string Of(Socket socket, int version = 1)
    {
        var sdp = Alice.Sdp(port: Sockets.Port(socket), version: version);
        return socket == _v6 ? sdp.Replace($"c=IN IP4 {SceneModel.AliceAddress}", "c=IN IP6 ::1", StringComparison.Ordinal) : sdp;
    }

    /// <summary>What the gateway shows alice, which is in the family of her socket.</summary>
    private IPEndPoint Shown(string body, Socket socket)
    {
        var address = socket == _v6 ? "::1" : Scene.Model.InsideAddress;
        Assert.Contains($"c=IN {(socket == _v6 ? "IP6" : "IP4")} {address}\r\n", body, StringComparison.Ordinal);
        return Sockets.Endpoint(address, body);
    }

    private void Talk(Socket alice, IPEndPoint fromAlice, IPEndPoint fromBob)
    {
        Sockets.Crosses(alice, fromAlice, _bob, fromBob);
        Sockets.Crosses(_bob, fromBob, alice, fromAlice);
    }

    private (PhoneDialog A, PhoneDialog B, IPEndPoint FromAlice, IPEndPoint FromBob) Begin(Socket alice)
    {
        var a = Alice.Call(body: Of(alice));
        var b = Bob.ExpectCall();
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob)));
        return (a, b, Shown(Body(a.ExpectAnswered()), alice), Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked)));
    }

    private void End(PhoneDialog a, PhoneDialog b)
    {
        HangUp(a, b);
        Scene.End();
    }

    [Fact]
    public void Who_offers_to_receive_in_the_other_family_gets_ports_in_it()
    {
        var (a, b, fromAlice, fromBob) = Begin(_v6);
        Talk(_v6, fromAlice, fromBob);
        End(a, b);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_moves_to_the_other_family_gets_ports_in_it_with_the_answer(bool isToV6)
    {
        var (before, after) = isToV6 ? (_v4, _v6) : (_v6, _v4);
        var (a, b, fromBefore, fromBob) = Begin(before);
        Talk(before, fromBefore, fromBob);
        a.Invite(Of(after, version: 2));
        Assert.Equal(fromBob, Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.ExpectRequest("INVITE"))));
        Talk(before, fromBefore, fromBob);
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), version: 2));
        var fromAfter = Shown(Body(a.ExpectAnswered()), after);
        Talk(after, fromAfter, fromBob);
        Assert.Equal(0, before.Available);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        End(a, b);
        var record = Assert.Single(Scene.Journal.Ended);
        Assert.Equal((3, 3), (record.PacketsFromCaller, record.PacketsFromCallee));
    }

    /// <summary>Packets at every moment of it: each goes to where she was or to where she is.</summary>
    [Fact]
    public void Nothing_that_is_sent_to_who_moves_is_without_a_way()
    {
        var (a, b, fromAlice, fromBob) = Begin(_v4);
        Talk(_v4, fromAlice, fromBob);
        var isOver = false;
        var flood = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                Sockets.Send(_bob, fromBob);
            }
        });
        flood.Start();
        for (var version = 2; version <= 16; version++)
        {
            a.Invite(Of(version % 2 == 0 ? _v6 : _v4, version));
            b.ExpectRequest("INVITE");
            b.Accept(Bob.Sdp(port: Sockets.Port(_bob), version: version));
            a.ExpectAnswered();
        }

        Volatile.Write(ref isOver, true);
        flood.Join();
        var bob = Scene.Calls.Room.Media.Relay.Read(SceneModel.Outside);
        Assert.Equal((0, 0), (bob.Dropped(DropReason.NoTarget), bob.Dropped(DropReason.NoPartner)));
        End(a, b);
    }

    [Fact]
    public void A_move_that_is_refused_leaves_the_ports()
    {
        var (a, b, fromAlice, fromBob) = Begin(_v4);
        a.Invite(Of(_v6, version: 2));
        b.ExpectRequest("INVITE");
        Assert.Equal(3, Scene.PortsInUse);
        b.Answer(488);
        b.ExpectRequest("ACK");
        a.Expect(488);
        Assert.True(SpinWait.SpinUntil(() => Scene.PortsInUse == 2, TimeSpan.FromSeconds(20)), $"{Scene.PortsInUse} ports");
        Talk(_v4, fromAlice, fromBob);
        End(a, b);
    }

    [Fact]
    public void A_call_that_ends_while_somebody_moves_gives_all_ports_back()
    {
        var (a, b, _, _) = Begin(_v4);
        a.Invite(Of(_v6, version: 2));
        b.ExpectRequest("INVITE");
        b.Bye();
        b.Expect(200);
        Alice.ExpectResponse(487);
        a.ExpectBye();
        Scene.End();
    }

    /// <summary>Hold by the unspecified address of either family is no move.</summary>
    [Fact]
    public void Hold_by_address_is_no_move()
    {
        var (a, b, fromAlice, fromBob) = Begin(_v4);
        a.Invite(Of(_v6, version: 2).Replace("c=IN IP6 ::1", "c=IN IP6 ::", StringComparison.Ordinal));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), version: 2));
        Assert.Equal(fromAlice, Shown(Body(a.ExpectAnswered()), _v4));
        a.Invite(Of(_v4, version: 3));
        b.ExpectRequest("INVITE");
        b.Accept(Bob.Sdp(port: Sockets.Port(_bob), version: 3));
        a.ExpectAnswered();
        Talk(_v4, fromAlice, fromBob);
        End(a, b);
    }

    [Fact]
    public void A_realm_of_one_family_stays_in_it()
    {
        _hasBoth = false;
        var a = Alice.Call(body: Of(_v6));
        var b = Bob.ExpectCall();
        b.Accept();
        Shown(Body(a.ExpectAnswered()), _v4);
        End(a, b);
    }

    public new void Dispose()
    {
        base.Dispose();
        _bob.Dispose();
        _v4.Dispose();
        _v6.Dispose();
    }
}
