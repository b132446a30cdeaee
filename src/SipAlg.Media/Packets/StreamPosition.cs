using System.Buffers.Binary;

namespace SipAlg.Media.Packets;

/// <summary>Where in its stream a packet stands: what tells a source that moved from one that is new.</summary>
internal readonly record struct StreamPosition(StreamPosition.Parts Known, uint Ssrc, ushort Sequence)
{
    /// <summary>RFC 3550 A.1 MAX_DROPOUT: a larger step is another stream, not a loss.</summary>
    private const int MostMissing = 3000;

    internal enum Parts : byte { None, Ssrc, SsrcAndSequence }

    /// <summary>RTCP on a port that also carries RTP, STUN and DTLS have no position.</summary>
    public static StreamPosition Of(ReadOnlySpan<byte> packet, PacketKind kind, PortRole role) => kind switch
    {
        PacketKind.Rtp => new StreamPosition(
            Parts.SsrcAndSequence, BinaryPrimitives.ReadUInt32BigEndian(packet[8..]), BinaryPrimitives.ReadUInt16BigEndian(packet[2..])),
        PacketKind.Rtcp when role == PortRole.Rtcp => new StreamPosition(
            Parts.Ssrc, BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), 0),
        _ => default,
    };

    /// <summary>Whether this follows <paramref name="last"/> in the same stream. RTCP has no sequence: its SSRC has to do.</summary>
    public bool Continues(in StreamPosition last) =>
        Known != Parts.None && Known == last.Known && Ssrc == last.Ssrc &&
        (Known == Parts.Ssrc || (ushort)(Sequence - last.Sequence - 1) < MostMissing);
}
