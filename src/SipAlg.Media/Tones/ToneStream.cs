using System.Buffers.Binary;

namespace SipAlg.Media.Tones;

/// <summary>The RTP stream of a tone (RFC 3550 §5.1): random beginnings, then one packet after another.</summary>
internal struct ToneStream
{
    public const int PacketOctets = HeaderOctets + ToneWave.SamplesPerPacket;

    private const int HeaderOctets = 12;
    private const byte Version2 = 0x80;
    private const byte Marker = 0x80;

    private uint _ssrc;
    private uint _firstTimestamp;
    private ushort _firstSequence;
    private uint _packets;

    public static ToneStream Begin(Random random) => new()
    {
        _ssrc = (uint)random.NextInt64(uint.MaxValue),
        _firstTimestamp = (uint)random.NextInt64(uint.MaxValue),
        _firstSequence = (ushort)random.Next(ushort.MaxValue),
    };

    /// <summary>Writes the next packet, <see cref="PacketOctets"/> long. The first carries the marker of a talkspurt (RFC 3551 §4.1).</summary>
    public void WriteNext(Span<byte> packet, ToneCodec codec, byte payloadType)
    {
        packet[0] = Version2;
        packet[1] = (byte)((payloadType & 0x7F) | (_packets == 0 ? Marker : 0));
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(_firstSequence + _packets));
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], _firstTimestamp + (_packets * ToneWave.SamplesPerPacket));
        BinaryPrimitives.WriteUInt32BigEndian(packet[8..], _ssrc);
        ToneWave.Payload(codec, _packets).CopyTo(packet[HeaderOctets..]);
        _packets++;
    }
}
