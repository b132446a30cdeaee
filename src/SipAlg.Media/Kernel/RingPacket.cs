using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Kernel;

/// <summary>Of a flow whose packets go to a ring: to whom, and from whom, as a socket would tell.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingOrigin
{
    /// <summary>Of the pair, as an event of its port carries it: which one, and which taking.</summary>
    public ulong Mark;
    public SockAddr Source;

    /// <summary>What both addresses and the protocol add to a UDP checksum.</summary>
    public uint PseudoSum;
}

/// <summary>What the program writes to a ring; the datagram follows, with its UDP header.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RingPacket
{
    public const int UdpOctets = 8;

    /// <summary>Of a datagram, its header included: room is taken for one or the other. What is larger goes up to its socket.</summary>
    public const int FewOctets = 256 + UdpOctets;
    public const int MostOctets = 1536 + UdpOctets;

    public RingOrigin Origin;

    /// <summary>When the packet met the program, in nanoseconds of the monotonic clock.</summary>
    public long At;

    /// <summary>It is looked at soon: the beginning of audio is fetched from the processor that wrote it.</summary>
    public static unsafe void Expect(RingPacket* packet)
    {
        for (var at = CacheLine.Octets; at <= 3 * CacheLine.Octets; at += CacheLine.Octets)
        {
            CacheLine.Fetch((byte*)packet + at);
        }
    }

    public static unsafe byte* Datagram(RingPacket* packet) => (byte*)(packet + 1);

    /// <summary>Of the datagram, with its header; the program has held it to the limits.</summary>
    public static unsafe int Octets(RingPacket* packet) => BinaryPrimitives.ReverseEndianness(((ushort*)(packet + 1))[2]);
}
