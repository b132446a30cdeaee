using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

public class AccountingTests
{
    private readonly bool _shares;

    public AccountingTests()
        : this(shares: false)
    {
    }

    private protected AccountingTests(bool shares) => _shares = shares;

    [Fact]
    public void No_descriptor_and_no_port_is_left_of_many_calls()
    {
        var before = Sockets.Open();
        using (var rig = new RelayRig(threads: 2, shares: _shares))
        {
            // What ports share is there from the first of each relay thread on.
            rig.Relay.Release(rig.Take(place: 0));
            rig.Relay.Release(rig.Take(place: 1));
            rig.AwaitAllClosed();
            var idle = Sockets.Open();
            for (var i = 0; i < 2000; i++)
            {
                var place = rig.Relay.Place();
                var (a, b) = (rig.Take(place: place), rig.Take(place: place));
                rig.Relay.Join(a, b);
                rig.Relay.Release(a);
                rig.Relay.Release(b);
                if (rig.Pool.InUse > rig.Pool.Capacity - 10)
                {
                    rig.AwaitAllClosed();
                }
            }

            rig.AwaitAllClosed();
            Assert.Equal(idle, Sockets.Open());
            Assert.Equal(0, rig.Relay.Faults);
        }

        Assert.Equal(before, Sockets.Open());
    }

    [Fact]
    public void A_realm_keeps_the_totals_of_ports_that_closed()
    {
        using var rig = new RelayRig(threads: 2, shares: _shares);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        for (var call = 1; call <= 3; call++)
        {
            var (portA, portB) = rig.Call(a, b);
            a.Send(Phone.Rtp(call), RelayRig.Address, portA.Port);
            b.Receive();
            a.Send([70, 1], RelayRig.Address, portA.Port);
            rig.AwaitDropped(portA, DropReason.NotMedia);
            rig.Relay.Release(portA);
            rig.Relay.Release(portB);
            rig.AwaitAllClosed();
        }

        var totals = rig.Relay.Read(0);
        Assert.Equal((6, 3), (totals.PacketsIn, totals.PacketsOut));
        Assert.Equal((3 * (172 + 2), 3 * 172), (totals.OctetsIn, totals.OctetsOut));
        Assert.Equal((3, 3), (totals.Dropped(DropReason.NotMedia), totals.DroppedInAll));
    }

    [Fact]
    public void Each_realm_counts_for_itself()
    {
        using var rig = new RelayRig(shares: _shares);
        var core = rig.Relay.OpenPool(new MediaRange(3, 24400, 24499, Dscp: 46), 0, 1);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        var portA = rig.Take();
        Assert.Equal(PortTakeResult.Taken, core.TryTake(IpAddress.Parse(RelayRig.Address), 0, out var portB));
        rig.Relay.Aim(portA, new MediaTarget { Rtp = a.Endpoint });
        rig.Relay.Aim(portB, new MediaTarget { Rtp = b.Endpoint });
        rig.Relay.Join(portA, portB);
        a.Send(Phone.Rtp(1), RelayRig.Address, portA.Port);
        b.Receive();
        Eventually.True(() => rig.Relay.Read(3).PacketsOut == 1, "counted");
        Assert.Equal((1, 0), (rig.Relay.Read(0).PacketsIn, rig.Relay.Read(0).PacketsOut));
        Assert.Equal(0, rig.Relay.Read(3).PacketsIn);
        Assert.Equal(0, rig.Relay.Read(2).PacketsIn + rig.Relay.Read(99).PacketsIn + rig.Relay.Read(-1).PacketsIn);
    }

    [Fact]
    public void Relaying_allocates_nothing()
    {
        using var rig = new RelayRig(TimeProvider.System, shares: _shares);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        var (portA, _) = rig.Call(a, b);

        // What the runtime allocates once on a thread of its own accord may fall into a window; a packet's would fall into each.
        long allocated = -1;
        for (var window = 0; window < 4 && allocated != 0; window++)
        {
            var before = AllocatedByNow(rig);
            Relay(rig, a, b, portA, 10_000);
            allocated = AllocatedByNow(rig) - before;
        }

        Assert.Equal(0, allocated);
    }

    /// <summary>Nor does refusing: who sprays ports costs no garbage.</summary>
    [Fact]
    public void Refusing_allocates_nothing()
    {
        using var rig = new RelayRig(TimeProvider.System, shares: _shares);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        var (portA, _) = rig.Call(a, b);
        Relay(rig, a, b, portA, 1);
        var strangers = Enumerable.Range(0, 20).Select(_ => rig.Phone("127.0.0.4")).ToArray();

        long allocated = -1;
        for (var (window, sent) = (0, 0); window < 4 && allocated != 0; window++)
        {
            var before = AllocatedByNow(rig);
            for (var round = 0; round < 100; round++)
            {
                Array.ForEach(strangers, stranger => stranger.Send(Phone.Rtp(round), RelayRig.Address, portA.Port));
                sent += strangers.Length;
                rig.AwaitDropped(portA, DropReason.Stranger, sent);
            }

            allocated = AllocatedByNow(rig) - before;
        }

        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Every_turn_with_packets_is_in_the_delay_histogram()
    {
        using var rig = new RelayRig(TimeProvider.System, shares: _shares);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        var (portA, _) = rig.Call(a, b);
        Relay(rig, a, b, portA, 100);
        Eventually.True(() => Delay(rig).Turns is > 0 and <= 100 && Delay(rig).Sum > 0, "observed");
    }

    [Fact]
    public void A_fault_is_counted_and_survived()
    {
        var time = new FaultyTime();
        using var rig = new RelayRig(time, shares: _shares);
        var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
        var (portA, _) = rig.Call(a, b);
        time.FaultsLeft = 3;
        Relay(rig, a, b, portA, 10);
        Assert.Equal(3, rig.Relay.Faults);
    }

    private static (long Turns, double Sum) Delay(RelayRig rig)
    {
        Span<long> buckets = stackalloc long[RelayDelay.Buckets];
        var sum = rig.Relay.ReadDelay(buckets);
        return (buckets.ToArray().Sum(), sum);
    }

    private static void Relay(RelayRig rig, Phone a, Phone b, MediaPort port, int packets)
    {
        var packet = Phone.Rtp(1);
        for (var i = 0; i < packets; i++)
        {
            a.Send(packet, RelayRig.Address, port.Port);
            b.Receive();
        }
    }

    /// <summary>A released port has closed only after the relay thread has published what it allocated until then.</summary>
    private static long AllocatedByNow(RelayRig rig)
    {
        var inUse = rig.Pool.InUse;
        rig.Relay.Release(rig.Take());
        Eventually.True(() => rig.Pool.InUse == inUse, "closed");
        return rig.Relay.ThreadAt(0).AllocatedOctets;
    }

    /// <summary>Breaks relay threads, and them only.</summary>
    private sealed class FaultyTime : TimeProvider
    {
        private int _faultsLeft;

        public int FaultsLeft { set => Volatile.Write(ref _faultsLeft, value); }

        public override long GetTimestamp()
        {
            if (Thread.CurrentThread.Name?.StartsWith("relay", StringComparison.Ordinal) == true && Interlocked.Decrement(ref _faultsLeft) >= 0)
            {
                throw new InvalidOperationException("A fault on purpose.");
            }

            return System.GetTimestamp();
        }
    }
}
