using System.Net;
using System.Net.Sockets;

namespace SipAlg.Calls.Tests.Calls.NextHops;

/// <summary>The audio port of a phone: a real socket, since the relay's are.</summary>
internal sealed class AudioSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };

    public AudioSocket(string address) => _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>The audio port that a description shows.</summary>
    public static IPEndPoint Shown(string address, string body) => new(IPAddress.Parse(address), int.Parse(body.Split("m=audio ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A packet sent to the gateway comes out at the other phone, from the port that faces it.</summary>
    public void Reaches(AudioSocket other, IPEndPoint gateway, IPEndPoint seenFrom)
    {
        var packet = new byte[172];
        (packet[0], packet[1]) = (0x80, 8);
        Random.Shared.NextBytes(packet.AsSpan(12));
        _socket.SendTo(packet, gateway);
        var received = new byte[2048];
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        var length = other._socket.ReceiveFrom(received, ref source);
        Assert.Equal(packet, received[..length]);
        Assert.Equal(seenFrom, source);
    }

    public void Dispose() => _socket.Dispose();
}
