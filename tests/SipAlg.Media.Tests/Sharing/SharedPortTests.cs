using System.Net.Sockets;
using SipAlg.Linux;
using SipAlg.Media.Tests.Ports;
using SipAlg.Protocol.Addresses;
using SipAlg.Testing.Network;

namespace SipAlg.Media.Tests.Sharing;

/// <summary>Ports that share sockets, and all that is beside them on a host. Tests of certain ports have a network of their own: others take some of these too.</summary>
public sealed class SharedPortTests
{
    private static readonly IpAddress Bind = IpAddress.Parse(RelayRig.Address);

    [Fact]
    public void The_ports_of_an_address_take_two_descriptors_together()
    {
        using var rig = new RelayRig(shares: true);
        rig.Take();
        var open = Sockets.Open();
        for (var pair = 0; pair < 150; pair++)
        {
            rig.Take();
        }

        Assert.Equal(open, Sockets.Open());
        rig.Take(RelayRig.AddressV6);
        Assert.Equal(open + 2, Sockets.Open());
    }

    /// <summary>Ten thousand calls with audio: two pairs each.</summary>
    [Fact]
    public void Forty_thousand_ports_are_had_at_once_and_each_relays()
    {
        const int Pairs = 20_000;
        using var room = new NetworkRoom();
        room.Do(() =>
        {
            using var rig = new RelayRig(first: 20000, last: 59999, shares: true);
            var ports = new List<MediaPort>(Pairs) { rig.Take() };
            using var limit = new DescriptorLimit(8);
            for (var pair = 1; pair < Pairs; pair++)
            {
                ports.Add(rig.Take());
            }

            Assert.Equal(PortTakeResult.Exhausted, rig.Pool.TryTake(Bind, 0, out _));
            var (a, b) = (rig.Phone("127.0.0.2"), rig.Phone("127.0.0.3"));
            for (var call = 0; call < Pairs; call += 1000)
            {
                rig.Relay.Aim(ports[call], new MediaTarget { Rtp = a.Endpoint });
                rig.Relay.Aim(ports[call + 1], new MediaTarget { Rtp = b.Endpoint });
                rig.Relay.Join(ports[call], ports[call + 1]);
                a.Send(Phone.Rtp(call), RelayRig.Address, ports[call].Port);
                Assert.Equal(Phone.Rtp(call), b.Receive());
                RelayRig.CameFrom(b, RelayRig.Address, ports[call + 1].Port);
            }

            ports.ForEach(port => rig.Relay.Release(port));
            rig.AwaitAllClosed();
        });
    }

    [Fact]
    public void A_port_that_no_call_has_is_closed()
    {
        using var rig = new RelayRig(shares: true);
        var port = rig.Take();
        IsClosed(port.Port + 2);
        IsClosed(port.Port - 1);
        rig.Relay.Release(port);
        rig.AwaitAllClosed();
        IsClosed(port.Port);
        IsClosed(port.Port + 1);
    }

    [Fact]
    public void Sockets_of_others_within_the_range_get_what_is_theirs()
    {
        using var room = new NetworkRoom();
        room.Do(() =>
        {
            using var rig = new RelayRig(first: 24000, last: 24003, shares: true);
            using var other = new Phone(RelayRig.Address, 24000);
            using var everywhere = new Phone("0.0.0.0", 24005);
            var port = rig.Take();
            Assert.Equal(24002, port.Port);
            using var sender = new Phone("127.0.0.2");
            sender.Send(Phone.Rtp(1), RelayRig.Address, 24000);
            Assert.Equal(Phone.Rtp(1), other.Receive());
            sender.Send(Phone.Rtp(2), RelayRig.Address, 24005);
            Assert.Equal(Phone.Rtp(2), everywhere.Receive());
        });
    }

    [Theory]
    [InlineData(RelayRig.Address, RelayRig.Address)]
    [InlineData("0.0.0.0", RelayRig.Address)]
    [InlineData("::1", RelayRig.AddressV6)]
    [InlineData("::", RelayRig.AddressV6)]
    public void A_pair_of_which_another_program_has_a_port_is_skipped(string others, string bind)
    {
        using var room = new NetworkRoom();
        room.Do(() =>
        {
            using var rig = new RelayRig(first: 24000, last: 24007, shares: true);
            using var first = new Phone(others, 24000);
            using var second = new Phone(others, 24005);
            Assert.Equal([24002, 24006], new[] { (int)rig.Take(bind).Port, rig.Take(bind).Port }.Order());
            Assert.Equal(PortTakeResult.InUseElsewhere, rig.Pool.TryTake(IpAddress.Parse(bind), 0, out _));
            Assert.InRange(rig.Pool.FoundInUseElsewhere, 2, 100);
            second.Dispose();
            Assert.Equal(24004, rig.Take(bind).Port);
        });
    }

    /// <summary>Nothing is bound: what the other has is seen all the same.</summary>
    [Fact]
    public void Two_gateways_with_the_same_ports_leave_each_other_theirs()
    {
        using var room = new NetworkRoom();
        room.Do(() =>
        {
            using var one = new RelayRig(first: 24000, last: 24015, shares: true);
            using var other = new RelayRig(first: 24000, last: 24015, shares: true);
            using var phones = new Phone("127.0.0.2");
            var ports = new List<ushort>();
            for (var pair = 0; pair < 4; pair++)
            {
                foreach (var rig in new[] { one, other })
                {
                    var port = rig.Take();
                    ports.Add(port.Port);
                    rig.Relay.Aim(port, new MediaTarget { Rtp = phones.Endpoint });
                    rig.Relay.Loop(port);
                }
            }

            Assert.Equal(8, ports.Distinct().Count());
            Assert.Equal(PortTakeResult.InUseElsewhere, one.Pool.TryTake(Bind, 0, out _));
            Assert.Equal(PortTakeResult.InUseElsewhere, other.Pool.TryTake(Bind, 0, out _));
            foreach (var port in ports)
            {
                phones.Send(Phone.Rtp(port), RelayRig.Address, port);
                Assert.Equal(Phone.Rtp(port), phones.Receive());
                RelayRig.CameFrom(phones, RelayRig.Address, port);
            }
        });
    }

    [Fact]
    public void Lanes_and_threads_have_their_own_sockets_and_every_port_its_packets()
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 2, ShareSockets = true }, new ManualTime());
        var pools = new[] { relay.OpenPool(new MediaRange(0, 24000, 24099), 0, 2), relay.OpenPool(new MediaRange(0, 24000, 24099), 1, 2), relay.OpenPool(new MediaRange(1, 24100, 24199), 0, 1) };
        relay.Start();
        using var phone = new Phone("127.0.0.2");
        for (var round = 0; round < 10; round++)
        {
            foreach (var pool in pools)
            {
                Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, round % 2, out var port));
                relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
                relay.Loop(port);
                phone.Send(Phone.Rtp(round), RelayRig.Address, port.Port);
                Assert.Equal(Phone.Rtp(round), phone.Receive());
                RelayRig.CameFrom(phone, RelayRig.Address, port.Port);
            }
        }

        Assert.Equal((20, 10), (relay.Read(0).PacketsIn, relay.Read(1).PacketsIn));
    }

    /// <summary>What the receiver is told of a packet's traffic class (IP_RECVTOS, IPV6_RECVTCLASS).</summary>
    [Theory]
    [InlineData(RelayRig.Address, "127.0.0.3", SocketConstants.IpProtoIp, 13)]
    [InlineData(RelayRig.AddressV6, RelayRig.AddressV6, SocketConstants.IpProtoIpv6, 66)]
    public unsafe void Packets_carry_the_realms_dscp(string bind, string receiver, int level, int tells)
    {
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, ShareSockets = true }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24400, 24499, Dscp: 46), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(IpAddress.Parse(bind), 0, out var port));
        relay.Start();
        using var phone = new Phone(receiver);
        relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
        relay.Loop(port);
        var one = 1;
        Assert.Equal(0, LibC.SetSockOpt((int)phone.Handle, level, tells, &one, sizeof(int)));
        phone.Send(Phone.Rtp(1), bind, port.Port);
        Assert.True(phone.Awaits());
        var control = stackalloc byte[64];
        var message = new MsgHdr { Control = control, ControlLength = 64 };
        Assert.True(LibC.RecvMsg((int)phone.Handle, &message, 0) >= 0);
        var told = new ControlReader(new ReadOnlySpan<byte>(control, (int)message.ControlLength));
        Assert.True(told.Next());
        Assert.Equal((level, 46 << 2), (told.Level, told.Data[0]));
    }

    [Fact]
    public void Each_packet_to_a_port_in_use_has_arrived_or_stands_in_the_realms_drops()
    {
        const int Packets = 200;
        using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, SocketReceiveBuffer = 4096, ShareSockets = true }, new ManualTime());
        var pool = relay.OpenPool(new MediaRange(0, 24400, 24499), 0, 1);
        Assert.Equal(PortTakeResult.Taken, pool.TryTake(Bind, 0, out var port));
        using var sender = new Phone("127.0.0.2");
        for (var packet = 0; packet < Packets; packet++)
        {
            sender.Send(Phone.Rtp(packet), RelayRig.Address, port.Port + (packet % 2));
        }

        var dropped = relay.Read(0).Dropped(DropReason.Kernel);
        Assert.InRange(dropped, 1, Packets - 1);
        relay.Start();
        Eventually.True(() => relay.Read(0).PacketsIn == Packets - dropped, "the others arrived");
        relay.Release(port);
        Eventually.True(() => pool.InUse == 0, "closed");
        Assert.Equal((dropped, 0), (relay.Read(0).Dropped(DropReason.Kernel), relay.Read(1).Dropped(DropReason.Kernel)));
    }

    [Fact]
    public void Ports_at_all_addresses_have_a_socket_each()
    {
        using var rig = new RelayRig(shares: true);
        rig.Take();
        var phone = rig.Phone("127.0.0.2");
        var open = Sockets.Open();
        var port = rig.Take("0.0.0.0");
        Assert.Equal(open + 2, Sockets.Open());
        rig.Relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });
        rig.Relay.Loop(port);
        phone.Send(Phone.Rtp(1), RelayRig.Address, port.Port);
        Assert.Equal(Phone.Rtp(1), phone.Receive());
    }

    [Fact]
    public void An_address_of_another_host_is_an_answer()
    {
        using var rig = new RelayRig(shares: true);
        var open = Sockets.Open();
        Assert.Equal(PortTakeResult.NoSuchAddress, rig.Pool.TryTake(IpAddress.Parse("192.0.2.1"), 0, out _));
        Assert.Equal((0, open), (rig.Pool.InUse, Sockets.Open() - 1));
    }

    [Fact]
    public void Without_the_capabilities_there_is_a_plain_reason()
    {
        const int SystemAdministration = 21;
        foreach (var missing in new[] { Capabilities.Bpf, Capabilities.RawSockets })
        {
            var reason = "";
            var thread = new Thread(() =>
            {
                Capabilities.Drop(missing, SystemAdministration);
                using var relay = new MediaRelay(new MediaRelayOptions { Threads = 1, ShareSockets = true }, TimeProvider.System);
                Assert.False(relay.SharesSockets);
                reason = relay.SharingRefusal;
            });
            thread.Start();
            thread.Join();
            Assert.StartsWith("the process lacks the capabilities CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW", reason, StringComparison.Ordinal);
        }
    }

    private static void IsClosed(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 20_000 };
        socket.Connect(RelayRig.Address, port);
        socket.Send([1, 2]);
        var fault = Assert.Throws<SocketException>(() => socket.Receive(new byte[10]));
        Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
    }
}
