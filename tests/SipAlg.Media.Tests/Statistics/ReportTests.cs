using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using SipAlg.Media.Statistics;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>What the ends say in RTCP (RFC 3550 §6.4): the loss that they see, and the time that their reports take.</summary>
public sealed class ReportTests : IDisposable
{
    private const uint AliceSsrc = 7;
    private const uint BobSsrc = 8;
    private const uint Name = 0x1234_5678;
    private const uint OneSecond = 65_536;
    private readonly RelayRig _rig = new();
    private readonly Phone _a;
    private readonly Phone _aRtcp;
    private readonly Phone _b;
    private readonly Phone _bRtcp;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;

    public ReportTests()
    {
        (_a, _aRtcp) = (_rig.Phone("127.0.0.2", 26100), _rig.Phone("127.0.0.2", 26101));
        (_b, _bRtcp) = (_rig.Phone("127.0.0.3", 26100), _rig.Phone("127.0.0.3", 26101));
        (_portA, _portB) = _rig.Call(_a, _b);
        Aim(isRead: true);
    }

    public void Dispose() => _rig.Dispose();

    private void Aim(bool isRead, bool muxesA = false)
    {
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, ReadsReports = isRead, RtcpMux = muxesA });
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint, ReadsReports = isRead });
    }

    private StreamStatistics OfB
    {
        get
        {
            Assert.True(_rig.Relay.TryRead(_portB, out var counters));
            return counters.Stream;
        }
    }

    /// <summary>RFC 3550 §6.4.1, with the middle of the NTP timestamp.</summary>
    private static byte[] SenderReport(uint ssrc, uint name)
    {
        var packet = new byte[28];
        (packet[0], packet[1], packet[3]) = (0x80, 200, 6);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(packet.AsSpan(8), 0xABCD_0000_0000_0000 | ((ulong)name << 16) | 0xFFFF);
        return packet;
    }

    private static byte[] ReceiverReport(uint of, byte lost, uint name, uint delay, uint ssrc = BobSsrc)
    {
        var packet = new byte[32];
        (packet[0], packet[1], packet[3]) = (0x81, 201, 7);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(8), of);
        packet[12] = lost;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(24), name);
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(28), delay);
        return packet;
    }

    private void FromA(byte[] report)
    {
        _aRtcp.Send(report, RelayRig.Address, _portA.Port + 1);
        Assert.Equal(report, _bRtcp.Receive());
    }

    private void FromB(byte[] report)
    {
        _bRtcp.Send(report, RelayRig.Address, _portB.Port + 1);
        Assert.Equal(report, _aRtcp.Receive());
    }

    [Fact]
    public void The_way_to_an_end_and_back_is_what_its_report_took_less_its_delay()
    {
        FromA(SenderReport(AliceSsrc, Name));
        _rig.Clock.AdvanceSeconds(1.08);
        FromB(ReceiverReport(AliceSsrc, 64, Name, OneSecond));
        Assert.Equal((1, 1), (OfB.Reports, OfB.RoundTrips));
        Assert.Equal(0.08, OfB.RoundTripSeconds, 4);
        Assert.Equal(0.25, OfB.ReportedLoss);
        _rig.Clock.AdvanceSeconds(0.12);
        FromB(ReceiverReport(AliceSsrc, 0, Name, OneSecond));
        Assert.Equal(2, OfB.RoundTrips);
        Assert.Equal(0.14, OfB.RoundTripSeconds, 4);
        Assert.Equal(0.125, OfB.ReportedLoss);
    }

    [Fact]
    public void A_report_that_answers_none_that_went_by_has_its_loss_alone()
    {
        FromA(SenderReport(AliceSsrc, Name));
        FromB(ReceiverReport(AliceSsrc, 128, Name + 1, 0));
        FromB(ReceiverReport(AliceSsrc, 128, 0, 0));
        Assert.Equal((2, 0, 0.5), (OfB.Reports, OfB.RoundTrips, OfB.ReportedLoss));
    }

    [Fact]
    public void The_last_four_reports_are_known()
    {
        for (uint sent = 1; sent <= 5; sent++)
        {
            FromA(SenderReport(AliceSsrc, sent));
        }

        FromB(ReceiverReport(AliceSsrc, 0, 1, 0));
        Assert.Equal(0, OfB.RoundTrips);
        FromB(ReceiverReport(AliceSsrc, 0, 2, 0));
        Assert.Equal(1, OfB.RoundTrips);
    }

    [Fact]
    public void A_delay_longer_than_the_time_since_is_a_mistake()
    {
        FromA(SenderReport(AliceSsrc, Name));
        _rig.Clock.AdvanceSeconds(0.5);
        FromB(ReceiverReport(AliceSsrc, 0, Name, OneSecond));
        Assert.Equal((1, 0), (OfB.Reports, OfB.RoundTrips));
    }

    [Fact]
    public void Reports_on_other_sources_are_not_of_this_stream()
    {
        _a.Send(Phone.Rtp(1, AliceSsrc), RelayRig.Address, _portA.Port);
        _b.Receive();
        FromB(ReceiverReport(99, 200, 0, 0));
        Assert.Equal(0, OfB.Reports);
        FromB(ReceiverReport(AliceSsrc, 0, 0, 0));
        Assert.Equal(1, OfB.Reports);
    }

    [Fact]
    public void What_is_encrypted_is_not_read()
    {
        Aim(isRead: false);
        FromA(SenderReport(AliceSsrc, Name));
        FromB(ReceiverReport(AliceSsrc, 128, Name, 0));
        Assert.Equal((0, 0), (OfB.Reports, OfB.RoundTrips));
    }

    [Fact]
    public void An_end_that_multiplexes_is_read_too()
    {
        Aim(isRead: true, muxesA: true);
        _a.Send(SenderReport(AliceSsrc, Name), RelayRig.Address, _portA.Port);
        Assert.Equal(SenderReport(AliceSsrc, Name), _bRtcp.Receive());
        _rig.Clock.AdvanceSeconds(0.25);
        _bRtcp.Send(ReceiverReport(AliceSsrc, 0, Name, 0), RelayRig.Address, _portB.Port + 1);
        _a.Receive();
        Assert.Equal(0.25, OfB.RoundTripSeconds, 4);
    }

    [Fact]
    public void What_is_cut_or_lies_about_its_length_crosses_and_is_not_read()
    {
        var report = ReceiverReport(AliceSsrc, 128, Name, 0);
        FromB(report[..20]);
        report[3] = 60;
        FromB(report);
        Assert.Equal(0, OfB.Reports);
    }

    /// <summary>Who a report is of is gone, or the report goes elsewhere: it says nothing of a stream of this call.</summary>
    [Theory]
    [InlineData("separate")]
    [InlineData("released")]
    [InlineData("loop")]
    public void A_report_that_does_not_cross_is_not_read(string what)
    {
        FromB(ReceiverReport(AliceSsrc, 1, 0, 0));
        Assert.Equal(1, OfB.Reports);
        if (what == "separate")
        {
            _rig.Relay.Separate(_portB);
        }
        else if (what == "loop")
        {
            _rig.Relay.Loop(_portB);
        }
        else
        {
            // Fed one way, it is not told that the other port goes.
            _rig.Relay.Feed(_portB, _portA);
            _rig.Relay.Join(_portA, _rig.Take());
            _rig.Relay.Feed(_portB, _portA);
            _rig.Relay.Release(_portA);
            Eventually.True(() => !_rig.Relay.TryRead(_portA, out _), "closed");
        }

        var report = ReceiverReport(AliceSsrc, 1, 0, 0);
        _bRtcp.Send(report, RelayRig.Address, _portB.Port + 1);
        if (what == "loop")
        {
            Assert.Equal(report, _bRtcp.Receive());
        }
        else
        {
            Eventually.True(() => _rig.Rtcp(_portB).Totals.Dropped(DropReason.NoPartner) == 1, "dropped");
        }

        Assert.Equal(1, OfB.Reports);
    }

    [Fact]
    public unsafe void Reading_allocates_nothing()
    {
        ReportCounters one = default, other = default;
        var (sent, reported) = (SenderReport(AliceSsrc, Name), ReceiverReport(AliceSsrc, 1, Name, 0));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var times = 1; times <= 1000; times++)
        {
            ReportCounters.Heard(&one, &other, AliceSsrc, sent, times, 1000);
            ReportCounters.Heard(&other, &one, AliceSsrc, reported, times, 1000);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1000u, other.RoundTrips);
        Assert.InRange(Unsafe.SizeOf<ReportCounters>(), 1, 128);
    }
}
