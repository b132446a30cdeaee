using System.Net.Sockets;
using System.Text;
using SipAlg.Calls.Tests.Calls;
using SipAlg.Media;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Media;

/// <summary>What goes through a stream of each protocol, over real sockets: what belongs to it as it is, and nothing else (RFC 7983 §7).</summary>
public sealed class ProtocolTests : CallTest, IDisposable
{
    private static readonly byte[] Rtp = [0x80, 8, .. new byte[170]];
    private static readonly byte[] ComfortNoise = [0x80, 13, .. new byte[11]];
    private static readonly byte[] Event = [0x80, 101, .. new byte[14]];
    private static readonly byte[] Stun = [0, 1, .. new byte[18]];
    private static readonly byte[] Dtls = [22, 254, 253, .. new byte[40]];
    private static readonly byte[] Zrtp = [16, 0, 0, 1, .. "ZRTP"u8, .. new byte[20]];
    private static readonly byte[] NoZrtp = [16, 0, .. new byte[26]];
    private static readonly byte[] Turn = [64, 0, .. new byte[26]];
    private static readonly byte[] Udptl = [0, 7, 1, 6];
    private static readonly byte[] Bfcp = [0x40, 13, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1];

    private readonly Socket _alice = Sockets.On(SceneModel.AliceAddress);
    private readonly Socket _bob = Sockets.On(SceneModel.BobAddress);

    public static TheoryData<string, string[], string[]> Streams => new()
    {
        { "m=audio {0} RTP/AVP 8 13 101\r\n", ["Rtp", "ComfortNoise", "Event", "Stun", "Zrtp"], ["Dtls", "NoZrtp", "Turn", "Udptl"] },
        { "m=video {0} RTP/AVPF 96\r\n", ["Rtp", "Stun"], ["Dtls", "Turn", "Bfcp"] },
        { "m=audio {0} RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n", ["Rtp", "Stun"], ["Dtls", "Turn"] },
        { "m=audio {0} UDP/TLS/RTP/SAVPF 111\r\na=fingerprint:sha-256 AB\r\na=setup:actpass\r\n", ["Dtls", "Rtp", "Stun"], ["NoZrtp", "Turn", "Bfcp"] },
        { "m=audio {0} RTP/AVP 8\r\na=fingerprint:sha-256 AB\r\na=setup:actpass\r\n", ["Dtls", "Rtp"], ["Turn"] },
        { "m=image {0} udptl t38\r\na=T38FaxVersion:0\r\n", ["Udptl", "Rtp"], [] },
        { "m=application {0} UDP/BFCP *\r\na=floorctrl:c-s\r\n", ["Bfcp", "Dtls"], [] },
        { "m=application {0} UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5000\r\n", ["Dtls", "Stun"], [] },
        { "m=x-own {0} UDP/OWN *\r\n", ["Turn", "Zrtp", "Bfcp", "Udptl"], [] },
        { "m=x-own {0} udp own\r\n", ["Turn", "Rtp"], [] },
    };

    private static byte[] Packet(string name) => name switch
    {
        nameof(Rtp) => Rtp,
        nameof(ComfortNoise) => ComfortNoise,
        nameof(Event) => Event,
        nameof(Stun) => Stun,
        nameof(Dtls) => Dtls,
        nameof(Zrtp) => Zrtp,
        nameof(NoZrtp) => NoZrtp,
        nameof(Turn) => Turn,
        nameof(Udptl) => Udptl,
        _ => Bfcp,
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public void A_stream_takes_what_belongs_to_it(string media, string[] passes, string[] drops)
    {
        var a = Alice.Call(body: Sdp(Alice, media, _alice));
        var b = Bob.ExpectCall();
        b.Accept(Sdp(Bob, media, _bob));
        var fromAlice = Sockets.Endpoint(Scene.Model.InsideAddress, Body(a.ExpectAnswered()), "m=");
        var fromBob = Sockets.Endpoint(Scene.Model.OutsideAddress, Body(b.Asked), "m=");
        foreach (var dropped in drops)
        {
            _alice.SendTo(Packet(dropped), fromAlice);
            _bob.SendTo(Packet(dropped), fromBob);
        }

        // What arrives next is this: what was sent before has been dropped.
        foreach (var passed in passes)
        {
            Sockets.Crosses(_alice, fromAlice, _bob, fromBob, Packet(passed));
            Sockets.Crosses(_bob, fromBob, _alice, fromAlice, Packet(passed));
        }

        foreach (var realm in new[] { SceneModel.Inside, SceneModel.Outside })
        {
            // What is sent is counted afterwards.
            Assert.True(SpinWait.SpinUntil(() => Scene.Calls.Room.Media.Relay.Read(realm).PacketsOut == passes.Length, TimeSpan.FromSeconds(20)), "as many as passed are counted");
            var totals = Scene.Calls.Room.Media.Relay.Read(realm);
            Assert.Equal(drops.Length, totals.Dropped(DropReason.NotMedia) + totals.Dropped(DropReason.Runt));
        }

        HangUp(a, b);
        Scene.End();
    }

    private static string Sdp(ScriptedPhone phone, string media, Socket socket) => phone.Sdp(1, null, string.Format(null, CompositeFormat.Parse(media), Sockets.Port(socket)));

    private static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    public new void Dispose()
    {
        base.Dispose();
        _alice.Dispose();
        _bob.Dispose();
    }
}
