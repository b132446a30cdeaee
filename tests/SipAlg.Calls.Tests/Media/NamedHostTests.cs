using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Testing;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>SDP whose c= line has a host's name (RFC 8866 §5.7), over real sockets.</summary>
public sealed class NamedHostTests : CallTest, IDisposable
{
    private const string Name = "phone.example";

    private readonly SteppedTime _mediaTime = new();
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private PhoneDialog _a = null!;
    private PhoneDialog _b = null!;

    protected override SceneOptions Options => new() { MediaTime = _mediaTime };

    public new void Dispose()
    {
        base.Dispose();
        _alice.Dispose();
        GC.SuppressFinalize(this);
    }

    private (IPEndPoint FromAlice, IPEndPoint FromBob) Call(Socket bob)
    {
        _a = Alice.Call(body: Alice.Sdp(port: Sockets.Port(_alice)));
        _b = Bob.ExpectCall();
        _b.Accept(Bob.Sdp(address: Name, port: Sockets.Port(bob)));
        return (Sockets.Endpoint(Scene.Model.InsideAddress, Encoding.UTF8.GetString(_a.ExpectAnswered().Parse().BodyOctets)),
            Sockets.Endpoint(Scene.Model.OutsideAddress, Encoding.UTF8.GetString(_b.Asked.Parse().BodyOctets)));
    }

    [Fact]
    public void Who_is_described_by_name_hears_where_he_signals()
    {
        using var bob = Sockets.On(SceneModel.BobAddress);
        var (fromAlice, fromBob) = Call(bob);
        Sockets.Crosses(_alice, fromAlice, bob, fromBob);
        Sockets.Crosses(bob, fromBob, _alice, fromAlice);
        HangUp(_a, _b);
        Scene.End();
    }

    [Fact]
    public void And_where_he_sends_from_once_he_does()
    {
        using var bob = Sockets.On("127.92.0.99");
        var (fromAlice, fromBob) = Call(bob);
        Sockets.Send(bob, fromBob);
        Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Outside).Dropped(SipAlg.Media.DropReason.Stranger) == 1, TimeSpan.FromSeconds(20)));
        _mediaTime.Advance(TimeSpan.FromSeconds(1));
        Sockets.Crosses(bob, fromBob, _alice, fromAlice);
        Sockets.Crosses(_alice, fromAlice, bob, fromBob);
        HangUp(_a, _b);
        Scene.End();
    }
}
