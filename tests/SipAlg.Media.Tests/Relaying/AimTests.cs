using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

public class AimTests : IDisposable
{
    private readonly RelayRig _rig;
    private readonly Phone _a;
    private readonly Phone _b;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;

    public AimTests()
        : this(shares: false)
    {
    }

    private protected AimTests(bool shares)
    {
        _rig = new RelayRig(shares: shares);
        (_a, _b) = (_rig.Phone("127.0.0.2"), _rig.Phone("127.0.0.3"));
        (_portA, _portB) = _rig.Call(_a, _b);
    }

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void A_new_target_has_every_packet_after_the_aim()
    {
        var targets = new[] { _b, _rig.Phone("127.0.0.7") };
        for (var i = 0; i < 200; i++)
        {
            var target = targets[i % 2];
            _rig.Relay.Aim(_portB, new MediaTarget { Rtp = target.Endpoint });
            Send(i);
            Assert.Equal(Phone.Rtp(i), target.Receive());
        }

        Assert.All(targets, target => Assert.True(target.HasNothing));
    }

    public static TheoryData<IpEndpoint> Nowhere => [default, IpEndpoint.Parse("0.0.0.0:4000"), IpEndpoint.Parse("[::]:4000"), IpEndpoint.Parse("192.0.2.1:0")];

    [Theory]
    [MemberData(nameof(Nowhere), DisableDiscoveryEnumeration = true)]
    public void A_target_on_hold_is_sent_nothing(IpEndpoint nowhere)
    {
        _b.Send(Phone.Rtp(1), RelayRig.Address, _portB.Port);
        _a.Receive();
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = nowhere });
        Send(1);
        _rig.AwaitDropped(_portA, DropReason.NoTarget);
        Assert.True(_b.HasNothing);
    }

    [Fact]
    public void An_aim_at_the_same_endpoint_keeps_the_source_another_starts_afresh()
    {
        var nat = _rig.Phone("127.0.0.5");
        var target = new MediaTarget { Rtp = _b.Endpoint, Signalling = nat.Endpoint.Address };
        _rig.Relay.Aim(_portB, target);
        nat.Send(Phone.Rtp(1), RelayRig.Address, _portB.Port);
        _a.Receive();
        _rig.Relay.Aim(_portB, target with { Rtp = default });
        _rig.Relay.Aim(_portB, target);
        Send(2);
        Assert.Equal(Phone.Rtp(2), nat.Receive());
        var other = _rig.Phone("127.0.0.7");
        _rig.Relay.Aim(_portB, target with { Rtp = other.Endpoint });
        Send(3);
        Assert.Equal(Phone.Rtp(3), other.Receive());
        _rig.Relay.Aim(_portB, target);
        Send(4);
        Assert.Equal(Phone.Rtp(4), _b.Receive());
        Assert.True(nat.HasNothing);
    }

    [Fact]
    public void What_is_asked_of_a_released_port_is_ignored()
    {
        _rig.Relay.Release(_portB);
        _rig.Relay.Release(_portB);
        Eventually.True(() => _rig.Pool.InUse == 1, "closed");
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint });
        _rig.Relay.Join(_portA, _portB);
        _rig.Relay.Loop(_portB);
        _rig.Relay.PlayTone(_portB, ToneCodec.Pcma, 8);
        _rig.Relay.Separate(default);
        Assert.False(_rig.Relay.TryRead(_portB, out _));
        Assert.False(_rig.Relay.TryRead(default, out _));
        _rig.Relay.Release(_portA);
        _rig.AwaitAllClosed();
        Assert.Equal(0, _rig.Relay.Faults);
    }

    [Fact]
    public void Ports_of_different_threads_cannot_be_joined()
    {
        using var rig = new RelayRig(threads: 2, first: 24400, last: 24499, shares: _rig.Relay.SharesSockets);
        Assert.NotEqual(rig.Relay.Place(), rig.Relay.Place());
        Assert.Throws<ArgumentException>(() => rig.Relay.Join(rig.Take(place: 0), rig.Take(place: 1)));
    }

    private void Send(int sequence) => _a.Send(Phone.Rtp(sequence), RelayRig.Address, _portA.Port);
}
