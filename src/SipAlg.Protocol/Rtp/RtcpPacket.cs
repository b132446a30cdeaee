using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

public enum RtcpType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Goodbye = 203,
    Application = 204,

    /// <summary>RFC 4585 transport layer feedback.</summary>
    TransportFeedback = 205,

    /// <summary>RFC 4585 payload-specific feedback.</summary>
    PayloadFeedback = 206,

    /// <summary>RFC 3611.</summary>
    ExtendedReport = 207,
}

/// <summary>A view of one packet of an RTCP datagram (RFC 3550 §6.4), as <see cref="RtcpCompound"/> gives it.</summary>
public readonly ref struct RtcpPacket
{
    internal const int HeaderLength = 4;
    private const int SenderInfoLength = 20;

    private readonly ReadOnlySpan<byte> _packet;

    internal RtcpPacket(ReadOnlySpan<byte> packet) => _packet = packet;

    public RtcpType Type => (RtcpType)_packet[1];

    /// <summary>Report blocks, sources or feedback format, as the type has it.</summary>
    public int Count => _packet[0] & 0x1F;
    public bool HasPadding => (_packet[0] & 0x20) != 0;

    /// <summary>All octets, header and padding included.</summary>
    public ReadOnlySpan<byte> Octets => _packet;

    /// <summary>Who sent it; false for a packet without any source, such as an empty BYE.</summary>
    public bool TryGetSsrc(out uint ssrc)
    {
        var has = _packet.Length >= HeaderLength + 4;
        ssrc = has ? BinaryPrimitives.ReadUInt32BigEndian(_packet[HeaderLength..]) : 0;
        return has;
    }

    /// <summary>The sender's part of an SR; false for other types and when cut.</summary>
    public bool TryGetSenderInfo(out RtcpSenderInfo info)
    {
        info = default;
        if (Type != RtcpType.SenderReport || _packet.Length < HeaderLength + 4 + SenderInfoLength)
        {
            return false;
        }

        info = RtcpSenderInfo.Read(_packet[(HeaderLength + 4)..]);
        return true;
    }

    /// <summary>A report block of an SR or RR; false for other types, beyond <see cref="Count"/> and when cut.</summary>
    public bool TryGetReport(int index, out RtcpReport report)
    {
        report = default;
        var start = HeaderLength + 4 + (Type == RtcpType.SenderReport ? SenderInfoLength : 0) + index * RtcpReport.Length;
        if (Type is not (RtcpType.SenderReport or RtcpType.ReceiverReport) || (uint)index >= (uint)Count ||
            _packet.Length < start + RtcpReport.Length)
        {
            return false;
        }

        report = RtcpReport.Read(_packet[start..]);
        return true;
    }
}
