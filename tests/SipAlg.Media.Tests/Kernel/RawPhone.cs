using System.Net;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>Sends UDP of IPv4 as a phone would, with a checksum that may be wrong.</summary>
internal sealed class RawPhone(IpEndpoint phone) : IDisposable
{
    private readonly Socket _socket = Open(phone);

    private static Socket Open(IpEndpoint phone)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(phone.Address.ToString()), 0));
        return socket;
    }

    /// <param name="damage">Bits of the last octet that are turned once the checksum is made.</param>
    public void Send(byte[] payload, string address, int port, byte damage)
    {
        var frame = new Frame(phone, IpEndpoint.Parse($"{address}:{port}"), payload);
        var datagram = frame.ToOctets()[frame.Udp..];
        datagram[^1] ^= damage;
        Assert.Equal(datagram.Length, _socket.SendTo(datagram, new IPEndPoint(IPAddress.Parse(address), 0)));
    }

    public void Dispose() => _socket.Dispose();
}
