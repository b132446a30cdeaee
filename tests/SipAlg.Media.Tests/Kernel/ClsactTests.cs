using SipAlg.Linux.Netlink;
using SipAlg.Testing.Network;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>The relay in the kernel as on systems without tcx.</summary>
public sealed class ClsactTests : IDisposable
{
    private readonly KernelRig _rig = new();

    public ClsactTests()
    {
        AddQdisc("west");
        AddQdisc("east");
    }

    public void Dispose() => _rig.Dispose();

    /// <summary>The kernel stops an interface for a moment when it gets its qdisc, and drops what is to leave: here not in mid-call.</summary>
    private void AddQdisc(string name) => _rig.Gateway.Execute($"tc qdisc add dev {name} clsact");

    /// <summary>Places of gateways at all interfaces.</summary>
    private int Filters => _rig.Gateway.Do(() =>
    {
        using var control = new TrafficControl();
        return NetworkInterface.List().Sum(link => control.List(link.Index, "sipalg/").Count);
    });

    private static void Crosses(KernelCall call)
    {
        const int Packets = 20;
        Assert.Equal(2 * Packets, call.InKernel(() =>
        {
            for (var i = 0; i < Packets; i++)
            {
                call.FromA();
                call.FromB();
            }
        }));
    }

    [Fact]
    public void Both_directions_cross_and_the_end_leaves_nothing()
    {
        var call = _rig.Start(withoutTcx: true).Settled();
        Assert.True(_rig.Relay.IsFastPathByClsact);
        Crosses(call);
        Eventually.True(() => _rig.Relay.KernelInterfaces == 2, "at both interfaces");
        Assert.Equal(2, Filters);
        _rig.Relay.Dispose();
        Assert.Equal(0, Filters);
    }

    [Fact]
    public void Between_two_ends_of_the_host()
    {
        _rig.Start(withoutTcx: true);
        var call = _rig.Call(_rig.Phone(_rig.Gateway, "127.0.0.2"), _rig.Phone(_rig.Gateway, "127.0.0.3"), "127.0.0.1", "127.0.0.4");
        call.AwaitKernel();
        Crosses(call);
    }

    [Fact]
    public void An_interface_that_comes_back_gets_its_place_again()
    {
        var call = _rig.Start(withoutTcx: true).Settled();
        _rig.Gateway.Execute("ip link del dev east");
        Eventually.True(() => _rig.Relay.KernelFlows == 0, "no way is left");
        NetworkRoom.Join(_rig.Gateway, "east", _rig.RoomB, "phones");
        AddQdisc("east");
        _rig.Gateway.Address("east", "10.2.0.1/24");
        _rig.RoomB.Address("phones", "10.2.0.2/24");
        call.AwaitKernel();
        Crosses(call);
    }

    [Fact]
    public void With_tcx_that_is_taken() => Assert.False(_rig.Start().Relay.IsFastPathByClsact);
}
