using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SipAlg.Tests.Hep;

/// <summary>Takes HEP packets and reads their chunks, knowing nothing of who wrote them.</summary>
internal sealed class Collector : IDisposable
{
    private readonly Socket _socket;
    private readonly List<Dictionary<int, byte[]>> _packets = [];
    private readonly bool _isStream;

    public Collector(bool isStream = false, int port = 0)
    {
        _isStream = isStream;
        _socket = isStream
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 22 };
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        if (isStream)
        {
            _socket.Listen();
        }

        _ = Task.Run(ReceiveAsync);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public string Target => $"{(_isStream ? "tcp" : "udp")}://127.0.0.1:{Port}";

    /// <summary>What has come, each packet its chunks by their types.</summary>
    public IReadOnlyList<Dictionary<int, byte[]>> Packets
    {
        get
        {
            lock (_packets)
            {
                return [.. _packets];
            }
        }
    }

    public static string Text(Dictionary<int, byte[]> packet, int chunk) => Encoding.UTF8.GetString(packet[chunk]);

    public static long Number(Dictionary<int, byte[]> packet, int chunk) => packet[chunk].Aggregate(0L, (number, octet) => (number << 8) | octet);

    public void Dispose() => _socket.Dispose();

    private async Task ReceiveAsync()
    {
        try
        {
            if (!_isStream)
            {
                var datagram = new byte[65_536];
                while (true)
                {
                    var length = await _socket.ReceiveAsync(datagram);
                    Take(datagram.AsSpan(0, length));
                }
            }

            while (true)
            {
                using var connection = await _socket.AcceptAsync();
                await ReadAsync(new NetworkStream(connection));
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
        catch (ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ReadAsync(NetworkStream stream)
    {
        var packet = new byte[65_536];
        while (await stream.ReadAtLeastAsync(packet.AsMemory(0, 6), 6, throwOnEndOfStream: false) == 6)
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4));
            await stream.ReadExactlyAsync(packet.AsMemory(6, length - 6));
            Take(packet.AsSpan(0, length));
        }
    }

    private void Take(ReadOnlySpan<byte> packet)
    {
        Assert.Equal("HEP3", Encoding.ASCII.GetString(packet[..4]));
        Assert.Equal(packet.Length, BinaryPrimitives.ReadUInt16BigEndian(packet[4..]));
        Dictionary<int, byte[]> chunks = [];
        for (packet = packet[6..]; !packet.IsEmpty;)
        {
            Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(packet));
            var length = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
            chunks.Add(BinaryPrimitives.ReadUInt16BigEndian(packet[2..]), packet[6..length].ToArray());
            packet = packet[length..];
        }

        lock (_packets)
        {
            _packets.Add(chunks);
        }
    }
}
