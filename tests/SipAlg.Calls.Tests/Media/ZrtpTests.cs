using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Media;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Media;

/// <summary>Streams that drop ZRTP (RFC 6189), so that their end stays with plain RTP.</summary>
public sealed class ZrtpTests : DtmfTest
{
    private static readonly byte[] Hello = [16, 0, 0, 1, .. "ZRTP"u8, .. new byte[20]];

    private void IsDropped(int realm, long packets) =>
        Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(realm).Dropped(DropReason.NotMedia) == packets, Patience), "dropped");

    /// <summary>A digit could not be taken out of what the ends encrypt between them.</summary>
    [Fact]
    public void A_stream_whose_digits_are_converted_drops_it_both_ways()
    {
        var (a, b) = Call();
        FromAlice.Send(Hello);
        FromBob.Send(Hello);
        IsDropped(SceneModel.Inside, 1);
        IsDropped(SceneModel.Outside, 1);
        FromAlice.SendAudio();
        Assert.Equal(8, FromBob.Receive().PayloadType);
        End(a, b);
    }

    /// <summary>A phone that hears its own keys takes it for an attack.</summary>
    [Fact]
    public void An_echo_sends_none_back()
    {
        using var alice = Sockets.On(SceneModel.AliceAddress);
        var a = Alice.Call("echo", Alice.Sdp(port: Sockets.Port(alice)));
        var gateway = Sockets.Endpoint(Scene.Model.InsideAddress, Encoding.UTF8.GetString(a.ExpectAnswered().Parse().BodyOctets));
        alice.SendTo(Hello, gateway);
        IsDropped(SceneModel.Inside, 1);
        Sockets.Crosses(alice, gateway, alice, gateway);
        a.Bye();
        a.Expect(200);
        Scene.End(CallCause.CallerHungUp, CallOutcome.Answered, 200);
    }
}
