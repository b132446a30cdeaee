using SipAlg.Linux.Netlink;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Network;

namespace SipAlg.Linux.Tests.Netlink;

public sealed class NetlinkTests : IDisposable
{
    private readonly NetworkRoom _room = new();
    private readonly NetworkRoom _other = new();

    public NetlinkTests()
    {
        NetworkRoom.Join(_room, "one", _other, "two");
        _room.Address("one", "10.1.0.1/24", "2001:db8::1/64");
        _other.Address("two", "10.1.0.2/24", "2001:db8::2/64");
    }

    public void Dispose()
    {
        _room.Dispose();
        _other.Dispose();
    }

    private NetworkInterface One => Assert.Single(_room.Do(NetworkInterface.List), link => link.Name == "one");

    private Route? Find(string destination, string? source = null) => _room.Do(() =>
    {
        using var routes = new Routes();
        return routes.Find(IpAddress.Parse(destination), source is null ? default : IpAddress.Parse(source));
    });

    [Fact]
    public void Lists_interfaces()
    {
        _room.Execute("ip link set one mtu 1400");
        Assert.Equal(One, new NetworkInterface(One.Index, "one", LinkKind.Ethernet, true, 1400));
        Assert.Contains(new NetworkInterface(NetworkInterface.Loopback, "lo", LinkKind.Loopback, true, 65536), _room.Do(NetworkInterface.List));
        _room.Execute("ip link set one down");
        Assert.False(One.IsUp);
    }

    [Theory]
    [InlineData("10.1.0.2", "10.1.0.1")]
    [InlineData("2001:db8::2", "2001:db8::1")]
    public void Finds_the_way_to_a_neighbour(string neighbour, string own)
    {
        var expected = new Route(One.Index, IpAddress.Parse(own), false, 0, IpAddress.Parse(neighbour));
        Assert.Equal(expected, Find(neighbour));
        Assert.Equal(expected, Find(neighbour, own));
    }

    [Theory]
    [InlineData("10.1.0.1")]
    [InlineData("127.0.0.5")]
    [InlineData("2001:db8::1")]
    [InlineData("::1")]
    public void An_own_address_is_local(string own)
    {
        var route = Find(own, own);
        Assert.NotNull(route);
        Assert.True(route.Value.IsLocal);
        Assert.Equal(IpAddress.Parse(own), route.Value.Source);
    }

    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("2001:db8:1::1")]
    [InlineData("10.1.0.255")]
    [InlineData("224.0.0.5")]
    public void Where_no_single_host_is_found_there_is_none(string destination) => Assert.Null(Find(destination));

    [Fact]
    public void A_route_may_carry_less_than_its_interface()
    {
        _room.Execute("ip route add 192.0.2.0/24 via 10.1.0.2 mtu 1300");
        Assert.Equal(new Route(One.Index, IpAddress.Parse("10.1.0.1"), false, 1300, IpAddress.Parse("10.1.0.2")), Find("192.0.2.1"));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.0/24 via 10.1.0.2", "10.1.0.2")]
    [InlineData("192.0.2.1", "192.0.2.0/24 via inet6 2001:db8::2", "2001:db8::2")]
    [InlineData("2001:db8:1::1", "2001:db8:1::/64 via fe80::2 dev one", "fe80::2")]
    public void Finds_the_router_on_the_way(string destination, string route, string router)
    {
        _room.Execute($"ip route add {route}");
        Assert.Equal(IpAddress.Parse(router), Find(destination)?.NextHop);
    }

    [Fact]
    public void Changes_are_told_of()
    {
        using var changes = _room.Do(() => new NetworkChanges());
        Assert.False(changes.Take());
        foreach (var command in new[] { "ip route add 192.0.2.0/24 via 10.1.0.2", "ip link set one mtu 1300", "ip address add 10.2.0.1/24 dev one", "ip link del one" })
        {
            _room.Execute(command);
            Assert.True(changes.Take(), command);
            Assert.False(changes.Take(), command);
        }
    }

    [Fact]
    public void Changes_that_were_lost_are_changes()
    {
        using var changes = _room.Do(() => new NetworkChanges());
        Assert.Equal(0, Shrink(changes.Descriptor));
        for (var i = 0; i < 40; i++)
        {
            _room.Execute($"ip link set one mtu {1300 + i}");
        }

        Assert.True(changes.Take());
        _room.Execute("ip link set one mtu 1400");
        Assert.True(changes.Take());
    }

    private static unsafe int Shrink(int descriptor)
    {
        var octets = 1;
        return LibC.SetSockOpt(descriptor, SocketConstants.SolSocket, SocketConstants.SoRcvBuf, &octets, sizeof(int));
    }
}
