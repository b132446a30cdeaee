using System.Buffers.Binary;
using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>The program counts as user space does: the same stream through both leaves the same figures.</summary>
public sealed unsafe class FlowStatisticsTests : IDisposable
{
    private static readonly IpEndpoint A = IpEndpoint.Parse("192.0.2.1:4000");
    private static readonly IpEndpoint Entry = IpEndpoint.Parse("10.0.0.1:20000");

    private readonly ProgramRig _rig = new();
    private StreamCounters _expected;
    private int _crossed;

    public FlowStatisticsTests() => _rig.Add(A, Entry, IpEndpoint.Parse("10.0.0.2:20002"), IpEndpoint.Parse("198.51.100.7:6000"));

    public void Dispose() => _rig.Dispose();

    private static byte[] Rtp(int sequence, uint timestamp = 0, uint ssrc = 7, byte type = 8)
    {
        var packet = Phone.Rtp(sequence, ssrc, 20);
        packet[1] = type;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), timestamp);
        return packet;
    }

    /// <summary>A packet by the program, and if it passes up by user space, on the same counters; and by user space alone at the same time.</summary>
    private void Meet(byte[] rtp)
    {
        var before = _rig.Entry->PacketsIn;
        _rig.Run(new Frame(A, Entry, rtp).ToOctets());
        if (_rig.Entry->PacketsIn == before)
        {
            _rig.Begin(rtp, Stopwatch.GetTimestamp());
        }
        else
        {
            _crossed++;
        }

        fixed (byte* packet = rtp)
        fixed (StreamCounters* expected = &_expected)
        {
            StreamCounters.Rtp(expected, packet, rtp.Length, _rig.Entry->Stream.LastAt);
        }

        // The program takes no lock.
        _expected.Lock = _rig.Entry->Stream.Lock;
        Assert.Equal(_expected, _rig.Entry->Stream);
    }

    private void SetSilent(bool isSilent)
    {
        _rig.Entry->Stream.SetSilent(isSilent, wasSilent: true);
        _expected.SetSilent(isSilent, wasSilent: true);
    }

    private void SetClock(int hertz)
    {
        StreamCounters.Clock(&_rig.Entry->Stream, hertz, 1_000_000_000);
        fixed (StreamCounters* expected = &_expected)
        {
            StreamCounters.Clock(expected, hertz, 1_000_000_000);
        }
    }

    [Fact]
    public void A_stream_without_a_fault_crosses_from_its_second_packet_on()
    {
        SetClock(8000);
        for (var number = 65_000; number < 67_000; number++)
        {
            Meet(Rtp(number, (uint)(number * 160)));
        }

        Assert.Equal(1999, _crossed);
        Assert.Equal(2000u, _rig.Entry->Stream.Received);
        Assert.True(_rig.Entry->Stream.JitterSamples > 1900);
    }

    [Fact]
    public void Loss_lateness_and_duplicates_cross_and_are_counted()
    {
        foreach (var number in new[] { 100, 101, 103, 102, 102, 110, 105, 170, 106, 107, 107, 99, 2000, 1937, 1936, 4999, 65535, 100 })
        {
            Meet(Rtp(number));
        }

        Assert.True(_crossed >= 12, $"{_crossed}");
    }

    [Fact]
    public void Another_source_type_or_place_is_user_spaces_business()
    {
        Meet(Rtp(10));
        Meet(Rtp(11));
        Assert.Equal(1, _crossed);
        Meet(Rtp(12, ssrc: 8));
        Assert.Equal(1, _crossed);
        Meet(Rtp(13, ssrc: 8));
        Assert.Equal(2, _crossed);
        Meet(Rtp(14, ssrc: 8, type: 13));
        Assert.Equal(2, _crossed);
        Meet(Rtp(15, ssrc: 8, type: 0x80 | 13));
        Assert.Equal(3, _crossed);
        Meet(Rtp(30_000, ssrc: 8, type: 13));
        Meet(Rtp(30_001, ssrc: 8, type: 13));
        Assert.Equal(3, _crossed);
        Assert.Equal(1u, _rig.Entry->Stream.Restarts);
        Meet(Rtp(30_002, ssrc: 8, type: 13));
        Assert.Equal(4, _crossed);
    }

    [Fact]
    public void A_pause_is_no_gap()
    {
        Meet(Rtp(1));
        Meet(Rtp(2));
        SetSilent(isSilent: true);
        Meet(Rtp(3));
        Assert.Equal(StreamMarks.IsPaused, _rig.Entry->Stream.Marks & StreamMarks.IsPaused);
        SetSilent(isSilent: false);
        Meet(Rtp(4));
        Assert.Equal(StreamMarks.None, _rig.Entry->Stream.Marks & StreamMarks.IsPaused);
        Meet(Rtp(5));
        Assert.Equal(4, _crossed);
    }

    [Fact]
    public void Whatever_comes_both_count_alike()
    {
        var step = Gen.Frequency((20, Gen.Constant(1)), (3, Gen.Choose(2, 70)), (3, Gen.Choose(-70, 0)), (1, Gen.Choose(-4000, 4000)));
        var packet = from steps in step
                     from delay in Gen.Frequency((10, Gen.Choose(150, 170)), (1, Gen.Choose(-100_000, 100_000)))
                     from type in Gen.Frequency((30, Gen.Constant((byte)8)), (1, Gen.Constant((byte)101)))
                     from ssrc in Gen.Frequency((60, Gen.Constant(7u)), (1, Gen.Constant(9u)))
                     select (steps, delay, type, ssrc);
        Prop.ForAll(packet.ListOf().Select(list => list.ToArray()).ToArbitrary(), packets =>
        {
            _rig.Entry->Stream = default;
            _expected = default;
            SetClock(packets.Length % 2 == 0 ? 8000 : 90_000);
            var (number, timestamp) = (65_500, 0u);
            foreach (var (steps, delay, type, ssrc) in packets)
            {
                number += steps;
                timestamp += (uint)delay;
                Meet(Rtp(number, timestamp, ssrc, type));
            }
        }).QuickCheckThrowOnFailure();
        Assert.True(_crossed > 500, $"{_crossed}");
    }
}
