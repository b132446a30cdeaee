using System.Buffers.Binary;
using SipAlg.Media.Events;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Tests.Events;

/// <summary>A packet as a receiver sees it.</summary>
internal readonly record struct SeenPacket(byte PayloadType, bool Marker, ushort Sequence, uint Timestamp, uint Ssrc, TelephoneEvent? Event)
{
    public static SeenPacket Of(ReadOnlySpan<byte> octets, byte eventType)
    {
        Assert.True(RtpHeader.TryRead(octets, out var header));
        Assert.True(header.TryGetPayload(out var payload));
        TelephoneEvent read = default;
        var isEvent = header.PayloadType == eventType && TelephoneEvent.TryRead(payload, out read);
        return new SeenPacket(header.PayloadType, header.Marker, header.SequenceNumber, header.Timestamp, header.Ssrc, isEvent ? read : null);
    }
}

/// <summary>An event stream without a relay: packets of 20 ms at 8 kHz on a clock of microseconds, and what comes of them.</summary>
internal sealed class EventBench(EventStream stream, byte eventType = 101)
{
    private readonly byte[] _packet = new byte[2048];

    public const long Second = 1_000_000;

    public long Now { get; private set; } = 77 * Second;
    public uint Ssrc { get; set; } = 7;
    public ushort Sequence { get; set; } = 65530;
    public uint Timestamp { get; set; } = uint.MaxValue - 1000;
    public List<SeenPacket> Seen { get; } = [];

    public static byte[] Audio(byte payloadType, ushort sequence, uint timestamp, uint ssrc, int payload = 160)
    {
        var packet = new byte[12 + payload];
        (packet[0], packet[1]) = (0x80, payloadType);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), ssrc);
        return packet;
    }

    /// <summary>The next 20 ms of the stream: its packet comes, and the beat.</summary>
    public void Flow(int packets = 1)
    {
        for (; packets > 0; packets--)
        {
            Pass(20);
            Arrive(Audio(8, Sequence++, Timestamp, Ssrc));
            Beat();
        }
    }

    /// <summary>The stream says nothing; the beat comes.</summary>
    public void Silence(int beats = 1)
    {
        for (; beats > 0; beats--)
        {
            Pass(20);
            Beat();
        }
    }

    /// <summary>Time passes, for the stream's clock too.</summary>
    public void Pass(int milliseconds)
    {
        Now += milliseconds * Second / 1000;
        Timestamp += (uint)milliseconds * 8;
    }

    public void Arrive(byte[] packet)
    {
        packet.CopyTo(_packet, 0);
        See(stream.Cross(_packet, packet.Length, Now));
    }

    public void Event(TelephoneEvent told, uint timestamp, bool isFirst = false)
    {
        var packet = new byte[TelephoneEventPacket.Length];
        new TelephoneEventPacket(eventType, isFirst, Sequence++, timestamp, Ssrc).Write(told, packet);
        Arrive(packet);
    }

    public void Beat() => See(stream.Beat(_packet, Now));

    private void See(int octets)
    {
        if (octets > 0)
        {
            Seen.Add(SeenPacket.Of(_packet.AsSpan(0, octets), eventType));
        }
    }

    /// <summary>The receiver sees one source whose numbers grow by one, and whose time never goes back.</summary>
    public void IsContinuous() => Assert.All(Seen.Zip(Seen.Skip(1)), pair => Assert.True(
        pair.First.Ssrc == pair.Second.Ssrc && (ushort)(pair.First.Sequence + 1) == pair.Second.Sequence && (int)(pair.Second.Timestamp - pair.First.Timestamp) >= 0,
        $"{pair.First} then {pair.Second}"));

    /// <summary>What a receiver of RFC 4733 makes of it.</summary>
    public List<EndedEvent> Heard()
    {
        var receiver = default(TelephoneEventReceiver);
        var heard = new List<EndedEvent>();
        foreach (var packet in Seen)
        {
            if (packet.Event is not { } told)
            {
                continue;
            }

            if (receiver.TryLeave(packet.Ssrc, packet.Timestamp, told.Code, out var left))
            {
                heard.Add(left);
            }

            if (receiver.TryEnd(packet.Ssrc, packet.Timestamp, told, out var ended))
            {
                heard.Add(ended);
            }
        }

        if (receiver.IsOpen)
        {
            heard.Add(receiver.GiveUp());
        }

        return heard;
    }
}
