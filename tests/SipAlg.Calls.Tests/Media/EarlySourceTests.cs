using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>
/// Where media may come from while the far side has not described itself yet, which its packets may outrun (RFC 3264 §5.1), over real
/// sockets: of the source rule all holds that is known from the beginning.
/// </summary>
public class EarlySourceTests : CallTest, IDisposable
{
    private const string Stranger = "127.92.0.77";
    private const string MediaNetwork = "127.92.1.0";
    private const string OfMediaNetwork = "127.92.1.7";

    private readonly SteppedTime _mediaTime = new();
    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private PhoneDialog _a = null!;
    private PhoneDialog _b = null!;
    private IPEndPoint _fromBob = null!;

    private protected virtual Latching Latching => Latching.Symmetric;

    protected override SceneOptions Options => new()
    {
        MediaTime = _mediaTime,
        Realm = realm => realm.Index == SceneModel.Outside ? realm with { Latching = Latching } : realm,
        Peer = peer => peer with { MediaFrom = [new IpNetwork(IpAddress.Parse(MediaNetwork), 24)] },
    };

    private protected void Ring() => Ring(Alice.Sdp(port: Sockets.Port(_alice)));

    private protected void Ring(string body, string line = "m=audio")
    {
        _a = Alice.Call(body: body);
        _b = Bob.ExpectCall();
        _fromBob = Sockets.Endpoint(Scene.Model.OutsideAddress, Encoding.UTF8.GetString(_b.Asked.Parse().BodyOctets), line);
    }

    private protected void Hears(Socket from)
    {
        var sent = Sockets.Send(from, _fromBob);
        var received = new byte[2048];
        Assert.Equal(sent, received[.._alice.Receive(received)]);
    }

    /// <summary>Packets from an address, with so much time between them: the first of them are refused, and nobody hears them.</summary>
    private protected void IsRefused(string address, int packets, int milliseconds)
    {
        using var socket = Sockets.On(address);
        for (var refused = 1; refused <= packets; refused++)
        {
            Sockets.Send(socket, _fromBob);
            Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(SceneModel.Outside).Dropped(DropReason.Stranger) == refused, TimeSpan.FromSeconds(20)), $"{refused}");
            _mediaTime.Advance(TimeSpan.FromMilliseconds(milliseconds));
        }

        Assert.Equal(0, _alice.Available);
    }

    private protected void End()
    {
        HangUp(_a, _b);
        Scene.End();
    }

    public new void Dispose()
    {
        base.Dispose();
        _alice.Dispose();
        GC.SuppressFinalize(this);
    }

    public sealed class Symmetric : EarlySourceTests
    {
        /// <summary>The description names an address behind a NAT, so that media come from elsewhere before it and after it.</summary>
        [Theory]
        [InlineData(SceneModel.BobAddress)]
        [InlineData(OfMediaNetwork)]
        public void A_named_source_is_heard_before_the_answer_and_on(string address)
        {
            using var bob = Sockets.On(address);
            Ring();
            Hears(bob);
            _b.Accept(Bob.Sdp(address: "127.92.0.99"));
            _a.ExpectAnswered();
            Hears(bob);
            End();
        }

        /// <summary>UDPTL (ITU-T T.38 §9.1) begins with a sequence number, not with RTP's version.</summary>
        [Fact]
        public void What_is_offered_as_fax_is_heard_as_fax_before_the_answer()
        {
            using var bob = Sockets.On(SceneModel.BobAddress);
            Ring(Alice.Sdp(1, null, $"m=image {Sockets.Port(_alice)} udptl t38\r\n"), "m=image");
            byte[] packet = [0, 0, 1, 6, 0];
            bob.SendTo(packet, _fromBob);
            var received = new byte[2048];
            Assert.Equal(packet, received[.._alice.Receive(received)]);
            _b.Accept(Bob.Sdp(1, null, $"m=image {Sockets.Port(bob)} udptl t38\r\n"));
            _a.ExpectAnswered();
            End();
        }

        [Fact]
        public void Any_other_waits_a_second()
        {
            Ring();
            IsRefused(Stranger, 2, 500);
            using var stranger = Sockets.On(Stranger);
            Hears(stranger);
            _b.Accept();
            _a.ExpectAnswered();
            End();
        }
    }

    public sealed class Strict : EarlySourceTests
    {
        private protected override Latching Latching => Latching.Strict;

        [Theory]
        [InlineData(SceneModel.BobAddress)]
        [InlineData(Stranger)]
        public void Nothing_is_heard_before_its_address_is_known(string address)
        {
            Ring();
            IsRefused(address, 3, 1500);
            _b.Accept();
            _a.ExpectAnswered();
            End();
        }

        [Fact]
        public void A_media_network_is()
        {
            using var bob = Sockets.On(OfMediaNetwork);
            Ring();
            Hears(bob);
            _b.Accept();
            _a.ExpectAnswered();
            End();
        }
    }

    public sealed class Off : EarlySourceTests
    {
        private protected override Latching Latching => Latching.Off;

        [Fact]
        public void All_is_heard_at_once()
        {
            using var stranger = Sockets.On(Stranger);
            Ring();
            Hears(stranger);
            _b.Accept();
            _a.ExpectAnswered();
            End();
        }
    }
}
