using System.Buffers;
using System.Buffers.Binary;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Traces;

namespace SipAlg.Admin;

/// <summary>
/// Messages as a capture file (the format of libpcap) of IP packets with the addresses that they had. What ran over a connection
/// becomes segments of TCP whose numbers go on from one message to the next, so that a dissector puts them together.
/// </summary>
internal static class PcapFile
{
    private const uint Magic = 0xA1B2C3D4;
    private const int MostPacket = 65_535;

    /// <summary>LINKTYPE_RAW: a packet begins with its IP header.</summary>
    private const uint LinkType = 101;
    private const byte Udp = 17;
    private const byte Tcp = 6;
    private const int UdpHeader = 8;
    private const int TcpHeader = 20;

    /// <summary>Below what a packet may hold with the largest headers.</summary>
    private const int MostSegment = 60_000;

    /// <summary>What the network did not take is left out: it was never on the wire.</summary>
    public static byte[] Of(IReadOnlyList<TracedMessage> messages)
    {
        var file = new ArrayBufferWriter<byte>();
        WriteHeader(file);
        Dictionary<(IpEndpoint, IpEndpoint), uint> sequences = [];
        foreach (var message in messages)
        {
            if (message.IsUnsent)
            {
                continue;
            }

            var (from, to) = message.IsReceived ? (message.Flow.Remote, message.Flow.Local) : (message.Flow.Local, message.Flow.Remote);
            if (message.Flow.IsReliable)
            {
                WriteSegments(file, message, from, to, sequences);
            }
            else
            {
                WritePacket(file, message.At, from, to, Udp, UdpSegment(message.Octets, from, to));
            }
        }

        return file.WrittenSpan.ToArray();
    }

    private static void WriteHeader(ArrayBufferWriter<byte> file)
    {
        var header = file.GetSpan(24)[..24];
        header.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], 2);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], 4);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], MostPacket);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], LinkType);
        file.Advance(header.Length);
    }

    private static void WriteSegments(ArrayBufferWriter<byte> file, TracedMessage message, IpEndpoint from, IpEndpoint to, Dictionary<(IpEndpoint, IpEndpoint), uint> sequences)
    {
        for (ReadOnlySpan<byte> rest = message.Octets; !rest.IsEmpty;)
        {
            var part = rest[..Math.Min(rest.Length, MostSegment)];
            rest = rest[part.Length..];
            var sequence = sequences.GetValueOrDefault((from, to), 1u);
            WritePacket(file, message.At, from, to, Tcp, TcpSegment(part, from, to, sequence, sequences.GetValueOrDefault((to, from), 1u)));
            sequences[(from, to)] = sequence + (uint)part.Length;
        }
    }

    private static byte[] UdpSegment(ReadOnlySpan<byte> payload, IpEndpoint from, IpEndpoint to)
    {
        payload = payload[..Math.Min(payload.Length, MostSegment)];
        var segment = new byte[UdpHeader + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(4), (ushort)segment.Length);
        payload.CopyTo(segment.AsSpan(UdpHeader));

        // RFC 768: 0 would say that there is none.
        var sum = Checksum(segment, from.Address, to.Address, Udp);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(6), sum == 0 ? ushort.MaxValue : sum);
        return segment;
    }

    private static byte[] TcpSegment(ReadOnlySpan<byte> payload, IpEndpoint from, IpEndpoint to, uint sequence, uint acknowledged)
    {
        const byte PushAndAck = 0x18;
        var segment = new byte[TcpHeader + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), acknowledged);
        segment[12] = (TcpHeader / 4) << 4;
        segment[13] = PushAndAck;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), ushort.MaxValue);
        payload.CopyTo(segment.AsSpan(TcpHeader));
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum(segment, from.Address, to.Address, Tcp));
        return segment;
    }

    private static void WritePacket(ArrayBufferWriter<byte> file, DateTimeOffset at, IpEndpoint from, IpEndpoint to, byte protocol, byte[] segment)
    {
        var header = from.Address.IsV4 ? V4Header(from.Address, to.Address, protocol, segment.Length) : V6Header(from.Address, to.Address, protocol, segment.Length);
        var record = file.GetSpan(16)[..16];
        var sinceEpoch = at - DateTimeOffset.UnixEpoch;
        BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)(sinceEpoch.Ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)(sinceEpoch.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond));
        BinaryPrimitives.WriteUInt32LittleEndian(record[8..], (uint)(header.Length + segment.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(record[12..], (uint)(header.Length + segment.Length));
        file.Advance(record.Length);
        file.Write(header);
        file.Write(segment);
    }

    private static byte[] V4Header(IpAddress from, IpAddress to, byte protocol, int length)
    {
        const byte Version4With5Words = 0x45;
        var header = new byte[20];
        header[0] = Version4With5Words;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + length));
        header[8] = 64;
        header[9] = protocol;
        from.WriteOctets(header.AsSpan(12));
        to.WriteOctets(header.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Fold(Sum(header)));
        return header;
    }

    private static byte[] V6Header(IpAddress from, IpAddress to, byte protocol, int length)
    {
        var header = new byte[40];
        header[0] = 6 << 4;
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)length);
        header[6] = protocol;
        header[7] = 64;
        from.WriteOctets(header.AsSpan(8));
        to.WriteOctets(header.AsSpan(24));
        return header;
    }

    /// <summary>RFC 768, RFC 9293 §3.1: with the addresses in front.</summary>
    private static ushort Checksum(ReadOnlySpan<byte> segment, IpAddress from, IpAddress to, byte protocol)
    {
        Span<byte> addresses = stackalloc byte[32];
        var length = from.WriteOctets(addresses);
        length += to.WriteOctets(addresses[length..]);
        return Fold(Sum(addresses[..length]) + protocol + (uint)segment.Length + Sum(segment));
    }

    private static uint Sum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (var at = 0; at + 1 < octets.Length; at += 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(octets[at..]);
        }

        return (octets.Length & 1) == 0 ? sum : sum + ((uint)octets[^1] << 8);
    }

    private static ushort Fold(uint sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
