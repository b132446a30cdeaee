using System.Net;
using System.Net.Sockets;
using SipAlg.Calls.Tests.Calls.NextHops;
using SipAlg.Media;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Early media of several targets that ring together (RFC 3960 §4), over real sockets: the caller hears one of them at a time.</summary>
public sealed class EarlyMediaTests : RingTest, IDisposable
{
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);
    private readonly Socket _carol = Sockets.On(SceneModel.CarolAddress);

    private IPEndPoint Outside(SentMessage sent) => Sockets.Endpoint(Scene.Model.OutsideAddress, Body(sent));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_answers_takes_the_place_of_who_was_heard_last(bool isBob)
    {
        var a = Alice.Call("two", Alice.Sdp(port: Sockets.Port(_alice)));
        var (b, c) = (Bob.ExpectCall(), Carol.ExpectCall());
        var (fromBob, fromCarol) = (Outside(b.Asked), Outside(c.Asked));
        b.Answer(183, Bob.Sdp(port: Sockets.Port(_bob)));
        var fromAlice = Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.Expect(183)));
        Sockets.Crosses(_bob, fromBob, _alice, fromAlice);
        Sockets.Crosses(_alice, fromAlice, _bob, fromBob);

        c.Answer(183, Carol.Sdp(port: Sockets.Port(_carol)));
        Assert.Equal(fromAlice, Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.Expect(183))));
        Sockets.Crosses(_carol, fromCarol, _alice, fromAlice);
        Sockets.Crosses(_alice, fromAlice, _carol, fromCarol);
        Sockets.Send(_bob, fromBob);
        Assert.True(
            SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Outside).Dropped(DropReason.NoPartner) == 1, TimeSpan.FromSeconds(20)), "bob is not heard");

        var (answers, socket, from) = isBob ? (b, _bob, fromBob) : (c, _carol, fromCarol);
        answers.Accept((isBob ? Bob : Carol).Sdp(port: Sockets.Port(socket)));
        Cancelled(isBob ? c : b, Elsewhere);
        Assert.Equal(fromAlice, Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.ExpectAnswered())));
        Sockets.Crosses(socket, from, _alice, fromAlice);
        Sockets.Crosses(_alice, fromAlice, socket, from);
        Assert.Equal((0, 0, 0), (_alice.Available, _bob.Available, _carol.Available));
        HangUp(a, answers);
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
