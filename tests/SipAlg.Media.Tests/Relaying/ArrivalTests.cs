namespace SipAlg.Media.Tests.Relaying;

/// <summary>How long packets wait in the sockets of streams that are stamped; the relay's clock plays no part in it.</summary>
public sealed class ArrivalTests
{
    private const string V4 = RelayRig.Address;

    private static (long Packets, long Late, double Sum) Waits(RelayRig rig)
    {
        Span<long> buckets = stackalloc long[RelayDelay.Buckets];
        var sum = rig.Relay.ReadWaits(buckets);
        long packets = 0, late = 0;
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            packets += buckets[bucket];
            late += bucket > 0 && RelayDelay.Bounds[bucket - 1] >= 0.05 ? buckets[bucket] : 0;
        }

        return (packets, late, sum);
    }

    private static void Talk(RelayRig rig, string address, Phone a, Phone b, int packets)
    {
        var (portA, portB) = (rig.Take(address), rig.Take(address));
        rig.Relay.Aim(portA, new MediaTarget { Rtp = a.Endpoint });
        rig.Relay.Aim(portB, new MediaTarget { Rtp = b.Endpoint });
        rig.Relay.Join(portA, portB);
        for (var packet = 0; packet < packets; packet++)
        {
            a.Send(Phone.Rtp(packet), address, portA.Port);
            Assert.Equal(Phone.Rtp(packet), b.Receive());
        }
    }

    [Theory]
    [InlineData(V4, "127.0.0.2", false)]
    [InlineData(RelayRig.AddressV6, "::1", false)]
    [InlineData(V4, "127.0.0.2", true)]
    [InlineData(RelayRig.AddressV6, "::1", true)]
    public void Each_packet_of_a_stamped_stream_is_noted_once(string address, string phones, bool shares)
    {
        using var rig = new RelayRig(stampedShare: 1, shares: shares);
        Talk(rig, address, rig.Phone(phones), rig.Phone(phones), 50);
        var (packets, _, sum) = Waits(rig);
        Assert.Equal(50, packets);
        Assert.InRange(sum, 1e-6, 60);
    }

    [Fact]
    public void Others_are_not_stamped()
    {
        using var rig = new RelayRig(stampedShare: 0);
        Talk(rig, V4, rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"), 20);
        Assert.Equal(0, Waits(rig).Packets);
    }

    /// <summary>What came before the relay had begun has waited for it.</summary>
    [Fact]
    public void A_relay_that_comes_late_is_seen()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, StampedShare = 1 }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24700, 24799), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(SipAlg.Protocol.Addresses.IpAddress.Parse(V4), 0, out var port));
        using var phone = new Phone("127.0.0.2");
        var sent = System.Diagnostics.Stopwatch.StartNew();
        phone.Send(Phone.Rtp(1), V4, port.Port);
        Assert.True(SpinWait.SpinUntil(() => sent.Elapsed.TotalSeconds > 0.12, TimeSpan.FromSeconds(20)));
        relay.Start();
        var buckets = new long[RelayDelay.Buckets];
        Eventually.True(() => relay.Read(0).PacketsIn == 1, "it has come");
        Assert.InRange(relay.ReadWaits(buckets), 0.1, 60);
        Assert.Equal(1, buckets[^1]);
    }

    [Fact]
    public void It_is_one_stream_in_a_hundred()
    {
        Assert.Equal(100, new MediaRelayOptions().StampedShare);
        using var rig = new RelayRig(stampedShare: 4);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        for (var stream = 0; stream < 64; stream++)
        {
            Talk(rig, V4, a, b, 1);
        }

        // Of 64 draws of one in four: 16, and 1 to 40 in all but one of ten million runs.
        Assert.InRange(Waits(rig).Packets, 1, 40);
    }

    /// <summary>An ICMP error that waits at the socket is met by the look: it ends nothing and is counted.</summary>
    [Fact]
    public void An_error_at_the_socket_costs_no_packet()
    {
        using var rig = new RelayRig(stampedShare: 1);
        var (a, b) = (rig.Phone("127.0.0.2"), new Phone("127.0.0.3", 26300));
        var (portA, portB) = rig.Call(a, b);
        b.Dispose();
        a.Send(Phone.Rtp(1), V4, portA.Port);
        Eventually.True(() => rig.Rtp(portB).Totals.IcmpErrors == 1, "the error has come back");
        using var again = new Phone("127.0.0.3", 26300);
        again.Send(Phone.Rtp(2), V4, portB.Port);
        Assert.Equal(Phone.Rtp(2), a.Receive());
    }

    /// <summary>The look allocates nothing.</summary>
    [Fact]
    public void Looking_allocates_nothing()
    {
        using var rig = new RelayRig(stampedShare: 1);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        Talk(rig, V4, a, b, 50);
        rig.Take();
        var before = rig.Relay.ThreadAt(0).AllocatedOctets;
        Talk(rig, V4, a, b, 200);
        rig.Take();
        Eventually.True(() => Waits(rig).Packets == 250, "all are seen");
        Assert.InRange(rig.Relay.ThreadAt(0).AllocatedOctets - before, 0, 4096);
    }
}
