using SipAlg.Linux;
using SipAlg.Testing.Network;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>Networks of all kinds that the kernel relays in, and that change.</summary>
public sealed class KernelNetworkTests : IDisposable
{
    private readonly KernelRig _rig = new();

    public void Dispose() => _rig.Dispose();

    private static void Crosses(KernelCall call, int packets = 20) => Assert.Equal(2 * packets, call.InKernel(() =>
    {
        for (var i = 0; i < packets; i++)
        {
            call.FromA();
            call.FromB();
        }
    }));

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.1", "127.0.0.3", "127.0.0.4")]
    [InlineData("::1", "::1", "::1", "::1")]
    [InlineData("10.1.0.1", "10.1.0.1", "10.2.0.1", "10.2.0.1")]
    public void On_loopback(string phoneA, string gatewayA, string gatewayB, string phoneB)
    {
        _rig.Start();
        var call = _rig.Call(_rig.Phone(_rig.Gateway, phoneA), _rig.Phone(_rig.Gateway, phoneB), gatewayA, gatewayB);
        call.AwaitKernel();
        Crosses(call);
    }

    [Fact]
    public void In_and_out_by_one_interface()
    {
        _rig.RoomA.Address("phones", "10.1.0.3/24");
        _rig.Start();
        var call = _rig.Call(_rig.Phone(_rig.RoomA, "10.1.0.2"), _rig.Phone(_rig.RoomA, "10.1.0.3"), KernelRig.GatewayA, KernelRig.GatewayA);
        call.AwaitKernel();
        Crosses(call);
        Eventually.True(() => _rig.Relay.KernelInterfaces == 1, "one interface");
    }

    [Theory]
    [InlineData("10.2.0.2")]
    [InlineData("inet6 2001:db8:2::2")]
    public void Over_a_router_to_ports_bound_to_all_addresses(string router)
    {
        var call = Routed(router);
        call.AwaitKernel();
        Crosses(call);
    }

    [Fact]
    public void A_stream_follows_its_router()
    {
        _rig.RoomB.Address("phones", "10.2.0.3/24");
        var call = Routed("10.2.0.3");
        call.AwaitKernel();
        _rig.Gateway.Execute("ip route replace 192.0.2.0/24 via 10.2.0.2");
        Eventually.True(() => _rig.Relay.KernelFlows == 1, "that way is left");
        _rig.RoomB.Execute("ip address del 10.2.0.3/24 dev phones");
        _rig.Gateway.Execute("ip neighbour del 10.2.0.3 dev east");
        call.AwaitKernel();
        Crosses(call);
    }

    /// <summary>B's phone is behind its network.</summary>
    private KernelCall Routed(string router)
    {
        _rig.RoomB.Execute("ip address add 192.0.2.9/32 dev lo");
        _rig.Gateway.Execute($"ip route add 192.0.2.0/24 via {router}");
        _rig.Start();
        var (a, b) = (_rig.Phone(_rig.RoomA, KernelRig.PhoneA), _rig.Phone(_rig.RoomB, "192.0.2.9"));
        var (portA, portB) = (_rig.Take("0.0.0.0"), _rig.Take("0.0.0.0"));
        _rig.Relay.Aim(portA, new MediaTarget { Rtp = a.Endpoint });
        _rig.Relay.Aim(portB, new MediaTarget { Rtp = b.Endpoint });
        _rig.Relay.Join(portA, portB);
        return new KernelCall(_rig, a, b, portA, portB) { GatewayA = KernelRig.GatewayA, GatewayB = KernelRig.GatewayB };
    }

    [Fact]
    public void A_stream_follows_its_route_and_an_interface_that_comes_back()
    {
        var call = _rig.Start().Settled();
        _rig.Gateway.Execute("ip link del dev east");
        Eventually.True(() => _rig.Relay.KernelFlows == 0, "no way is left");
        NetworkRoom.Join(_rig.Gateway, "east", _rig.RoomB, "phones");
        _rig.Gateway.Address("east", "10.2.0.1/24");
        _rig.RoomB.Address("phones", "10.2.0.2/24");
        call.AwaitKernel();
        Crosses(call);
    }

    [Fact]
    public void An_interface_without_streams_is_left_alone_after_a_while()
    {
        var call = _rig.Start().Settled();
        Eventually.True(() => _rig.Relay.KernelInterfaces == 2, "at both interfaces");
        _rig.Relay.Release(call.PortA);
        _rig.Relay.Release(call.PortB);
        Eventually.True(() => _rig.Relay.KernelInterfaces == 0, "detached");
        _rig.Settled();
        Eventually.True(() => _rig.Relay.KernelInterfaces == 2, "and again");
    }

    [Fact]
    public void Changes_elsewhere_leave_a_stream_alone()
    {
        var call = _rig.Start().Settled();
        for (var i = 0; i < 5; i++)
        {
            _rig.Gateway.Execute($"ip route add 192.0.2.{i}/32 via 10.1.0.2");
            Crosses(call);
        }
    }

    /// <summary>A whole collection stops every thread that runs managed code, again and again: no packet waits for it.</summary>
    [Fact]
    public void Garbage_collections_do_not_disturb()
    {
        var call = _rig.Start().Settled();
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true);
            }
        });
        collector.Start();
        Crosses(call, 40);
        done.Cancel();
        collector.Join();
    }

    [Fact]
    public void What_is_too_long_for_the_next_way_crosses_by_sockets()
    {
        _rig.Gateway.Execute("ip link set dev east mtu 600");
        _rig.RoomB.Execute("ip link set dev phones mtu 600");
        var call = _rig.Start().Settled();
        var packet = Phone.Rtp(5000, payload: 1000);
        Assert.Equal(0, call.InKernel(() =>
        {
            call.A.Send(packet, KernelRig.GatewayA, call.PortA.Port);
            Assert.Equal(packet, call.B.Receive());
        }));
    }

    [Fact]
    public void Without_the_capabilities_there_is_a_plain_reason()
    {
        const int SystemAdministration = 21;
        var reason = "";
        var thread = new Thread(() =>
        {
            Capabilities.Drop(Capabilities.Bpf, Capabilities.NetworkAdministration, SystemAdministration);
            using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, FastPath = true }, TimeProvider.System);
            Assert.False(relay.HasFastPath);
            reason = relay.FastPathRefusal;
        });
        thread.Start();
        thread.Join();
        Assert.StartsWith("the process lacks the capabilities CAP_BPF and CAP_NET_ADMIN", reason, StringComparison.Ordinal);
    }

    /// <summary>Who loads the program decides, not who opens the relay.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_program_has_barriers_unless_who_loads_it_has_performance_monitoring(bool isGiven)
    {
        int[] kept = [Capabilities.Bpf, Capabilities.NetworkAdministration];
        bool? hasBarriers = null;
        var thread = new Thread(() =>
        {
            using var loader = new CapableThread("loads", isGiven ? [.. kept, Capabilities.PerformanceMonitoring] : kept);
            Capabilities.Keep(kept);
            using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, FastPath = true, ProgramLoader = loader }, TimeProvider.System);
            hasBarriers = relay.HasFastPath ? relay.HasBarriers : null;
        });
        thread.Start();
        thread.Join();
        Assert.Equal(!isGiven, hasBarriers);
    }

    [Fact]
    public void Switched_off_it_says_so()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, TimeProvider.System);
        Assert.Equal((false, "it is switched off", 0, 0L, 0), (relay.HasFastPath, relay.FastPathRefusal, relay.KernelFlows, relay.KernelPackets, relay.KernelInterfaces));
    }
}
