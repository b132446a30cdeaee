using System.Buffers.Binary;
using SipAlg.Media.Statistics;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Tests.Statistics;

/// <summary>The figures of packets that really pass.</summary>
public sealed class RelayStatisticsTests : IDisposable
{
    private static readonly PayloadClocks Clocks = new(new PayloadClock(8, 8000));
    private readonly RelayRig _rig = new();
    private readonly Phone _a;
    private readonly Phone _b;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;

    public RelayStatisticsTests()
    {
        (_a, _b) = (_rig.Phone("127.0.0.2"), _rig.Phone("127.0.0.3"));
        (_portA, _portB) = _rig.Call(_a, _b);
        Aim();
    }

    public void Dispose() => _rig.Dispose();

    private StreamStatistics FromA => Read(_portA);

    private StreamStatistics Read(MediaPort port)
    {
        Assert.True(_rig.Relay.TryRead(port, out var counters));
        return counters.Stream;
    }

    private void Aim(bool isSilent = false, bool passesAll = false) =>
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Clocks = Clocks, IsSilent = isSilent, PassesAll = passesAll });

    private void Cross(int sequence, byte type = 8)
    {
        var packet = Phone.Rtp(sequence);
        packet[1] = type;
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(4), (uint)(160 * sequence));
        _a.Send(packet, RelayRig.Address, _portA.Port);
        _b.Receive();
    }

    [Fact]
    public void Each_direction_has_its_own_figures()
    {
        foreach (var sequence in (int[])[1, 2, 4])
        {
            Cross(sequence);
            _rig.Clock.Advance(TimeSpan.FromMilliseconds(20));
        }

        Assert.Equal((3, 3 * 172, 4, 1), (FromA.Packets, FromA.Octets, FromA.Expected, FromA.Lost));
        Assert.Equal((2, 8000, (byte)8, 7u), (FromA.JitterSamples, FromA.ClockRate, FromA.PayloadType, FromA.Ssrc));
        Assert.Equal(0, Read(_portB).Packets);
    }

    [Fact]
    public void A_payload_type_without_clock_leaves_the_jitter_and_a_new_agreement_is_asked_again()
    {
        Cross(1, 96);
        Cross(2, 96);
        Assert.Equal((0, (byte)96), (FromA.JitterSamples, FromA.PayloadType));
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Clocks = new PayloadClocks(new PayloadClock(96, 48_000)) });
        Cross(3, 96);
        Cross(4, 96);
        Assert.Equal((1, 48_000), (FromA.JitterSamples, FromA.ClockRate));
    }

    [Fact]
    public void Hold_makes_no_gap()
    {
        Cross(1);
        Aim(isSilent: true);
        _rig.Clock.AdvanceSeconds(60);
        Aim();
        Cross(2);
        Assert.Equal(TimeSpan.Zero, FromA.LongestGap);
        _rig.Clock.AdvanceSeconds(1);
        Cross(3);
        Assert.Equal(TimeSpan.FromSeconds(1), FromA.LongestGap);
    }

    [Fact]
    public void Strangers_and_control_do_not_count()
    {
        Cross(1);
        _rig.Phone("127.0.0.9").Send(Phone.Rtp(2), RelayRig.Address, _portA.Port);
        _rig.AwaitDropped(_portA, DropReason.Stranger);
        _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, RtcpMux = true });
        _a.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port);
        Eventually.True(() => _rig.Rtp(_portA).Totals.PacketsIn == 3, "control came");
        Cross(3);
        Assert.Equal((2, 3), (FromA.Packets, FromA.Expected));
    }

    [Fact]
    public void What_is_no_rtp_is_counted_alone()
    {
        Aim(passesAll: true);
        _a.Send([1, 2, 3], RelayRig.Address, _portA.Port);
        _b.Receive();
        Assert.Equal((1, 3, false), (FromA.Packets, FromA.Octets, FromA.IsRtp));
    }

    [Fact]
    public void A_pair_taken_again_begins_at_nothing()
    {
        Cross(1);
        _rig.Relay.Release(_portA);
        _rig.Relay.Release(_portB);
        _rig.AwaitAllClosed();
        for (var taken = 0; taken < _rig.Pool.Capacity; taken++)
        {
            Assert.Equal(0, Read(_rig.Take()).Packets);
        }
    }

    [Fact]
    public void A_reader_sees_one_moment()
    {
        var stops = false;
        var torn = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref stops))
            {
                var figures = FromA;
                torn += figures.Packets == figures.Received && figures.Octets == 172 * figures.Packets && figures.Expected == figures.Packets ? 0 : 1;
            }
        });
        reader.Start();
        for (var sequence = 1; sequence <= 3000; sequence++)
        {
            Cross(sequence);
        }

        Volatile.Write(ref stops, true);
        reader.Join();
        Assert.Equal(0, torn);
    }
}
