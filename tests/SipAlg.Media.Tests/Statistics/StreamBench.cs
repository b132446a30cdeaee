using System.Buffers.Binary;
using SipAlg.Media.Statistics;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>The counters of one stream, fed without a socket. Time is in microseconds.</summary>
internal sealed unsafe class StreamBench
{
    public const long Second = 1_000_000;

    private readonly byte[] _packet = new byte[172];
    private StreamCounters _counters;

    public StreamBench(int hertz = 8000) => SetClock(hertz);

    public StreamStatistics Read() => StreamStatistics.Of(_counters, default, new RelayClock(new ManualTime()));

    public void SetClock(int hertz)
    {
        fixed (StreamCounters* counters = &_counters)
        {
            StreamCounters.Clock(counters, hertz, Second);
        }
    }

    public void SetSilent(bool isSilent) => _counters.SetSilent(isSilent, wasSilent: false);

    public StreamBench Rtp(int sequence, uint timestamp = 0, uint ssrc = 7, long at = 0, byte type = 8)
    {
        (_packet[0], _packet[1]) = (0x80, type);
        BinaryPrimitives.WriteUInt16BigEndian(_packet.AsSpan(2), (ushort)sequence);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(4), timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(_packet.AsSpan(8), ssrc);
        fixed (byte* packet = _packet)
        fixed (StreamCounters* counters = &_counters)
        {
            StreamCounters.Rtp(counters, packet, _packet.Length, at);
        }

        return this;
    }

    public StreamBench Rtp(params ReadOnlySpan<int> sequences)
    {
        foreach (var sequence in sequences)
        {
            Rtp(sequence, timestamp: 0);
        }

        return this;
    }

    public void Other(int octets, long at)
    {
        fixed (StreamCounters* counters = &_counters)
        {
            StreamCounters.Other(counters, octets, at);
        }
    }
}
