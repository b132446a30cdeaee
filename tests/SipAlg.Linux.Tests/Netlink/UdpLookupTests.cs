using System.Net;
using System.Net.Sockets;
using SipAlg.Linux.Netlink;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Network;

namespace SipAlg.Linux.Tests.Netlink;

public sealed class UdpLookupTests : IDisposable
{
    private const ushort Port = 20000;
    private readonly NetworkRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", 0)]
    [InlineData("0.0.0.0", "127.0.0.1", 0)]
    [InlineData("::", "127.0.0.1", 0)]
    [InlineData("::", "::1", 0)]
    [InlineData("::1", "::1", 0)]
    [InlineData("127.0.0.1", "127.0.0.2", Errors.NoEntry)]
    [InlineData("0.0.0.0", "::1", Errors.NoEntry)]
    public void Finds_who_would_get_a_datagram(string bound, string local, int expected) => _room.Do(() =>
    {
        var address = IPAddress.Parse(bound);
        using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            socket.DualMode = true;
        }

        socket.Bind(new IPEndPoint(address, Port));
        using var lookup = new UdpLookup();
        for (var times = 0; times < 3; times++)
        {
            Assert.Equal(expected, lookup.Find(new IpEndpoint(IpAddress.Parse(local), Port)));
            Assert.Equal(Errors.NoEntry, lookup.Find(new IpEndpoint(IpAddress.Parse(local), Port + 1)));
        }
    });
}
