using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

public class RtcpTests : IDisposable
{
    private readonly RelayRig _rig;
    private readonly Phone _a;
    private readonly Phone _aRtcp;
    private readonly Phone _b;
    private readonly Phone _bRtcp;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;

    public RtcpTests()
        : this(shares: false)
    {
    }

    private protected RtcpTests(bool shares)
    {
        _rig = new RelayRig(shares: shares);
        (_a, _aRtcp) = (_rig.Phone("127.0.0.2", 26000), _rig.Phone("127.0.0.2", 26001));
        (_b, _bRtcp) = (_rig.Phone("127.0.0.3", 26000), _rig.Phone("127.0.0.3", 26001));
        (_portA, _portB) = _rig.Call(_a, _b);
    }

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void Rtcp_has_its_own_ports()
    {
        _aRtcp.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port + 1);
        Assert.Equal(Phone.Rtcp(), _bRtcp.Receive());
        RelayRig.CameFrom(_bRtcp, RelayRig.Address, _portB.Port + 1);
        Assert.Equal(1, _rig.Rtcp(_portA).Totals.PacketsIn);
        Eventually.True(() => _rig.Rtcp(_portB).Totals.PacketsOut == 1, "sent, which is counted afterwards");
        Assert.Equal(0, _rig.Rtp(_portA).Totals.PacketsIn);
    }

    [Fact]
    public void Rtcp_goes_to_the_announced_port()
    {
        var announced = _rig.Phone("127.0.0.3");
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint, Rtcp = announced.Endpoint });
        _aRtcp.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port + 1);
        Assert.Equal(Phone.Rtcp(), announced.Receive());
    }

    [Fact]
    public void Rtcp_of_one_side_that_multiplexes_changes_ports_both_ways()
    {
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, RtcpMux = true });
        _a.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port);
        Assert.Equal(Phone.Rtcp(), _bRtcp.Receive());
        RelayRig.CameFrom(_bRtcp, RelayRig.Address, _portB.Port + 1);
        _bRtcp.Send(Phone.Rtcp(9), RelayRig.Address, _portB.Port + 1);
        Assert.Equal(Phone.Rtcp(9), _a.Receive());
        RelayRig.CameFrom(_a, RelayRig.Address, _portA.Port);
        Assert.True(_aRtcp.HasNothing);
    }

    [Fact]
    public void Rtcp_stays_on_the_rtp_port_when_both_multiplex()
    {
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, RtcpMux = true });
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint, RtcpMux = true });
        _a.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port);
        Assert.Equal(Phone.Rtcp(), _b.Receive());
        RelayRig.CameFrom(_b, RelayRig.Address, _portB.Port);
    }

    [Fact]
    public void Rtcp_follows_rtp_to_another_address_until_its_own_source_is_known()
    {
        var (nat, natRtcp, natOther) = (_rig.Phone("127.0.0.5", 26010), _rig.Phone("127.0.0.5", 26011), _rig.Phone("127.0.0.5"));
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Signalling = nat.Endpoint.Address });
        nat.Send(Phone.Rtp(1), RelayRig.Address, _portA.Port);
        _b.Receive();
        _bRtcp.Send(Phone.Rtcp(), RelayRig.Address, _portB.Port + 1);
        Assert.Equal(Phone.Rtcp(), natRtcp.Receive());
        natOther.Send(Phone.Rtcp(3), RelayRig.Address, _portA.Port + 1);
        _bRtcp.Receive();
        _bRtcp.Send(Phone.Rtcp(), RelayRig.Address, _portB.Port + 1);
        Assert.Equal(Phone.Rtcp(), natOther.Receive());
        Assert.Equal(natOther.Endpoint, _rig.Rtcp(_portA).Source);
    }

    [Fact]
    public void Rtcp_stays_at_the_sdp_address_when_rtp_comes_from_another_port_of_it()
    {
        var other = _rig.Phone("127.0.0.2");
        other.Send(Phone.Rtp(1), RelayRig.Address, _portA.Port);
        _b.Receive();
        _bRtcp.Send(Phone.Rtcp(), RelayRig.Address, _portB.Port + 1);
        Assert.Equal(Phone.Rtcp(), _aRtcp.Receive());
    }

    [Fact]
    public void Rtp_on_the_rtcp_port_is_dropped()
    {
        _aRtcp.Send(Phone.Rtp(1), RelayRig.Address, _portA.Port + 1);
        Eventually.True(() => _rig.Rtcp(_portA).Totals.Dropped(DropReason.NotMedia) == 1, "dropped");
    }

    [Fact]
    public void A_held_end_is_sent_no_rtcp()
    {
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = new IpEndpoint(IpAddress.AnyV4, 26000), Rtcp = _bRtcp.Endpoint });
        _aRtcp.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port + 1);
        Eventually.True(() => _rig.Rtcp(_portA).Totals.Dropped(DropReason.NoTarget) == 1, "dropped");
        Assert.True(_bRtcp.HasNothing);
    }
}
