using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

/// <summary>The payload of a telephone-event packet (RFC 4733 §2.3): what an event is by now.</summary>
/// <param name="Code">Which event.</param>
/// <param name="IsEnd">It is over, and <paramref name="Duration"/> is all of it.</param>
/// <param name="Volume">Of a tone, in dBm0 without the sign: 0 to 63.</param>
/// <param name="Duration">How long it has lasted since the packet's timestamp, in its units.</param>
public readonly record struct TelephoneEvent(byte Code, bool IsEnd, byte Volume, ushort Duration)
{
    public const int Length = 4;

    private const byte EndBit = 0x80;
    private const byte VolumeBits = 0x3F;

    /// <summary>Reads the first event of a payload; several may stand one after another (RFC 4733 §2.5.1.5).</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out TelephoneEvent read)
    {
        read = default;
        if (payload.Length < Length)
        {
            return false;
        }

        read = new TelephoneEvent(payload[0], (payload[1] & EndBit) != 0, (byte)(payload[1] & VolumeBits), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
        return true;
    }

    /// <summary>Writes the four octets; the reserved bit is 0.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = Code;
        destination[1] = (byte)((IsEnd ? EndBit : 0) | (Volume & VolumeBits));
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], Duration);
    }
}
