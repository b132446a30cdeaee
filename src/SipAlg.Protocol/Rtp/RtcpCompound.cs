using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

/// <summary>The packets of an RTCP datagram, one after another: a <c>foreach</c> source. Not for SRTCP, encrypted after its first 8 octets.</summary>
public ref struct RtcpCompound
{
    private ReadOnlySpan<byte> _rest;
    private ReadOnlySpan<byte> _current;

    private RtcpCompound(ReadOnlySpan<byte> datagram)
    {
        _rest = datagram;
        _current = default;
    }

    public readonly RtcpPacket Current => new(_current);
    public readonly RtcpCompound GetEnumerator() => this;

    /// <summary>
    /// Accepts a datagram by RFC 3550 §A.2: version 2 throughout, lengths that add up, padding in the last packet alone, and an SR or RR
    /// first, unless the first is feedback, which RFC 5506 lets stand alone.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out RtcpCompound packets)
    {
        packets = default;
        var rest = datagram;
        var isFirst = true;
        while (rest.Length > 0)
        {
            if (!TryGetLength(rest, out var length) || (isFirst && !MayStand(rest[1])) || (length < rest.Length && (rest[0] & 0x20) != 0))
            {
                return false;
            }

            isFirst = false;
            rest = rest[length..];
        }

        packets = new RtcpCompound(datagram);
        return !isFirst;
    }

    public bool MoveNext()
    {
        if (!TryGetLength(_rest, out var length))
        {
            return false;
        }

        _current = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    private static bool MayStand(byte type) =>
        (RtcpType)type is RtcpType.SenderReport or RtcpType.ReceiverReport or RtcpType.TransportFeedback or RtcpType.PayloadFeedback;

    private static bool TryGetLength(ReadOnlySpan<byte> rest, out int length)
    {
        length = rest.Length < RtcpPacket.HeaderLength ? 0 : (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) + 1) * 4;
        return length > 0 && length <= rest.Length && rest[0] >> 6 == 2;
    }
}
