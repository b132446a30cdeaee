using SipAlg.Media.Ports;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Ports;

/// <summary>Packets that the system drops before the relay has seen them.</summary>
public sealed class KernelDropTests
{
    private const int Packets = 200;
    private static readonly IpAddress Bind = IpAddress.Parse(RelayRig.Address);

    /// <summary>The relay does not look yet, and the buffer is small: what does not fit is lost, and counted all the same.</summary>
    [Fact]
    public void Each_packet_to_a_port_in_use_has_arrived_or_stands_in_the_drops()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, SocketReceiveBuffer = 4096 }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24400, 24499), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out var port));
        using var sender = new Phone("127.0.0.2");
        for (var packet = 0; packet < Packets; packet++)
        {
            sender.Send(Phone.Rtp(packet), RelayRig.Address, port.Port + (packet % 2));
        }

        var dropped = relay.Read(0).Dropped(DropReason.Kernel);
        Assert.InRange(dropped, 1, Packets - 1);

        // A realm's are its own, also while its sockets are open, whoever else has a pool.
        relay.OpenPool(new MediaRange(1, 24500, 24599), 0, 1);
        Assert.Equal(0, relay.Read(1).Dropped(DropReason.Kernel));
        relay.Start();
        Eventually.True(() => relay.Read(0).PacketsIn == Packets - dropped, "the others arrived");
        Assert.Equal(dropped, relay.Read(0).Dropped(DropReason.Kernel));

        // What a port has had stays with its realm when it closes.
        relay.Release(port);
        Eventually.True(() => pool.InUse == 0, "closed");
        Assert.Equal(dropped, relay.Read(0).Dropped(DropReason.Kernel));
        Assert.Equal(0, relay.Read(1).Dropped(DropReason.Kernel));
    }

    /// <summary>A socket that closes between two looks is in neither: what was told once stands.</summary>
    [Fact]
    public void What_was_read_never_falls()
    {
        var drops = new KernelDrops(new PoolTable());
        Assert.Equal(7, drops.Read(0, 7));
        Assert.Equal(7, drops.Read(0, 3));
        Assert.Equal(8, drops.Read(0, 8));
        Assert.Equal(3, drops.Read(1, 3));
    }

    /// <summary>The system gives a number that is free to whoever opens a socket next.</summary>
    [Fact]
    public void Sockets_that_have_a_closed_ports_numbers_are_not_asked()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1 }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24600, 24699), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out var closed));
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out _));
        relay.Start();
        relay.Release(closed);
        Eventually.True(() => pool.InUse == 1, "closed");
        using var sender = new Phone("127.0.0.2");
        var others = Enumerable.Range(0, 4).Select(_ => new Phone("127.0.0.3", 0, 4096)).ToArray();
        foreach (var other in others)
        {
            for (var packet = 0; packet < Packets; packet++)
            {
                sender.Send(Phone.Rtp(packet), "127.0.0.3", other.Endpoint.Port);
            }
        }

        Assert.Equal(0, relay.Read(0).Dropped(DropReason.Kernel));
        Array.ForEach(others, other => other.Dispose());
    }

    [Fact]
    public void Reading_while_ports_come_and_go_never_falls_and_never_counts_what_is_not_there()
    {
        using var rig = new RelayRig();
        var (isOver, highest) = (false, 0L);
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref isOver))
            {
                highest = Math.Max(highest, rig.Relay.Read(0).Dropped(DropReason.Kernel));
            }
        });
        reader.Start();
        for (var round = 0; round < 500; round++)
        {
            rig.Relay.Release(rig.Take());
            if (round % 50 == 0)
            {
                rig.AwaitAllClosed();
            }
        }

        rig.AwaitAllClosed();
        Volatile.Write(ref isOver, true);
        reader.Join();
        Assert.Equal(0, highest);
    }
}
