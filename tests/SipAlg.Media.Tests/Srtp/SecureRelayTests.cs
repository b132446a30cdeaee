using SipAlg.Media.Srtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Srtp;

/// <summary>Streams that are encrypted on one side or on both, through a relay that runs.</summary>
public sealed class SecureRelayTests : IDisposable
{
    private readonly RelayRig _rig = new(first: 24600, last: 24699);
    private readonly Phone _a;
    private readonly Phone _b;
    private readonly SrtpKey _ofA = SrtpKey.Draw(SrtpSuite.AesCm128HmacSha1Tag80);
    private readonly SrtpKey _toA = SrtpKey.Draw(SrtpSuite.AesCm128HmacSha1Tag80);
    private readonly SrtpContext _sendA;
    private readonly SrtpContext _receiveA;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;

    public SecureRelayTests()
    {
        (_a, _b) = (_rig.Phone("127.61.0.2"), _rig.Phone("127.61.0.3"));
        (_portA, _portB) = _rig.Call(_a, _b);
        (_sendA, _receiveA) = (Of(_ofA), Of(_toA));
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Keys = new MediaKeys(_ofA, _toA), ReadsReports = true });
    }

    public void Dispose()
    {
        _rig.Dispose();
        _sendA.Dispose();
        _receiveA.Dispose();
    }

    private static SrtpContext Of(SrtpKey key) => new(SrtpKey.Of(key.Suite, key.Master.Span), TimeSpan.TicksPerSecond);

    private void FromA(byte[] packet) => _a.Send(packet, RelayRig.Address, _portA.Port);

    private void FromB(byte[] packet, int beside = 0) => _b.Send(packet, RelayRig.Address, _portB.Port + beside);

    [Fact]
    public void One_side_has_srtp_and_the_other_rtp()
    {
        for (var number = 65530; number < 65545; number++)
        {
            var packet = Phone.Rtp(number & 0xFFFF);
            Random.Shared.NextBytes(packet.AsSpan(12));
            FromA(_sendA.Sealed(packet));
            Assert.Equal(packet, _b.Receive());
            FromB(packet);
            var received = _a.Receive();
            Assert.Equal(packet.Length + 10, received.Length);
            Assert.Equal(SrtpResult.Done, _receiveA.Open(ref received));
            Assert.Equal(packet, received);
        }

        Assert.True(_rig.Relay.TryRead(_portA, out var counters));
        Assert.Equal((15, 15 * 172), (counters.Stream.Packets, counters.Stream.Octets));
    }

    [Fact]
    public void Both_sides_have_keys_of_their_own()
    {
        var (ofB, toB) = (SrtpKey.Draw(SrtpSuite.AeadAes256Gcm), SrtpKey.Draw(SrtpSuite.AeadAes256Gcm));
        using var sendB = Of(ofB);
        using var receiveB = Of(toB);
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint, Keys = new MediaKeys(ofB, toB) });
        FromA(_sendA.Sealed(Phone.Rtp(1)));
        var received = _b.Receive();
        Assert.Equal(SrtpResult.Done, receiveB.Open(ref received));
        Assert.Equal(Phone.Rtp(1), received);
        FromB(sendB.Sealed(Phone.Rtp(9)));
        received = _a.Receive();
        Assert.Equal(SrtpResult.Done, _receiveA.Open(ref received));
        Assert.Equal(Phone.Rtp(9), received);
    }

    [Fact]
    public void Rtcp_is_encrypted_and_its_reports_are_read()
    {
        FromB(Phone.Rtcp(), beside: 1);
        // Nobody has told where A takes RTCP but by convention: its next port, where nobody listens.
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, RtcpMux = true, Keys = new MediaKeys(_ofA, _toA), ReadsReports = true });
        FromB(Phone.Rtcp(), beside: 1);
        var received = _a.Receive();
        Assert.Equal(8 + 14, received.Length);
        Assert.Equal(SrtpResult.Done, _receiveA.OpenRtcp(ref received));
        Assert.Equal(Phone.Rtcp(), received);
    }

    [Fact]
    public void Who_has_no_key_is_counted_and_moves_nothing()
    {
        using var stranger = _rig.Phone("127.61.0.4");
        stranger.Send(Phone.Rtp(1), RelayRig.Address, _portA.Port);
        stranger.Send([.. Phone.Rtp(1), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], RelayRig.Address, _portA.Port);
        _rig.AwaitDropped(_portA, DropReason.Authentication, 2);
        FromA(_sendA.Sealed(Phone.Rtp(1)));
        Assert.Equal(Phone.Rtp(1), _b.Receive());
        Assert.Equal(_a.Endpoint, _rig.Rtp(_portA).Source);
        Assert.True(_rig.Relay.TryRead(_portA, out var counters));
        Assert.Equal((1, 2), (counters.Stream.Packets, counters.Stream.Unauthentic));
    }

    [Fact]
    public void Replays_are_counted()
    {
        var packet = _sendA.Sealed(Phone.Rtp(1));
        FromA(packet);
        FromA(packet);
        _rig.AwaitDropped(_portA, DropReason.Replay);
        FromB(Phone.Rtp(5));
        FromB(Phone.Rtp(5));
        _rig.AwaitDropped(_portB, DropReason.Replay);
    }

    [Fact]
    public void Before_its_keys_are_known_a_stream_is_neither_plain_nor_heard()
    {
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Keys = MediaKeys.Awaited });
        FromA(Phone.Rtp(1));
        _rig.AwaitDropped(_portA, DropReason.NoKeys);
        FromB(Phone.Rtp(1));
        _rig.AwaitDropped(_portB, DropReason.NoKeys);
        Assert.True(_a.HasNothing && _b.HasNothing);
    }

    [Fact]
    public void What_is_neither_rtp_nor_rtcp_does_not_pass_but_stun_of_who_is_known()
    {
        byte[] stun = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, .. new byte[12]];
        FromA(stun);
        _rig.AwaitDropped(_portA, DropReason.Stranger);
        FromA(_sendA.Sealed(Phone.Rtp(1)));
        Assert.Equal(Phone.Rtp(1), _b.Receive());
        FromA(stun);
        Assert.Equal(stun, _b.Receive());
        byte[] zrtp = [0x10, 0, 0, 1, .. "ZRTP"u8, .. new byte[24]];
        FromA(zrtp);
        _rig.AwaitDropped(_portA, DropReason.NotMedia);
        FromB(zrtp);
        _rig.AwaitDropped(_portB, DropReason.NotMedia);
    }

    [Fact]
    public void The_same_keys_go_on_and_other_ones_begin()
    {
        FromA(_sendA.Sealed(Phone.Rtp(65535)));
        FromA(_sendA.Sealed(Phone.Rtp(0)));
        Assert.Equal(Phone.Rtp(65535), _b.Receive());
        Assert.Equal(Phone.Rtp(0), _b.Receive());
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Keys = new MediaKeys(_ofA, _toA) });
        FromA(_sendA.Sealed(Phone.Rtp(1)));
        Assert.Equal(Phone.Rtp(1), _b.Receive());

        var next = SrtpKey.Draw(SrtpSuite.AesCm256HmacSha1Tag32);
        using var sender = Of(next);
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Keys = new MediaKeys(next, _toA) });
        FromA(_sendA.Sealed(Phone.Rtp(2)));
        _rig.AwaitDropped(_portA, DropReason.Authentication);
        FromA(sender.Sealed(Phone.Rtp(3)));
        Assert.Equal(Phone.Rtp(3), _b.Receive());
    }

    [Fact]
    public void A_stream_becomes_plain_and_encrypted_again()
    {
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint });
        FromA(Phone.Rtp(1));
        Assert.Equal(Phone.Rtp(1), _b.Receive());
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Keys = new MediaKeys(_ofA, _toA) });
        FromA(Phone.Rtp(2));
        _rig.AwaitDropped(_portA, DropReason.Authentication);
        FromA(_sendA.Sealed(Phone.Rtp(3)));
        Assert.Equal(Phone.Rtp(3), _b.Receive());
    }

    [Fact]
    public void Echo_is_encrypted_with_our_key()
    {
        _rig.Relay.Loop(_portA);
        FromA(_sendA.Sealed(Phone.Rtp(1)));
        var received = _a.Receive();
        Assert.Equal(SrtpResult.Done, _receiveA.Open(ref received));
        Assert.Equal(Phone.Rtp(1), received);
    }

    [Fact]
    public void A_tone_is_encrypted()
    {
        _rig.Relay.PlayTone(_portA, ToneCodec.Pcma, 8);
        Eventually.True(() =>
        {
            _rig.Clock.Advance(TimeSpan.FromMilliseconds(20));
            return !_a.HasNothing;
        }, "tone");
        var received = _a.Receive();
        Assert.Equal(172 + 10, received.Length);
        Assert.Equal(SrtpResult.Done, _receiveA.Open(ref received));
    }

    [Fact]
    public void Keys_are_wiped_when_ports_are_closed()
    {
        FromA(_sendA.Sealed(Phone.Rtp(1)));
        Assert.Equal(Phone.Rtp(1), _b.Receive());
        _ofA.Release();
        _toA.Release();
        Assert.NotEqual(-1, _ofA.Master.Span.IndexOfAnyExcept((byte)0));
        _rig.Relay.Release(_portA);
        _rig.Relay.Release(_portB);
        _rig.AwaitAllClosed();
        Assert.Equal((-1, -1), (_ofA.Master.Span.IndexOfAnyExcept((byte)0), _toA.Master.Span.IndexOfAnyExcept((byte)0)));
    }
}
