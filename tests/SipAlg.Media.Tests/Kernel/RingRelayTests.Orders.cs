using SipAlg.Protocol.Srtp;

namespace SipAlg.Media.Tests.Kernel;

/// <content>What becomes of such streams when the lane orders otherwise.</content>
public unsafe partial class RingRelayTests
{
    [Fact]
    public void Other_keys_hold_for_every_packet_after_the_aim()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        for (var round = 0; round < 20; round++)
        {
            call.A.Take(round % 3 == 2 ? null : Suite);
            call.B.Take(round % 2 == 0 ? SrtpSuite.AeadAes128Gcm : null);
            call.Aim();
            Assert.Equal(0, call.ByRing(() => call.FromA()));
            if (call.A.Keys != null || call.B.Keys != null)
            {
                call.AwaitRing();
            }
        }

        Assert.Equal(0, Rtp(call.PortA).Totals.DroppedInAll + Rtp(call.PortB).Totals.DroppedInAll);
    }

    [Fact]
    public void A_stream_that_becomes_plain_is_the_kernels_and_one_that_is_encrypted_again_the_rings()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        call.A.Take(null);
        call.Aim();
        Eventually.True(
            () =>
            {
                call.FromA();
                call.FromB();
                return _rig.Relay.KernelFlows == 2 && Volatile.Read(ref _rig.PairOf(call.PortB)->Cell->PacketsIn) > 0;
            },
            "in the kernel");
        Assert.Equal(0, call.ByRing(() => call.FromA()));
        Assert.Equal(0, _rig.Relay.RingFlows);
        call.A.Take(Suite);
        call.Aim();
        call.AwaitRing();
        Assert.Equal(0, _rig.Relay.KernelFlows);
    }

    [Fact]
    public void While_packets_flow_none_is_lost_and_none_comes_to_the_old_target_after_the_aim()
    {
        _rig.Start();
        var call = Call(null, Suite).AwaitRing();
        var before = Rtp(call.PortB).Totals.PacketsOut;
        using var sending = new Sending(number =>
        {
            call.A.Phone.Send(Phone.Rtp(number & 0xFFFF), KernelRig.GatewayA, call.PortA.Port);
            Thread.SpinWait(20_000);
        });
        var (old, next) = (call.B.Phone, _rig.Phone(_rig.RoomB, KernelRig.PhoneB));
        for (var round = 0; round < 20; round++)
        {
            var ringed = _rig.Relay.RingPackets;
            Eventually.True(() => _rig.Relay.RingPackets > ringed + 3, "by the ring");
            call.B.Phone = next;
            call.Aim();
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

        var sent = sending.End();
        Eventually.True(() => Rtp(call.PortB).Totals.PacketsOut - before == sent, "none is lost");
        Assert.Equal(0, Rtp(call.PortA).Totals.DroppedInAll);
    }

    [Fact]
    public void On_hold_nothing_crosses_and_afterwards_all_does()
    {
        _rig.Start();
        var call = Call().AwaitRing();
        _rig.Relay.Aim(call.PortB, default);
        call.SendFromA(call.Next());
        Eventually.True(() => Rtp(call.PortA).Totals.Dropped(DropReason.NoTarget) == 1, "dropped");
        call.Aim();
        call.AwaitRing();
        Assert.True(call.B.Phone.HasNothing);
    }

    [Fact]
    public void Ports_that_are_closed_while_packets_flow_and_taken_again_relay_nothing_of_before()
    {
        _rig.Start();
        var first = Call().AwaitRing();
        var packet = first.A.Sealed(first.Next());
        using var sending = new Sending(number => first.A.Phone.Send(packet, KernelRig.GatewayA, 24000 + (2 * (number % 200))));
        for (var round = 0; round < 30; round++)
        {
            _rig.Relay.Release(_calls[^1].PortA);
            _rig.Relay.Release(_calls[^1].PortB);
            // The same phone's address and port: only its keys and its taking are others.
            var next = new RingCall(_rig, first.A.Phone, _rig.Phone(_rig.RoomB, KernelRig.PhoneB), KernelRig.GatewayA, KernelRig.GatewayB, Suite, null);
            _calls.Add(next);
            next.FromA();
            next.FromA();
            Assert.True(next.B.Phone.HasNothing);
        }

        sending.End();
        _rig.Relay.Release(_calls[^1].PortA);
        _rig.Relay.Release(_calls[^1].PortB);
        Eventually.True(() => _rig.Pool.InUse == 0 && _rig.Relay.RingFlows == 0, "closed");
    }
}
