using System.Buffers.Binary;

namespace SipAlg.Protocol.Rtp;

/// <summary>How a stream differs behind us from what its source sent.</summary>
/// <param name="Ssrc">The source; no correction is made without one.</param>
/// <param name="Packets">Packets put in less those taken out.</param>
/// <param name="Octets">Likewise of payload.</param>
/// <param name="Sequence">What its new sequence numbers are higher by.</param>
public readonly record struct StreamChange(uint? Ssrc, int Packets, int Octets, int Sequence);

/// <summary>
/// Makes reports fit a stream that was changed on its way: RFC 3550 §7.2 wants a translator to correct what the sender says it sent and
/// which number the receiver says it has heard.
/// </summary>
public static class RtcpCorrection
{
    private const int PacketCountAt = 20;
    private const int OctetCountAt = 24;
    private const int HighestSequenceAt = 8;
    private const int SenderReportBlocksAt = 28;
    private const int ReceiverReportBlocksAt = 8;
    private const int BlockLength = 24;

    /// <summary>Corrects a datagram in place; one that is no sound RTCP stays as it is.</summary>
    /// <param name="datagram">Not encrypted.</param>
    /// <param name="sent">The stream that goes the same way as the datagram.</param>
    /// <param name="heard">The stream that goes the other way, of which the datagram reports.</param>
    public static void Apply(Span<byte> datagram, in StreamChange sent, in StreamChange heard)
    {
        if (!RtcpCompound.TryRead(datagram, out _))
        {
            return;
        }

        while (!datagram.IsEmpty)
        {
            var length = (BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) + 1) * 4;
            Correct(datagram[..length], sent, heard);
            datagram = datagram[length..];
        }
    }

    private static void Correct(Span<byte> packet, in StreamChange sent, in StreamChange heard)
    {
        var isSender = packet[1] == (byte)RtcpType.SenderReport;
        if (!isSender && packet[1] != (byte)RtcpType.ReceiverReport)
        {
            return;
        }

        var blocks = isSender ? SenderReportBlocksAt : ReceiverReportBlocksAt;
        if (isSender && packet.Length >= SenderReportBlocksAt && BinaryPrimitives.ReadUInt32BigEndian(packet[4..]) == sent.Ssrc)
        {
            Add(packet[PacketCountAt..], sent.Packets);
            Add(packet[OctetCountAt..], sent.Octets);
        }

        for (var block = blocks; block + BlockLength <= Math.Min(packet.Length, blocks + ((packet[0] & 0x1F) * BlockLength)); block += BlockLength)
        {
            if (BinaryPrimitives.ReadUInt32BigEndian(packet[block..]) == heard.Ssrc)
            {
                Add(packet[(block + HighestSequenceAt)..], -heard.Sequence);
            }
        }
    }

    private static void Add(Span<byte> field, int change) =>
        BinaryPrimitives.WriteUInt32BigEndian(field, BinaryPrimitives.ReadUInt32BigEndian(field) + (uint)change);
}
