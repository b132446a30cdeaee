using System.Buffers.Binary;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>An Ethernet frame with a UDP packet, made and read octet by octet, with no help from what is tested.</summary>
internal sealed record Frame(IpEndpoint From, IpEndpoint To, byte[] Payload)
{
    public byte HopLimit { get; init; } = 64;
    public byte TrafficClass { get; init; }
    public uint FlowLabel { get; init; }

    /// <summary>Of IPv4: what routers use to put fragments together.</summary>
    public ushort Identification { get; init; }

    /// <summary>Flags and offset.</summary>
    public ushort Fragment { get; init; } = 0x4000;

    /// <summary>Words of IPv4 options.</summary>
    public int Options { get; init; }
    public bool HasChecksum { get; init; } = true;

    /// <summary>Octets behind the packet.</summary>
    public int Padding { get; init; }

    private bool IsV4 => From.Address.IsV4;
    private int HeaderOctets => IsV4 ? 20 + (4 * Options) : 40;
    public int Udp => 14 + HeaderOctets;

    public byte[] ToOctets()
    {
        var octets = new byte[Udp + 8 + Payload.Length + Padding];
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(12), (ushort)(IsV4 ? 0x0800 : 0x86DD));
        WriteUdp(octets.AsSpan(Udp));
        WriteIp(octets.AsSpan(14));
        if (HasChecksum)
        {
            BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(Udp + 6), UdpChecksum(octets));
        }

        return octets;
    }

    /// <summary>Whether both checksums are right, an absent one too.</summary>
    public static bool IsSound(ReadOnlySpan<byte> octets)
    {
        var isV4 = octets[12] == 8;
        var udp = octets[(14 + (isV4 ? 20 : 40))..];
        var length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        return (!isV4 || Fold(Sum(octets[14..34])) == 0xFFFF) &&
            ((isV4 && udp[6] == 0 && udp[7] == 0) || Fold(Sum(udp[..length]) + Pseudo(octets, isV4, length)) == 0xFFFF);
    }

    private void WriteUdp(Span<byte> udp)
    {
        BinaryPrimitives.WriteUInt16BigEndian(udp, From.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[2..], To.Port);
        BinaryPrimitives.WriteUInt16BigEndian(udp[4..], (ushort)(8 + Payload.Length));
        Payload.CopyTo(udp[8..]);
    }

    private void WriteIp(Span<byte> ip)
    {
        if (IsV4)
        {
            (ip[0], ip[1], ip[8], ip[9]) = ((byte)(0x45 + Options), TrafficClass, HopLimit, 17);
            BinaryPrimitives.WriteUInt16BigEndian(ip[2..], (ushort)(HeaderOctets + 8 + Payload.Length));
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], Identification);
            BinaryPrimitives.WriteUInt16BigEndian(ip[6..], Fragment);
            From.Address.WriteOctets(ip[12..]);
            To.Address.WriteOctets(ip[16..]);
            BinaryPrimitives.WriteUInt16BigEndian(ip[10..], (ushort)~Fold(Sum(ip[..HeaderOctets])));
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(ip, 0x6000_0000 | ((uint)TrafficClass << 20) | FlowLabel);
            BinaryPrimitives.WriteUInt16BigEndian(ip[4..], (ushort)(8 + Payload.Length));
            (ip[6], ip[7]) = (17, HopLimit);
            From.Address.WriteOctets(ip[8..]);
            To.Address.WriteOctets(ip[24..]);
        }
    }

    private ushort UdpChecksum(ReadOnlySpan<byte> octets)
    {
        var length = 8 + Payload.Length;
        var sum = (ushort)~Fold(Sum(octets.Slice(Udp, length)) + Pseudo(octets, IsV4, length));
        return sum == 0 ? (ushort)0xFFFF : sum;
    }

    private static uint Pseudo(ReadOnlySpan<byte> octets, bool isV4, int length) =>
        Sum(isV4 ? octets[26..34] : octets[22..54]) + 17 + (uint)length;

    private static uint Sum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (var i = 0; i < octets.Length; i++)
        {
            sum += (uint)octets[i] << ((i & 1) == 0 ? 8 : 0);
        }

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)sum;
    }
}
