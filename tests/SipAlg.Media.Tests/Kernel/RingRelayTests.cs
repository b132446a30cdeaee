using SipAlg.Media.Statistics;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>Encrypted streams between networks, whose packets come past the sockets.</summary>
public unsafe partial class RingRelayTests : IDisposable
{
    private const SrtpSuite Suite = SrtpSuite.AesCm128HmacSha1Tag80;

    private readonly KernelRig _rig;
    private readonly List<RingCall> _calls = [];

    public RingRelayTests()
        : this(shares: false)
    {
    }

    private protected RingRelayTests(bool shares) => _rig = new KernelRig { Shares = shares };

    public void Dispose()
    {
        _calls.ForEach(call => call.Dispose());
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    private RingCall Call(SrtpSuite? a = Suite, SrtpSuite? b = null, string phoneA = KernelRig.PhoneA, string gatewayA = KernelRig.GatewayA, string gatewayB = KernelRig.GatewayB, string phoneB = KernelRig.PhoneB)
    {
        _calls.Add(new RingCall(_rig, _rig.Phone(_rig.RoomA, phoneA), _rig.Phone(_rig.RoomB, phoneB), gatewayA, gatewayB, a, b));
        return _calls[^1];
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }

    private PortCounters Rtp(MediaPort port) => _rig.Rtp(port);

    /// <summary>Once the last packet, which has arrived, is counted too.</summary>
    private RelayTotals Counted(RingCall call)
    {
        Eventually.True(() => Rtp(call.PortA).Totals.PacketsOut == Rtp(call.PortB).Totals.PacketsIn, "counted");
        return Rtp(call.PortA).Totals;
    }

    [Theory]
    [InlineData(Suite, null, false, false)]
    [InlineData(null, SrtpSuite.AeadAes128Gcm, false, false)]
    [InlineData(Suite, SrtpSuite.AeadAes256Gcm, false, false)]
    [InlineData(Suite, null, true, true)]
    [InlineData(SrtpSuite.AesCm256HmacSha1Tag32, Suite, true, true)]
    [InlineData(Suite, null, true, false)]
    [InlineData(null, Suite, true, false)]
    public void Both_ways_come_past_the_sockets(SrtpSuite? a, SrtpSuite? b, bool aIsV6, bool bIsV6)
    {
        _rig.Start();
        var call = Call(
            a, b, aIsV6 ? "2001:db8:1::2" : KernelRig.PhoneA, aIsV6 ? "2001:db8:1::1" : KernelRig.GatewayA,
            bIsV6 ? "2001:db8:2::1" : KernelRig.GatewayB, bIsV6 ? "2001:db8:2::2" : KernelRig.PhoneB).AwaitRing();
        var before = Counted(call);
        Assert.Equal(200, call.ByRing(() => Repeat(100, () =>
        {
            call.FromA();
            call.FromB();
        })));
        Assert.Equal((2, 0, 0, 0), (_rig.Relay.RingFlows, _rig.Relay.KernelFlows, _rig.Relay.KernelPackets, _rig.Relay.RingWithoutRoom));
        var after = Counted(call);
        Assert.Equal((before.PacketsIn + 100, before.PacketsOut + 100, 0), (after.PacketsIn, after.PacketsOut, after.DroppedInAll));
    }

    /// <summary>Lost, late, doubled and foreign ones among them.</summary>
    [Fact]
    public void Figures_are_those_of_user_space()
    {
        _rig.Start();
        using var other = new KernelRig { Shares = _rig.Shares };
        other.Start(fastPath: false);
        var call = Call().AwaitRing();
        using var plain = new RingCall(other, other.Phone(other.RoomA, KernelRig.PhoneA), other.Phone(other.RoomB, KernelRig.PhoneB), KernelRig.GatewayA, KernelRig.GatewayB, Suite, null);
        var talked = (int)Rtp(call.PortA).Totals.PacketsIn;
        Repeat(talked, () =>
        {
            plain.FromA();
            plain.FromB();
        });
        Assert.Equal(0, other.Relay.RingPackets);
        var (one, two) = (Play(_rig, call), Play(other, plain));
        Assert.Equal(two, one);
        Assert.Equal(Totals(other), Totals(_rig));
        Assert.True(_rig.Relay.RingPackets > 100);

        static (StreamFigures, long, long, long, long) Play(KernelRig rig, RingCall call)
        {
            var packets = new byte[60][];
            var all = rig.Rtp(call.PortB).Totals.PacketsIn + packets.Length + 1;
            for (var i = 0; i < packets.Length; i++)
            {
                packets[i] = call.A.Sealed(call.Next(ahead: i % 7 == 0 ? 3 : 1, payload: 20 * (i % 9)));
            }

            (packets[10], packets[12], packets[31]) = (packets[12], packets[10], packets[30]);
            foreach (var packet in packets)
            {
                call.A.Phone.Send(packet, call.GatewayA, call.PortA.Port);
                call.SendFromB(packet);
            }

            call.A.Phone.Send(call.Next(), call.GatewayA, call.PortA.Port);
            call.B.Phone.Send(Phone.Rtcp(), call.GatewayB, call.PortB.Port);
            Eventually.True(() => rig.Rtp(call.PortA).Totals.Dropped(DropReason.Authentication) == 1 && rig.Rtp(call.PortB).Totals is { DroppedInAll: > 0 } back && back.PacketsIn == all, "all came");
            Assert.True(rig.Relay.TryRead(call.PortA, out var counters));
            var totals = counters.Rtp.Totals;
            return (StreamFigures.Of(counters.Stream), totals.PacketsIn, totals.OctetsIn, totals.OctetsOut, rig.Rtp(call.PortB).Totals.OctetsIn);
        }

        static (long, long, long, long, long) Totals(KernelRig rig)
        {
            var sum = rig.Relay.Read(0);
            return (sum.PacketsIn, sum.OctetsIn, sum.PacketsOut, sum.OctetsOut, sum.DroppedInAll);
        }
    }

    /// <summary>What does not depend on the clock.</summary>
    private sealed record StreamFigures(long Packets, long Octets, long Received, long Lost, long Reordered, long Duplicates)
    {
        public static StreamFigures Of(in StreamStatistics stream) =>
            new(stream.Packets, stream.Octets, stream.Received, stream.Lost, stream.Reordered, stream.Duplicates);
    }

    [Fact]
    public void A_stranger_is_refused_and_counted_and_the_stream_goes_on()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        _rig.RoomA.Address("phones", "10.1.0.66/24");
        var stranger = _rig.Phone(_rig.RoomA, "10.1.0.66");
        Repeat(20, () => stranger.Send(Phone.Rtp(1, 66), KernelRig.GatewayA, call.PortA.Port));
        Eventually.True(() => Rtp(call.PortA).Totals.Dropped(DropReason.Authentication) == 20, "refused");
        _rig.RoomB.Address("phones", "10.2.0.66/24");
        _rig.Phone(_rig.RoomB, "10.2.0.66").Send(Phone.Rtp(1, 66), KernelRig.GatewayB, call.PortB.Port);
        Eventually.True(() => Rtp(call.PortB).Totals.Dropped(DropReason.Stranger) == 1, "refused");
        Assert.Equal(1, call.ByRing(() => call.FromA()));
        Assert.Equal(1, call.ByRing(() => call.FromB()));
    }

    [Fact]
    public void Who_has_the_address_and_no_key_is_counted_and_so_are_replays()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        var plain = call.Next();
        var packet = call.A.Sealed(plain);
        Assert.Equal(12, call.ByRing(() =>
        {
            Repeat(10, () => call.A.Phone.Send(plain, call.GatewayA, call.PortA.Port));
            Repeat(2, () => call.A.Phone.Send(packet, call.GatewayA, call.PortA.Port));
            Eventually.True(() => Rtp(call.PortA).Totals.Dropped(DropReason.Authentication) == 10 && Rtp(call.PortA).Totals.Dropped(DropReason.Replay) == 1, "refused");
        }));
        Assert.Equal(plain, call.B.Receive());
        Assert.True(call.B.Phone.HasNothing);
    }

    [Fact]
    public void A_ring_without_room_leaves_the_rest_to_the_sockets_and_nothing_is_lost()
    {
        const int Most = KernelRelayRoom + 100;
        var time = new HeldTime();
        _rig.Start(time);
        var call = Call().AwaitRing();
        var (ringed, sent) = (_rig.Relay.RingPackets, Rtp(call.PortB).Totals.PacketsOut);
        time.Hold();
        for (var number = 0; number < Most; number++)
        {
            call.SendFromA(call.Next());
        }

        time.Release();
        Eventually.True(() => Rtp(call.PortB).Totals.PacketsOut - sent == Most, "all came");
        Eventually.True(() => _rig.Relay.RingPackets - ringed is >= KernelRelayRoom - 2 and <= KernelRelayRoom + 2, "the ring was full");
        Eventually.True(() => _rig.Relay.RingWithoutRoom is >= 98 and <= 102, "and says so");
        Assert.Equal(0, Rtp(call.PortA).Totals.DroppedInAll);
        while (!call.B.Phone.HasNothing)
        {
            call.B.Phone.Receive();
        }

        call.AwaitRing();
    }

    private const int KernelRelayRoom = SipAlg.Media.Kernel.KernelRelay.RingOctets / 320;

    [Fact]
    public void What_was_damaged_on_its_way_is_not_made_authentic()
    {
        _rig.Start();
        var call = Call(null, Suite).AwaitRing();
        using var raw = _rig.RoomA.Do(() => new RawPhone(call.A.Phone.Endpoint));
        var packet = RingCall.Rtp(6000, 7);
        Assert.Equal(2, call.ByRing(() =>
        {
            raw.Send(packet, call.GatewayA, call.PortA.Port, damage: 1);
            raw.Send(packet, call.GatewayA, call.PortA.Port, damage: 0);
            Assert.Equal(packet, call.B.Receive());
        }));
        Assert.Equal(1, _rig.Relay.Read(0).Dropped(DropReason.Kernel));
        Assert.True(call.B.Phone.HasNothing);
    }

    [Fact]
    public void What_is_larger_than_the_rings_room_comes_by_its_socket()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        // An encrypted one has ten octets more.
        Assert.Equal(3, call.ByRing(() =>
        {
            call.FromA(payload: 234);
            call.FromA(payload: 235);
            call.FromA(payload: 1400);
        }));
        _rig.RoomA.Execute("ip link set dev phones mtu 1600");
        _rig.RoomB.Execute("ip link set dev phones mtu 1600");
        _rig.Gateway.Execute("ip link set dev west mtu 1600");
        _rig.Gateway.Execute("ip link set dev east mtu 1600");
        call.AwaitRing();
        Assert.Equal(1, call.ByRing(() =>
        {
            call.FromA(payload: 1514);
            call.FromA(payload: 1515);
        }));
    }

    [Fact]
    public void A_raw_socket_sends_for_ports_that_have_their_own_and_leaves_to_those_what_takes_fragments()
    {
        _rig.Gateway.Execute("ip link set dev east mtu 1280");
        _rig.RoomB.Execute("ip link set dev phones mtu 1280");
        _rig.Start();
        var call = Call().AwaitRing();
        Assert.Equal((!_rig.Shares, !_rig.Shares), (_rig.PairOf(call.PortA)->Sender != null, _rig.PairOf(call.PortB)->Sender != null));
        Assert.Equal(2, call.ByRing(() =>
        {
            call.FromA(payload: 1300);
            call.FromA(payload: 160);
        }));
        Assert.Equal(0, Rtp(call.PortA).Totals.DroppedInAll);
        var portA = _rig.PairOf(call.PortA);
        var open = RawSockets();
        _rig.Relay.Separate(call.PortA);
        Eventually.True(() => _rig.Relay.RingFlows == 0, "no flow is left");
        Assert.True(portA->Sender == null);
        Eventually.True(() => RawSockets() == open - (_rig.Shares ? 0 : 2), "and no socket for it");

        int RawSockets() => _rig.Gateway.Execute("cat /proc/net/raw").Count('\n');
    }

    [Fact]
    public void Without_the_capability_for_that_the_ports_sockets_send()
    {
        _rig.Gateway.Do(() => Linux.Capabilities.Drop(Linux.Capabilities.RawSockets));
        if (_rig.Shares)
        {
            return;
        }

        _rig.Start();
        var call = Call().AwaitRing();
        Assert.True(_rig.PairOf(call.PortB)->Sender == null);
    }

    [Fact]
    public void Errors_that_come_back_are_counted_at_their_port()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        Eventually.True(() => Rtp(call.PortA).Totals.PacketsIn == Rtp(call.PortB).Totals.PacketsOut, "counted");
        call.B.Phone.Dispose();
        call.SendFromA(call.Next());
        Eventually.True(() => Rtp(call.PortB).Totals.IcmpErrors == 1, "the error came back");
        call.SendFromA(call.Next());
        Eventually.True(() => Rtp(call.PortB).Totals.IcmpErrors == 2, "and again");
    }

    [Fact]
    public void On_loopback_where_it_is_asked_for()
    {
        _rig.Start();
        using var call = new RingCall(_rig, _rig.Phone(_rig.Gateway, "127.0.0.2"), _rig.Phone(_rig.Gateway, "127.0.0.4"), "127.0.0.1", "127.0.0.3", Suite, null);
        call.AwaitRing();
        Assert.Equal(40, call.ByRing(() => Repeat(20, () =>
        {
            call.FromA();
            call.FromB();
        })));
    }

    [Fact]
    public void From_an_end_elsewhere_to_one_on_this_host()
    {
        _rig.Start();
        using var call = new RingCall(_rig, _rig.Phone(_rig.RoomA, KernelRig.PhoneA), _rig.Phone(_rig.Gateway, "127.0.0.4"), KernelRig.GatewayA, "127.0.0.3", Suite, null);
        call.AwaitRing();
    }

    [Fact]
    public void Digits_that_are_converted_come_by_the_socket()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        SipAlg.Protocol.Rtp.TelephoneEventFormats formats = default;
        formats.Add(new SipAlg.Protocol.Rtp.TelephoneEventFormat(101, 8000));
        _rig.Relay.TakeEvents(call.PortA, formats, static () => { });
        Assert.Equal(0, call.ByRing(() => Repeat(5, () => call.FromA())));
        Repeat(3, () => call.FromB());
        Assert.Equal(5, call.ByRing(() => Repeat(5, () => call.FromB())));
        _rig.Relay.LeaveEvents(call.PortA);
        call.AwaitRing();
    }

    [Fact]
    public void By_clsact_too()
    {
        // The kernel drops what leaves while an interface gets its first one.
        _rig.Gateway.Execute("tc qdisc add dev west clsact");
        _rig.Gateway.Execute("tc qdisc add dev east clsact");
        _rig.Start(withoutTcx: true);
        Call().AwaitRing();
    }

    [Fact]
    public void Nothing_stays_mapped()
    {
        using var rig = new KernelRig();
        rig.Start();
        var ours = Mapped();
        rig.Relay.Dispose();
        Assert.True(ours - Mapped() >= 2);

        static int Mapped() => File.ReadAllLines("/proc/self/maps").Count(line => line.EndsWith("anon_inode:bpf-map", StringComparison.Ordinal));
    }
}

public sealed class SharedRingRelayTests() : RingRelayTests(shares: true);
