namespace SipAlg.Protocol.Rtp;

/// <summary>What a datagram on a media port is, by its first octets.</summary>
public enum PacketKind : byte
{
    /// <summary>None of the others: ZRTP, TURN channels, QUIC, T.38, noise.</summary>
    Other,
    Rtp,
    Rtcp,
    Stun,
    Dtls,
}

public static class PacketKinds
{
    private const int StunHeaderLength = 20;
    private const int DtlsHeaderLength = 13;
    private const int RtcpHeaderLength = 4;

    /// <summary>
    /// Sorts by the first octet (RFC 7983 §7), RTP from RTCP by the second (RFC 5761 §4: RTCP types are 192 to 223). What is shorter
    /// than its own header is <see cref="PacketKind.Other"/>. Encrypted packets are sorted alike: these octets stay clear.
    /// </summary>
    public static PacketKind Of(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < RtcpHeaderLength)
        {
            return PacketKind.Other;
        }

        return packet[0] switch
        {
            >= 128 and <= 191 when packet[1] is >= 192 and <= 223 => PacketKind.Rtcp,
            >= 128 and <= 191 when packet.Length >= RtpHeader.MinLength => PacketKind.Rtp,
            <= 3 when packet.Length >= StunHeaderLength => PacketKind.Stun,
            >= 20 and <= 63 when packet.Length >= DtlsHeaderLength => PacketKind.Dtls,
            _ => PacketKind.Other,
        };
    }
}
