using System.Buffers.Binary;
using SipAlg.Admin;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transports;

namespace SipAlg.Tests.Admin;

/// <summary>The packets of a capture file; what tshark makes of them is a test against a real one.</summary>
public sealed class PcapFileTests
{
    private static readonly DateTimeOffset Noon = new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero).AddTicks(2_500_010);

    private static TracedMessage Message(Transport transport, string local, string remote, int length, bool isReceived = true, bool isUnsent = false) => new()
    {
        At = Noon, IsReceived = isReceived, IsUnsent = isUnsent, Octets = [.. Enumerable.Repeat((byte)'x', length)],
        Flow = new Flow(transport, 0, IpEndpoint.Parse(local), IpEndpoint.Parse(remote), transport == Transport.Udp ? 0u : 1u),
    };

    private static List<byte[]> Packets(params TracedMessage[] messages)
    {
        var file = PcapFile.Of(messages);
        List<byte[]> packets = [];
        for (var at = 24; at < file.Length;)
        {
            Assert.Equal((Noon.ToUnixTimeSeconds(), 250_001u), (BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at)), BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(at + 4))));
            var length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8));
            packets.Add(file[(at + 16)..(at + 16 + length)]);
            at += 16 + length;
        }

        return packets;
    }

    private static uint Sum(ReadOnlySpan<byte> octets)
    {
        uint sum = 0;
        for (var at = 0; at < octets.Length; at++)
        {
            sum += (at & 1) == 0 ? (uint)octets[at] << 8 : octets[at];
        }

        while (sum >> 16 != 0)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }

    [Theory]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(5000)]
    public void A_datagram_over_ipv6(int length)
    {
        var packet = Assert.Single(Packets(Message(Transport.Udp, "[2001:db8::1]:5060", "[2001:db8::2]:40000", length)));
        Assert.Equal((6, 17, 8 + length), (packet[0] >> 4, packet[6], BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(4))));
        Assert.Equal((40_000, 5060), (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(40)), BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(42))));

        // RFC 8200 §8.1: addresses, length and protocol are in the sum, which then has every bit.
        Assert.Equal(0xFFFFu, Sum([.. packet[8..40], 0, 0, .. packet[4..6], 0, 0, 0, 17, .. packet[40..]]));
    }

    [Fact]
    public void A_datagram_over_ipv4_of_ours()
    {
        var packet = Assert.Single(Packets(Message(Transport.Udp, "192.0.2.1:5060", "203.0.113.5:5070", 300, isReceived: false)));
        Assert.Equal((0x45, 328, 0xFFFFu), (packet[0], BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2)), Sum(packet.AsSpan(0, 20))));
        Assert.Equal((5060, 5070), (BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(20)), BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(22))));
        Assert.Equal(0xFFFFu, Sum([.. packet[12..20], 0, 17, .. packet[24..26], .. packet[20..]]));
    }

    [Fact]
    public void Segments_of_a_connection_go_on_where_the_last_one_ended()
    {
        var packets = Packets(
            Message(Transport.Tcp, "192.0.2.1:5060", "203.0.113.5:5070", 100), Message(Transport.Tcp, "192.0.2.1:5060", "203.0.113.5:5070", 50, isReceived: false),
            Message(Transport.Tcp, "192.0.2.1:5060", "203.0.113.5:5070", 65_535), Message(Transport.Tcp, "192.0.2.1:5060", "203.0.113.5:5070", 1, isReceived: false));
        var numbers = packets.Select(packet => (BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(24)), BinaryPrimitives.ReadUInt32BigEndian(packet.AsSpan(28))));
        Assert.Equal([(1u, 1u), (1u, 101u), (101u, 51u), (60_101u, 51u), (51u, 65_636u)], numbers);
    }

    [Fact]
    public void What_was_never_on_the_wire_is_left_out() => Assert.Empty(Packets(Message(Transport.Udp, "192.0.2.1:5060", "203.0.113.5:5070", 300, isReceived: false, isUnsent: true)));
}
