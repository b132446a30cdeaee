using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Protocol.Rtp;
using SipAlg.Testing.Lanes;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>The RTP of a scripted phone: a port at its address, and the port of the gateway that it sends to.</summary>
internal sealed class MediaSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[2048];

    public MediaSocket(string address)
    {
        var local = IPAddress.Parse(address);
        _socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        _socket.Bind(new IPEndPoint(local, 0));
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    /// <summary>Where it sends to.</summary>
    public IPEndPoint Gateway { get; set; } = null!;
    public ushort Sequence { get; set; } = 1000;
    public bool HasNothing => _socket.Available == 0;

    /// <summary>The SDP that the phone was sent says where to send to.</summary>
    public void Learn(string gatewayAddress, SentMessage sent, string line = "m=audio")
    {
        var media = Encoding.UTF8.GetString(sent.Parse().BodyOctets).Split("\r\n").First(text => text.StartsWith(line, StringComparison.Ordinal));
        Gateway = new IPEndPoint(IPAddress.Parse(gatewayAddress), int.Parse(media.Split(' ')[1]));
    }

    public void Send(byte[] packet) => _socket.SendTo(packet, Gateway);

    public void SendAudio(uint ssrc = 7, byte payloadType = 8, uint? timestamp = null)
    {
        var packet = new byte[172];
        (packet[0], packet[1]) = (0x80, payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp ?? Sequence * 160u);
        Sequence++;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        _socket.SendTo(packet, Gateway);
    }

    /// <summary>A digit that has lasted so many units of 8 kHz: its end, three times.</summary>
    public void SendEvent(byte payloadType, byte code, ushort duration)
    {
        var packet = new byte[TelephoneEventPacket.Length];
        var began = Sequence * 16_000u;
        for (var copies = 0; copies < 3; copies++)
        {
            new TelephoneEventPacket(payloadType, copies == 0, Sequence++, began, 7).Write(new TelephoneEvent(code, true, 10, duration), packet);
            _socket.SendTo(packet, Gateway);
        }
    }

    /// <summary>A receiver report of RTCP about nobody (RFC 3550 §6.4.2), to the port beside.</summary>
    public void SendReport() => _socket.SendTo([0x80, 201, 0, 1, 0, 0, 0, 7], new IPEndPoint(Gateway.Address, Gateway.Port + 1));

    /// <summary>The next packet.</summary>
    public (byte PayloadType, ushort Sequence, uint Timestamp, uint Ssrc, TelephoneEvent Event) Receive()
    {
        var length = _socket.Receive(_buffer);
        Assert.True(RtpHeader.TryRead(_buffer.AsSpan(0, length), out var header));
        Assert.True(header.TryGetPayload(out var payload));
        TelephoneEvent.TryRead(payload, out var told);
        return (header.PayloadType, header.SequenceNumber, header.Timestamp, header.Ssrc, told);
    }

    /// <summary>The next digit that is heard whole: its three ends.</summary>
    public (byte Code, int Duration) ReceiveDigit(byte payloadType)
    {
        for (var ends = 0; ;)
        {
            var packet = Receive();
            Assert.Equal(payloadType, packet.PayloadType);
            ends += packet.Event.IsEnd ? 1 : 0;
            if (ends == 3)
            {
                return (packet.Event.Code, packet.Event.Duration);
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
