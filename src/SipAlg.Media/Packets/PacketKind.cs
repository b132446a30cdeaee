using System.Text;

namespace SipAlg.Media.Packets;

/// <summary>What a datagram on a media port is, by its first octets.</summary>
internal enum PacketKind : byte
{
    Rtp,
    Rtcp,
    Stun,
    Dtls,
    Zrtp,

    /// <summary>Of a stream whose protocol is not RTP.</summary>
    Other,

    Runt,
    Foreign,
}

/// <summary>What kind of packets a port carries.</summary>
internal enum PortRole : byte
{
    Rtp,
    Rtcp,
    RtpAndRtcp,
    Other,
}

/// <summary>Tells the protocols apart that share a media port (RFC 7983 §7, RFC 5761 §4, RFC 6189 §5).</summary>
internal static class PacketClass
{
    private const int RtpHeader = 12;
    private const int RtcpHeader = 8;
    private const int StunHeader = 20;
    private const int DtlsHeader = 13;

    /// <summary>Its header, the shortest message and the checksum.</summary>
    private const int ZrtpPacket = 28;

    private static ReadOnlySpan<byte> SipVersion => "SIP/2.0"u8;

    /// <param name="packet">The datagram.</param>
    /// <param name="role">What its port carries.</param>
    /// <param name="refusesDtls">The stream is none of DTLS.</param>
    public static PacketKind Of(ReadOnlySpan<byte> packet, PortRole role, bool refusesDtls)
    {
        if (packet.Length < 2)
        {
            return role == PortRole.Other && packet.Length > 0 ? PacketKind.Other : PacketKind.Runt;
        }

        if (role == PortRole.Other)
        {
            // To systems that know the gateway by its address alone, it would be the gateway that asks.
            return IsSip(packet) ? PacketKind.Foreign : PacketKind.Other;
        }

        return packet[0] switch
        {
            >= 128 and <= 191 => Rtp(packet, role),
            <= 3 => AtLeast(StunHeader, packet, PacketKind.Stun),
            >= 16 and <= 19 when role != PortRole.Rtcp && IsZrtp(packet) => AtLeast(ZrtpPacket, packet, PacketKind.Zrtp),
            >= 20 and <= 63 when !refusesDtls => AtLeast(DtlsHeader, packet, PacketKind.Dtls),
            _ => PacketKind.Foreign,
        };
    }

    private static PacketKind Rtp(ReadOnlySpan<byte> packet, PortRole role)
    {
        // RFC 5761 §4: RTP payload types 64 to 95 are not used where RTCP shares the port.
        var looksLikeRtcp = packet[1] is >= 192 and <= 223;
        if (role == PortRole.Rtp || (role == PortRole.RtpAndRtcp && !looksLikeRtcp))
        {
            return AtLeast(RtpHeader, packet, PacketKind.Rtp);
        }

        return looksLikeRtcp ? AtLeast(RtcpHeader, packet, PacketKind.Rtcp) : PacketKind.Foreign;
    }

    /// <summary>RFC 6189 §5: a cookie tells it from what else may begin so.</summary>
    private static bool IsZrtp(ReadOnlySpan<byte> packet) => packet.Length >= 8 && packet[4..8].SequenceEqual("ZRTP"u8);

    /// <summary>RFC 3261 §7: the version begins the first line or ends it, behind empty lines (§7.5).</summary>
    private static bool IsSip(ReadOnlySpan<byte> packet)
    {
        var text = packet.TrimStart("\r\n"u8);
        var end = text.IndexOfAny((byte)'\r', (byte)'\n');
        var line = (end < 0 ? text : text[..end]).TrimEnd(" \t"u8);
        return IsVersion(line[..Math.Min(line.Length, SipVersion.Length)]) || IsVersion(line[Math.Max(0, line.Length - SipVersion.Length)..]);
    }

    private static bool IsVersion(ReadOnlySpan<byte> text) => Ascii.EqualsIgnoreCase(text, SipVersion);

    private static PacketKind AtLeast(int octets, ReadOnlySpan<byte> packet, PacketKind kind) =>
        packet.Length >= octets ? kind : PacketKind.Runt;
}
