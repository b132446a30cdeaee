using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

/// <summary>What a sender says of itself (RFC 3550 §6.4.1).</summary>
/// <param name="NtpTimestamp">Wall clock in 32.32 fixed-point seconds since 1900.</param>
/// <param name="RtpTimestamp">The same instant in units of the stream's clock rate.</param>
/// <param name="PacketCount">RTP packets sent since the start.</param>
/// <param name="OctetCount">Payload octets sent since the start.</param>
public readonly record struct RtcpSenderInfo(ulong NtpTimestamp, uint RtpTimestamp, uint PacketCount, uint OctetCount)
{
    internal static RtcpSenderInfo Read(ReadOnlySpan<byte> text) => new(
        BinaryPrimitives.ReadUInt64BigEndian(text),
        BinaryPrimitives.ReadUInt32BigEndian(text[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(text[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(text[16..]));
}

/// <summary>What a receiver says of a source (RFC 3550 §6.4.1).</summary>
/// <param name="Ssrc">The source that is reported on.</param>
/// <param name="FractionLost">Loss since the last report in 1/256.</param>
/// <param name="CumulativeLost">Packets lost since the start; negative when duplicates outweigh.</param>
/// <param name="HighestSequence">Extended highest sequence number received.</param>
/// <param name="Jitter">Interarrival jitter in units of the clock rate.</param>
/// <param name="LastReport">Middle 32 bits of the last SR's NTP timestamp, 0 for none.</param>
/// <param name="DelaySinceLastReport">Delay since that SR in 1/65536 s.</param>
public readonly record struct RtcpReport(
    uint Ssrc, byte FractionLost, int CumulativeLost, uint HighestSequence, uint Jitter, uint LastReport, uint DelaySinceLastReport)
{
    internal const int Length = 24;

    internal static RtcpReport Read(ReadOnlySpan<byte> text) => new(
        BinaryPrimitives.ReadUInt32BigEndian(text),
        text[4],
        BinaryPrimitives.ReadInt32BigEndian(text[4..]) << 8 >> 8,
        BinaryPrimitives.ReadUInt32BigEndian(text[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(text[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(text[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(text[20..]));
}
