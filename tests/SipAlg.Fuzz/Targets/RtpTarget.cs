using SipAlg.Fuzz.Engine;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Fuzz.Targets;

/// <summary>
/// RTP, RTCP and telephone events, and what is counted of them. A datagram that was corrected forth and back is what it was, counters stay
/// within what was sent, and nothing is allocated.
/// </summary>
internal sealed unsafe class RtpTarget() : Target("rtp", 160, Packets, RtpWords)
{
    private static readonly byte[][] Packets =
    [
        .. new[]
        {
            "80080001000000A0504143" + "47D5D5D5D5", "80E5FFFF0000000050414347" + "050A00A0", "90600001000003E8DEADBEEFBEDE0001100000FF" + "AABB", "A2000007000000005041434711111111222222220102030300000003",
            "80C8000650414347E6B0000000000000000003E80000000A00000640" + "81C900075041434750414348000000000000FFFF00000010E6B0000000010000" + "81CA00035041434701026162" + "63000000",
            "81C90007504143475041434801FFFFFF0000FFFF00000010E6B0000000010000" + "A1CB0002504143470000000400000004", "81CE00025041434750414348", "8FCD00035041434750414348AABBCCDD", "80CC000350414347" + "6E616D6500000000",
            "1603010000", "000100002112A442" + "000102030405060708090A0B", "FF00",
        }.Select(Convert.FromHexString),
    ];

    private static readonly byte[][] RtpWords = [[0x80, 0x08], [0x80, 0xC8], [0x81, 0xC9], [0x81, 0xCA], [0xA1, 0xCB], [0xBF], [0x8F], [0xFF, 0xFF], [0x00, 0x00], [0x00, 0x07], [0xBE, 0xDE, 0x00, 0x01], [0x50, 0x41, 0x43, 0x47], [0x50, 0x41, 0x43, 0x48], [0x05, 0x8A, 0x00, 0xA0], [0x80, 0x65]];

    private readonly byte[] _copy = new byte[FuzzInput.MaxLength];

    public override string? Check(FuzzInput input, Features features)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var problem = Headers(input.Octets, features) ?? Reports(input.Octets, features) ?? Counted(input, features);
        return GC.GetAllocatedBytesForCurrentThread() == before ? problem : problem ?? "It allocates.";
    }

    private static string? Headers(ReadOnlySpan<byte> packet, Features features)
    {
        features.Add(1, (int)PacketKinds.Of(packet));
        if (!RtpHeader.TryRead(packet, out var header))
        {
            return null;
        }

        features.Add(2, packet[0] | (header.Marker ? 256 : 0));
        for (var index = 0; index < header.ContributingCount; index++)
        {
            _ = header.ContributingSource(index);
        }

        features.AddSize(3, header.Extension.Length);
        if (!header.TryGetPayload(out var payload))
        {
            return payload.IsEmpty ? null : "A payload though its padding is longer.";
        }

        if (TelephoneEvent.TryRead(payload, out var read))
        {
            features.Add(4, read.Code | (read.IsEnd ? 256 : 0));
            var receiver = default(TelephoneEventReceiver);
            _ = receiver.TryLeave(header.Ssrc, header.Timestamp, read.Code, out _);
            _ = receiver.TryEnd(header.Ssrc, header.Timestamp, read, out _);
        }

        return header.Length + payload.Length > packet.Length ? "Header and payload are longer than the packet." : null;
    }

    private string? Reports(ReadOnlySpan<byte> datagram, Features features)
    {
        if (!RtcpCompound.TryRead(datagram, out var packets))
        {
            return null;
        }

        var length = 0;
        foreach (var packet in packets)
        {
            features.Add(5, (int)packet.Type);
            features.AddSize(6 + packet.Count, packet.Octets.Length);
            length += packet.Octets.Length;
            _ = packet.TryGetSsrc(out _);
            _ = packet.TryGetSenderInfo(out _);
            for (var index = 0; packet.TryGetReport(index, out _); index++)
            {
                features.AddSize(50, index);
                if (index > packet.Count)
                {
                    return "More reports than are counted.";
                }
            }
        }

        var copy = _copy.AsSpan(0, datagram.Length);
        datagram.CopyTo(copy);
        RtcpCorrection.Apply(copy, new StreamChange(0x50414347, 3, -160, 0), new StreamChange(0x50414348, 0, 0, 7));
        RtcpCorrection.Apply(copy, new StreamChange(0x50414347, -3, 160, 0), new StreamChange(0x50414348, 0, 0, -7));
        return length != datagram.Length ? "The packets are not all of the datagram." : copy.SequenceEqual(datagram) ? null : "Forth and back it is another datagram.";
    }

    /// <summary>The input in pieces of 16 octets, each a packet of a stream, then as a report on it.</summary>
    private static string? Counted(FuzzInput input, Features features)
    {
        var (stream, own, other) = (default(StreamCounters), default(ReportCounters), default(ReportCounters));
        var (now, packets) = (1000L, 0);
        fixed (byte* start = input.Buffer)
        {
            StreamCounters.Clock(&stream, 8000, 1_000_000_000);
            for (var at = 0; at + 16 <= Math.Min(input.Length, 1600); at += 16)
            {
                now += 1_000_000L * start[FuzzInput.Start + at];
                StreamCounters.Rtp(&stream, start + FuzzInput.Start + at, 16, now);
                packets++;
            }
        }

        ReportCounters.Heard(&own, &other, stream.Ssrc, input.Octets, now, 1_000_000_000);
        ReportCounters.Heard(&other, &own, 0x50414347, input.Octets, now + 20_000_000, 1_000_000_000);
        features.AddSize(60, (int)stream.Reordered);
        features.AddSize(61, (int)stream.Restarts);
        features.AddSize(62, (int)stream.SourceChanges);
        features.AddSize(63, (int)own.Reports);
        features.AddSize(64, (int)own.RoundTrips);
        return stream.Packets != packets ? "Packets were lost in the counting."
            : stream.Received + stream.Duplicates > packets ? "More was received than was sent."
            : own.RoundTripSum < 0 || other.RoundTripSum < 0 || own.LossSum < 0 ? "A sum is negative." : null;
    }
}
