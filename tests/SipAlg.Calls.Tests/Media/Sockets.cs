using System.Net;
using System.Net.Sockets;

namespace SipAlg.Calls.Tests.Media;

/// <summary>The media ports of phones.</summary>
internal static class Sockets
{
    public static Socket On(string address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return socket;
    }

    public static int Port(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;

    /// <summary>Where the gateway wants a stream that it describes so.</summary>
    public static IPEndPoint Endpoint(string address, string body, string line = "m=audio")
    {
        var media = body.Split("\r\n").First(text => text.StartsWith(line, StringComparison.Ordinal));
        return new(IPAddress.Parse(address), int.Parse(media.Split(' ')[1]));
    }

    public static byte[] Send(Socket from, IPEndPoint gateway)
    {
        var packet = new byte[172];
        (packet[0], packet[1]) = (0x80, 8);
        Random.Shared.NextBytes(packet.AsSpan(12));
        from.SendTo(packet, gateway);
        return packet;
    }

    /// <summary>A packet goes through the gateway as it is.</summary>
    public static void Crosses(Socket from, IPEndPoint gateway, Socket to, IPEndPoint seenFrom)
    {
        var packet = Send(from, gateway);
        var received = new byte[2048];
        EndPoint source = new IPEndPoint(IPAddress.Any, 0);
        var length = to.ReceiveFrom(received, ref source);
        Assert.Equal(packet, received[..length]);
        Assert.Equal(seenFrom, source);
    }
}
