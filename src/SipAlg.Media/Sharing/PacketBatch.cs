using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SipAlg.Linux;

namespace SipAlg.Media.Sharing;

/// <summary>Room for the datagrams that a shared socket gives at once. Memory is the system's until a datagram needs it.</summary>
internal sealed unsafe class PacketBatch : IDisposable
{
    /// <summary>As many wait at a busy socket; more of one socket would keep the others waiting.</summary>
    private const int Most = 32;

    /// <summary>No UDP datagram is larger.</summary>
    public const int PacketOctets = 65536;

    /// <summary>Some cache lines further on in each page, so that the beginnings of packets do not drive each other out.</summary>
    private const int PacketStride = PacketOctets + (9 * 64);

    /// <summary>Control messages with a time and an IPv6 address.</summary>
    private const int ControlOctets = 128;

    private readonly byte* _packets = (byte*)NativeMemory.AlignedAlloc(Most * PacketStride, 64);
    private readonly byte* _controls = (byte*)NativeMemory.AlignedAlloc(Most * ControlOctets, 64);
    private readonly SockAddr* _sources = (SockAddr*)NativeMemory.AlignedAlloc((nuint)(Most * sizeof(SockAddr)), 64);
    private readonly IoVec* _vectors = (IoVec*)NativeMemory.AlignedAlloc((nuint)(Most * sizeof(IoVec)), 64);
    private readonly MMsgHdr* _messages = (MMsgHdr*)NativeMemory.AlignedAlloc((nuint)(Most * sizeof(MMsgHdr)), 64);

    public PacketBatch()
    {
        for (var i = 0; i < Most; i++)
        {
            _vectors[i] = new IoVec { Base = Packet(i), Length = PacketOctets };
            _messages[i] = new MMsgHdr { Message = new MsgHdr { Name = _sources + i, Vectors = _vectors + i, VectorCount = 1, Control = _controls + (i * ControlOctets) } };
        }
    }

    /// <summary>Takes what waits at a socket; returns how many datagrams, 0 when there are none, −1 on an error (<see cref="LibC.Errno"/>).</summary>
    public int Receive(int descriptor)
    {
        for (var i = 0; i < Most; i++)
        {
            (_messages[i].Message.NameLength, _messages[i].Message.ControlLength) = (SockAddr.Size, ControlOctets);
        }

        var received = LibC.RecvMMsg(descriptor, _messages, Most, SocketConstants.MsgDontWait, null);
        return received < 0 && LibC.Errno is Errors.Again or Errors.Interrupted ? 0 : received;
    }

    public byte* Packet(int index) => _packets + (index * PacketStride);

    public int Octets(int index) => (int)_messages[index].Octets;

    public SockAddr* Source(int index) => _sources + index;

    public ReadOnlySpan<byte> Control(int index) => new(_controls + (index * ControlOctets), (int)_messages[index].Message.ControlLength);

    /// <summary>The port that a datagram was sent to; 0 if the kernel does not tell.</summary>
    public ushort Port(int index)
    {
        var control = new ControlReader(Control(index));
        while (control.Next())
        {
            if (control is { Level: SocketConstants.IpProtoIp, Type: SocketConstants.IpRecvOrigDstAddr } or { Level: SocketConstants.IpProtoIpv6, Type: SocketConstants.Ipv6RecvOrigDstAddr })
            {
                // Behind the family.
                return BinaryPrimitives.ReadUInt16BigEndian(control.Data[sizeof(ushort)..]);
            }
        }

        return 0;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_packets);
        NativeMemory.AlignedFree(_controls);
        NativeMemory.AlignedFree(_sources);
        NativeMemory.AlignedFree(_vectors);
        NativeMemory.AlignedFree(_messages);
    }
}
