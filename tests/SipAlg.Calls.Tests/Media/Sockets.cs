using System.Net;
using System.Net.Sockets;

namespace SipAlg.Calls.Tests.Media;

/// <summary>The media ports of phones.</summary>
internal static class Sockets
{
    public static Socket On(string address)
    {
        var local = IPAddress.Parse(address);
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Bind(new IPEndPoint(local, 0));
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

    /// <summary>As the other, with a packet of the test's.</summary>
    public static void Crosses(Socket from, IPEndPoint gateway, Socket to, IPEndPoint seenFrom, byte[] packet)
    {
        from.SendTo(packet, gateway);
        Arrives(packet, to, seenFrom);
    }

    /// <summary>A packet goes through the gateway as it is.</summary>
    public static void Crosses(Socket from, IPEndPoint gateway, Socket to, IPEndPoint seenFrom)
    {
        Arrives(Send(from, gateway), to, seenFrom);
    }

    private static void Arrives(byte[] packet, Socket to, IPEndPoint seenFrom)
    {
        var received = new byte[2048];
        EndPoint source = new IPEndPoint(to.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = to.ReceiveFrom(received, ref source);
        Assert.Equal(packet, received[..length]);
        Assert.Equal(seenFrom, source);
    }
}
