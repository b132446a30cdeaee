using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

/// <summary>A whole RTP packet with one telephone event.</summary>
/// <param name="PayloadType">As negotiated for telephone-event.</param>
/// <param name="IsFirst">The event begins (RFC 4733 §2.2.1): the marker bit.</param>
/// <param name="Sequence">One more with each packet, also with those that say the same again (§2.5.1.6).</param>
/// <param name="Timestamp">When the event began: the same in all its packets.</param>
/// <param name="Ssrc">That of the stream which the event is put into.</param>
public readonly record struct TelephoneEventPacket(byte PayloadType, bool IsFirst, ushort Sequence, uint Timestamp, uint Ssrc)
{
    public const int Length = RtpHeader.MinLength + TelephoneEvent.Length;

    private const byte Version2 = 0x80;
    private const byte Marker = 0x80;

    public void Write(in TelephoneEvent payload, Span<byte> destination)
    {
        destination[0] = Version2;
        destination[1] = (byte)((PayloadType & 0x7F) | (IsFirst ? Marker : 0));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], Timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Ssrc);
        payload.Write(destination[RtpHeader.MinLength..]);
    }
}
