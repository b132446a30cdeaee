using SipAlg.Media.Srtp;
using SipAlg.Protocol.Rtp;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>Streams through the kernel, between networks, and what becomes of them when the lane orders otherwise.</summary>
public unsafe class KernelRelayTests : IDisposable
{
    private readonly KernelRig _rig;

    public KernelRelayTests()
        : this(shares: false)
    {
    }

    private protected KernelRelayTests(bool shares) => _rig = new KernelRig { Shares = shares };

    public void Dispose()
    {
        _rig.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(KernelRig.PhoneA, KernelRig.GatewayA, KernelRig.GatewayB, KernelRig.PhoneB)]
    [InlineData("2001:db8:1::2", "2001:db8:1::1", "2001:db8:2::1", "2001:db8:2::2")]
    public void A_settled_stream_crosses_in_the_kernel_alone(string phoneA, string gatewayA, string gatewayB, string phoneB)
    {
        var call = _rig.Start().Settled(phoneA, gatewayA, gatewayB, phoneB);
        var before = _rig.Rtp(call.PortA);
        Assert.Equal(200, call.InKernel(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                call.FromA();
                call.FromB();
            }
        }));

        Assert.Equal(2, _rig.Relay.KernelFlows);
        var after = _rig.Rtp(call.PortA);
        Assert.Equal(before.Totals.PacketsIn + 100, after.Totals.PacketsIn);
        Assert.Equal(before.Totals.OctetsIn + (100 * 172), after.Totals.OctetsIn);
        Assert.Equal(before.Totals.PacketsOut + 100, after.Totals.PacketsOut);
        Assert.True(after.LastAccepted > before.LastAccepted);
        Assert.Equal(0, after.Totals.DroppedInAll);
        Eventually.True(() => _rig.Relay.KernelInterfaces == 2, "at both interfaces");
    }

    [Fact]
    public void Statistics_go_on_in_the_kernel()
    {
        var call = _rig.Start().Settled();
        for (var i = 0; i < 50; i++)
        {
            call.FromA();
        }

        Assert.True(_rig.Relay.TryRead(call.PortA, out var counters));
        Assert.Equal(counters.Rtp.Totals.PacketsIn, counters.Stream.Packets);
        Assert.Equal((counters.Stream.Packets, 0L, 0L), (counters.Stream.Received, counters.Stream.Lost, counters.Stream.Duplicates));
    }

    [Fact]
    public void Totals_of_the_realm_follow_within_a_second_and_are_exact_when_all_is_closed()
    {
        var call = _rig.Start().Settled();
        for (var i = 0; i < 30; i++)
        {
            call.FromA();
            call.FromB();
        }

        var (a, b) = (_rig.Rtp(call.PortA).Totals, _rig.Rtp(call.PortB).Totals);
        Eventually.True(() => _rig.Relay.Read(0).PacketsIn == a.PacketsIn + b.PacketsIn, "totals follow");
        Eventually.True(() => _rig.Relay.KernelPackets == call.KernelFromA + call.KernelFromB, "and the kernel's share");
        call.FromA();
        _rig.Relay.Release(call.PortA);
        _rig.Relay.Release(call.PortB);
        Eventually.True(() => _rig.Pool.InUse == 0, "closed");
        var totals = _rig.Relay.Read(0);
        Assert.Equal((a.PacketsIn + b.PacketsIn + 1, a.OctetsIn + b.OctetsIn + 172), (totals.PacketsIn, totals.OctetsIn));
        Assert.Equal((totals.PacketsIn, totals.OctetsIn), (totals.PacketsOut, totals.OctetsOut));
        Assert.Equal(0, _rig.Relay.KernelFlows);
    }

    [Fact]
    public void A_new_target_has_every_packet_after_the_aim()
    {
        var call = _rig.Start().Settled();
        var targets = new[] { call.B, _rig.Phone(_rig.RoomB, KernelRig.PhoneB) };
        for (var round = 1; round < 40; round++)
        {
            call.B = targets[round % 2];
            _rig.Relay.Aim(call.PortB, new MediaTarget { Rtp = call.B.Endpoint });
            Assert.Equal(0, call.InKernel(call.FromA));
            call.AwaitKernel();
        }

        Assert.All(targets, target => Assert.True(target.HasNothing));
    }

    [Fact]
    public void What_is_encrypted_on_one_side_comes_up_both_ways()
    {
        var call = _rig.Start().Settled();
        var key = SrtpKey.Draw(SrtpSuite.AeadAes128Gcm);
        _rig.Relay.Aim(call.PortB, new MediaTarget { Rtp = call.B.Endpoint, Keys = new MediaKeys(key, key) });
        var relayed = call.KernelFromA;
        for (var number = 0; number < 20; number++)
        {
            call.A.Send(Phone.Rtp(1000 + number), call.GatewayA, call.PortA.Port);
            Assert.Equal(172 + 16, call.B.Receive().Length);
        }

        Assert.Equal(relayed, call.KernelFromA);
        _rig.Relay.Aim(call.PortB, new MediaTarget { Rtp = call.B.Endpoint });
        call.AwaitKernel();
    }

    [Fact]
    public void While_packets_flow_none_comes_to_the_old_target_after_the_aim()
    {
        var call = _rig.Start().Settled();
        using var sending = new Sending(number => call.A.Send(Phone.Rtp(number), KernelRig.GatewayA, call.PortA.Port));
        var (old, next) = (call.B, _rig.Phone(_rig.RoomB, KernelRig.PhoneB));
        for (var round = 0; round < 20; round++)
        {
            var before = call.KernelFromA;
            Eventually.True(() => call.KernelFromA > before, "in the kernel");
            _rig.Relay.Aim(call.PortB, new MediaTarget { Rtp = next.Endpoint });
            // What was on its way when the order was given comes before the first packet to the new target does.
            next.Receive();
            while (!old.HasNothing)
            {
                old.Receive();
            }

            next.Receive();
            next.Receive();
            Assert.True(old.HasNothing, $"round {round}");
            while (!next.HasNothing)
            {
                next.Receive();
            }

            (old, next) = (next, old);
        }

        sending.End();
    }

    [Fact]
    public void On_hold_nothing_crosses_and_afterwards_all_does()
    {
        var call = _rig.Start().Settled();
        _rig.Relay.Aim(call.PortB, default);
        call.A.Send(Phone.Rtp(500), KernelRig.GatewayA, call.PortA.Port);
        Eventually.True(() => _rig.Rtp(call.PortA).Totals.Dropped(DropReason.NoTarget) == 1, "dropped");
        _rig.Relay.Aim(call.PortB, new MediaTarget { Rtp = call.B.Endpoint });
        call.AwaitKernel();
        Assert.True(call.B.HasNothing);
    }

    [Fact]
    public void Separated_nothing_crosses()
    {
        var call = _rig.Start().Settled();
        _rig.Relay.Separate(call.PortA);
        call.A.Send(Phone.Rtp(500), KernelRig.GatewayA, call.PortA.Port);
        call.B.Send(Phone.Rtp(500, 9), KernelRig.GatewayB, call.PortB.Port);
        Eventually.True(() => _rig.Rtp(call.PortA).Totals.Dropped(DropReason.NoPartner) == 1 && _rig.Rtp(call.PortB).Totals.Dropped(DropReason.NoPartner) == 1, "dropped");
        Assert.True(call.A.HasNothing && call.B.HasNothing);
        Eventually.True(() => _rig.Relay.KernelFlows == 0, "no flow is left");
    }

    [Fact]
    public void Ports_that_are_taken_again_relay_nothing_of_before()
    {
        var call = _rig.Start().Settled();
        _rig.Relay.Release(call.PortA);
        _rig.Relay.Release(call.PortB);
        Eventually.True(() => _rig.Pool.InUse == 0 && _rig.Relay.KernelFlows == 0, "closed");
        call.A.Send(Phone.Rtp(500), KernelRig.GatewayA, call.PortA.Port);
        for (var i = 0; i < 50; i++)
        {
            _rig.Call(call.A, call.B);
        }

        Assert.True(call.B.HasNothing);
    }

    [Fact]
    public void A_stranger_is_refused_and_the_stream_goes_on()
    {
        var call = _rig.Start().Settled();
        _rig.RoomA.Address("phones", "10.1.0.66/24");
        var stranger = _rig.Phone(_rig.RoomA, "10.1.0.66");
        for (var i = 0; i < 20; i++)
        {
            stranger.Send(Phone.Rtp(i, 66), KernelRig.GatewayA, call.PortA.Port);
        }

        Eventually.True(() => _rig.Rtp(call.PortA).Totals.Dropped(DropReason.Stranger) == 20, "refused");
        Assert.Equal(1, call.InKernel(call.FromA));
        Assert.True(call.B.HasNothing);
    }

    [Fact]
    public void The_kernels_packets_count_as_heard_and_silence_as_silence()
    {
        var time = new ShiftedTime();
        _rig.Start(time);
        var call = _rig.Settled();
        var moved = _rig.Phone(_rig.RoomA, KernelRig.PhoneA);
        time.Shift += TimeSpan.FromSeconds(3);

        // The shift makes all that was before long ago; one packet in the kernel, and the source is not silent.
        var began = _rig.Rtp(call.PortA).LastAccepted;
        Assert.True(time.GetElapsedTime(began) > TimeSpan.FromSeconds(2));
        _rig.PairOf(call.PortA)->Cell->Stream.LastAt = time.GetTimestamp();
        moved.Send(Phone.Rtp(600), KernelRig.GatewayA, call.PortA.Port);
        Eventually.True(() => _rig.Rtp(call.PortA).Totals.Dropped(DropReason.Stranger) == 1, "refused");
        Assert.True(call.B.HasNothing);

        time.Shift += TimeSpan.FromSeconds(3);
        call.A = moved;
        call.AwaitKernel();
        Assert.Equal(moved.Endpoint, _rig.Rtp(call.PortA).Source);
    }

    [Fact]
    public void RTCP_crosses_in_user_space()
    {
        var call = _rig.Start().Settled();
        _rig.Relay.Aim(call.PortA, new MediaTarget { Rtp = call.A.Endpoint, RtcpMux = true });
        _rig.Relay.Aim(call.PortB, new MediaTarget { Rtp = call.B.Endpoint, RtcpMux = true });
        call.AwaitKernel();
        Assert.Equal(0, call.InKernel(() =>
        {
            call.A.Send(Phone.Rtcp(), KernelRig.GatewayA, call.PortA.Port);
            Assert.Equal(Phone.Rtcp(), call.B.Receive());
        }));
        Assert.Equal(1, call.InKernel(call.FromA));
    }

    [Fact]
    public void A_stream_whose_digits_are_converted_is_user_spaces_and_the_other_direction_is_not()
    {
        var call = _rig.Start().Settled();
        TelephoneEventFormats formats = default;
        formats.Add(new TelephoneEventFormat(101, 8000));
        _rig.Relay.TakeEvents(call.PortA, formats, static () => { });
        Assert.Equal(0, call.InKernel(() => Repeat(10, call.FromA)));
        Repeat(3, call.FromB);
        Assert.Equal(10, call.InKernel(() => Repeat(10, call.FromB)));
        _rig.Relay.LeaveEvents(call.PortA);
        call.AwaitKernel();
    }

    [Theory]
    [InlineData(Latching.Off, false)]
    [InlineData(Latching.Strict, true)]
    public void Where_any_source_is_taken_there_is_no_flow(Latching latching, bool inKernel)
    {
        var call = _rig.Start().Settled();
        _rig.Relay.Aim(call.PortA, new MediaTarget { Rtp = call.A.Endpoint, Latching = latching });
        Repeat(3, call.FromA);
        Assert.Equal(inKernel ? 10 : 0, call.InKernel(() => Repeat(10, call.FromA)));
    }

    private static void Repeat(int times, Action action)
    {
        for (var i = 0; i < times; i++)
        {
            action();
        }
    }
}
