using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests;

/// <summary>One UDP port of an end, on loopback.</summary>
internal sealed class Phone : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];

    /// <param name="address">Its own.</param>
    /// <param name="port">0 for any.</param>
    /// <param name="receiveBuffer">Octets; 0 for the system's default.</param>
    public Phone(string address, int port = 0, int receiveBuffer = 0)
    {
        var ip = IPAddress.Parse(address);
        _socket = new Socket(ip.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        _socket.ReceiveBufferSize = receiveBuffer == 0 ? _socket.ReceiveBufferSize : receiveBuffer;
        Bind(new IPEndPoint(ip, port));
        var local = (IPEndPoint)_socket.LocalEndPoint!;
        Endpoint = new IpEndpoint(IpAddress.FromOctets(local.Address.GetAddressBytes()), (ushort)local.Port);
    }

    public IpEndpoint Endpoint { get; }

    /// <summary>Where the last received packet came from.</summary>
    public IPEndPoint? From { get; private set; }

    public void Send(byte[] packet, string address, int port) =>
        Assert.Equal(packet.Length, _socket.SendTo(packet, new IPEndPoint(IPAddress.Parse(address), port)));

    public byte[] Receive()
    {
        EndPoint from = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        var octets = _socket.ReceiveFrom(_buffer, ref from);
        From = (IPEndPoint)from;
        return _buffer[..octets];
    }

    public nint Handle => _socket.Handle;

    /// <summary>Whether something comes in time.</summary>
    public bool Awaits() => _socket.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead);

    public bool HasNothing => _socket.Available == 0;

    private void Bind(IPEndPoint local)
    {
        try
        {
            _socket.Bind(local);
        }
        catch (SocketException)
        {
            // A test that counts descriptors must not depend on the finalizer.
            _socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket.Dispose();

    public static byte[] Rtp(int sequence, uint ssrc = 7, int payload = 160)
    {
        var packet = new byte[12 + payload];
        (packet[0], packet[1]) = (0x80, 8);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }

    public static byte[] Rtcp(uint ssrc = 7)
    {
        var packet = new byte[8];
        (packet[0], packet[1], packet[3]) = (0x80, 201, 1);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        return packet;
    }
}
