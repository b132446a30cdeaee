using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Packets;

namespace SipAlg.Media.Tests.Packets;

public sealed class PacketClassTests
{
    [Theory]
    [InlineData(128, 0, 12, "Rtp", "Rtp")]
    [InlineData(191, 0x88, 172, "Rtp", "Rtp")]
    [InlineData(128, 0, 11, "Rtp", "Runt")]
    [InlineData(128, 200, 28, "Rtp", "Rtp")]
    [InlineData(128, 200, 28, "RtpAndRtcp", "Rtcp")]
    [InlineData(128, 223, 8, "RtpAndRtcp", "Rtcp")]
    [InlineData(128, 224, 12, "RtpAndRtcp", "Rtp")]
    [InlineData(128, 191, 12, "RtpAndRtcp", "Rtp")]
    [InlineData(128, 200, 7, "Rtcp", "Runt")]
    [InlineData(128, 201, 8, "Rtcp", "Rtcp")]
    [InlineData(128, 8, 172, "Rtcp", "Foreign")]
    [InlineData(0, 1, 20, "Rtp", "Stun")]
    [InlineData(0, 1, 19, "Rtp", "Runt")]
    [InlineData(22, 254, 13, "Rtp", "Dtls")]
    [InlineData(63, 254, 13, "Rtcp", "Dtls")]
    [InlineData(22, 254, 12, "Rtp", "Runt")]
    [InlineData(4, 0, 100, "Rtp", "Foreign")]
    [InlineData(16, 0, 100, "Rtp", "Foreign")]
    [InlineData(64, 0, 100, "Rtp", "Foreign")]
    [InlineData(127, 0, 100, "Rtp", "Foreign")]
    [InlineData(192, 0, 100, "Rtp", "Foreign")]
    [InlineData(255, 0, 100, "RtpAndRtcp", "Foreign")]
    [InlineData(64, 0, 100, "Other", "Other")]
    [InlineData(0, 0, 1, "Other", "Other")]
    [InlineData(0, 0, 0, "Other", "Runt")]
    [InlineData(128, 0, 1, "Rtp", "Runt")]
    [InlineData(128, 0, 0, "Rtp", "Runt")]
    public void Tells_what_a_datagram_is(byte first, byte second, int length, string role, string kind)
    {
        var packet = new byte[Math.Max(2, length)];
        (packet[0], packet[1]) = (first, second);
        Assert.Equal(Enum.Parse<PacketKind>(kind), PacketClass.Of(packet.AsSpan(0, length), Enum.Parse<PortRole>(role), refusesDtls: false));
    }

    /// <summary>Through a stream that is no RTP nobody speaks SIP in the gateway's name.</summary>
    [Theory]
    [InlineData("INVITE sip:1@10.0.0.1 SIP/2.0\r\nVia: x\r\n\r\n", "Foreign")]
    [InlineData("\r\n\r\nX sip:1 sip/2.0 \nVia: x\n\n", "Foreign")]
    [InlineData("SIP/2.0 200 OK\r\n\r\n", "Foreign")]
    [InlineData("BYE sip:1 SIP/2.0", "Foreign")]
    [InlineData("INVITE of SIP/2.0 that is none\r\n", "Other")]
    [InlineData("SIP", "Other")]
    [InlineData("\r\n\r\n", "Other")]
    public void Sip_is_no_media(string packet, string kind)
    {
        var octets = System.Text.Encoding.ASCII.GetBytes(packet);
        Assert.Equal(Enum.Parse<PacketKind>(kind), PacketClass.Of(octets, PortRole.Other, refusesDtls: false));
        Assert.Equal(PacketKind.Foreign, PacketClass.Of(octets, PortRole.Rtp, refusesDtls: true));
    }

    /// <summary>RFC 6189 §5: version 0 and a cookie, on the ports of RTP.</summary>
    [Theory]
    [InlineData(16, 'Z', 28, "Rtp", "Zrtp")]
    [InlineData(19, 'Z', 1000, "RtpAndRtcp", "Zrtp")]
    [InlineData(16, 'Z', 27, "Rtp", "Runt")]
    [InlineData(16, 'Z', 7, "Rtp", "Foreign")]
    [InlineData(16, 'z', 28, "Rtp", "Foreign")]
    [InlineData(15, 'Z', 28, "Rtp", "Foreign")]
    [InlineData(20, 'Z', 28, "Rtp", "Dtls")]
    [InlineData(16, 'Z', 28, "Rtcp", "Foreign")]
    [InlineData(16, 'Z', 28, "Other", "Other")]
    public void Zrtp_is_told_by_its_cookie(byte first, char cookie, int length, string role, string kind)
    {
        var packet = new byte[1000];
        packet[0] = first;
        "ZRTP"u8.CopyTo(packet.AsSpan(4));
        packet[4] = (byte)cookie;
        Assert.Equal(Enum.Parse<PacketKind>(kind), PacketClass.Of(packet.AsSpan(0, length), Enum.Parse<PortRole>(role), refusesDtls: false));
    }

    [Theory]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(22)]
    [InlineData(63)]
    [InlineData(64)]
    public void Dtls_is_none_where_it_was_not_agreed_on(byte first)
    {
        var packet = new byte[40];
        packet[0] = first;
        Assert.Equal(PacketKind.Foreign, PacketClass.Of(packet, PortRole.Rtp, refusesDtls: true));
        Assert.Equal(PacketKind.Other, PacketClass.Of(packet, PortRole.Other, refusesDtls: true));
    }

    [Fact]
    public void What_is_not_a_runt_holds_the_header_that_is_read_of_it() =>
        Prop.ForAll<byte[], byte>((packet, roleOctet) =>
        {
            var role = (PortRole)(roleOctet % 4);
            var kind = PacketClass.Of(packet, role, (roleOctet & 4) != 0);
            // Reads the fields of its kind: throws if they are not there.
            _ = StreamPosition.Of(packet, kind, role);
            return packet.Length > 0 || kind == PacketKind.Runt;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(100, 101, true)]
    [InlineData(65535, 0, true)]
    [InlineData(65000, 2463, true)]
    [InlineData(100, 3100, true)]
    [InlineData(100, 3101, false)]
    [InlineData(100, 100, false)]
    [InlineData(100, 99, false)]
    public void A_stream_continues_a_little_ahead(int last, int next, bool continues)
    {
        var before = Position(last, 7);
        Assert.Equal(continues, Position(next, 7).Continues(before));
        Assert.False(Position(next, 8).Continues(before));
    }

    [Fact]
    public void Rtcp_continues_by_its_ssrc_and_never_a_stream_of_rtp()
    {
        var rtcp = StreamPosition.Of(Phone.Rtcp(7), PacketKind.Rtcp, PortRole.Rtcp);
        Assert.True(rtcp.Continues(rtcp));
        Assert.False(rtcp.Continues(Position(1, 7)));
        Assert.False(StreamPosition.Of(Phone.Rtcp(7), PacketKind.Rtcp, PortRole.RtpAndRtcp).Continues(default));
    }

    private static StreamPosition Position(int sequence, uint ssrc) =>
        StreamPosition.Of(Phone.Rtp(sequence, ssrc), PacketKind.Rtp, PortRole.Rtp);
}
