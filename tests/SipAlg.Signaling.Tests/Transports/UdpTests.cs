using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

[Collection(SocketTests.Name)]
public sealed class UdpTests
{
    [Theory]
    [InlineData("0.0.0.0:0", "127.0.0.1", "127.0.0.1:0")]
    [InlineData("0.0.0.0:0", "127.0.0.2", "127.0.0.1:0")]
    [InlineData("127.0.0.3:0", "127.0.0.3", "127.0.0.1:0")]
    [InlineData("[::]:0", "::1", "[::1]:0")]
    [InlineData("[::1]:0", "::1", "[::1]:0")]
    public async Task Answers_from_the_address_that_was_asked(string listen, string asked, string from)
    {
        await using var gateway = new TestGateway(TestGateway.Udp(listen));
        gateway.User.Hook = (flow, text) => gateway.User.Lane.Network.Send(flow, Encoding.ASCII.GetBytes("re " + text));
        using var phone = TestGateway.NewUdp(from);
        phone.SendTo("hello"u8, gateway.Address(0, asked));

        var buffer = new byte[100];
        EndPoint source = new IPEndPoint(phone.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var length = phone.ReceiveFrom(buffer, ref source);

        Assert.Equal("re hello", Encoding.ASCII.GetString(buffer, 0, length));
        Assert.Equal(gateway.Address(0, asked), source);
        Eventually.True(() => gateway.User.Messages.Count == 1);
        var seen = gateway.User.Messages.Single().Flow;
        Assert.Equal(IpAddress.Parse(asked), seen.Local.Address);
        Assert.Equal(TestGateway.EndpointOf(phone), seen.Remote);
    }

    [Fact]
    public async Task IPv4_and_IPv6_wildcards_share_a_port()
    {
        await using var first = new TestGateway(TestGateway.Udp("0.0.0.0:0"));
        var port = first.Network.Bound(0).Port;
        await using var second = new TestGateway(TestGateway.Udp($"[::]:{port}"));
        Assert.Equal(port, second.Network.Bound(0).Port);
    }

    /// <summary>What a lane finds in a socket that it did not empty has waited there: the kernel knows since when.</summary>
    [Fact]
    public async Task What_stands_in_a_socket_has_waited_since_it_came()
    {
        const int Datagrams = 100;
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        using var held = new ManualResetEventSlim();
        gateway.User.Hook = (_, _) => held.Wait();
        using var phone = TestGateway.NewUdp();
        for (var sent = 0; sent < Datagrams; sent++)
        {
            phone.SendTo("hello, all of you"u8, gateway.Address());
        }

        var since = System.Diagnostics.Stopwatch.StartNew();
        Eventually.True(() => since.ElapsedMilliseconds > 60);
        held.Set();
        Eventually.True(() => gateway.User.Messages.Count == Datagrams);
        var delays = gateway.Network.Lanes[0].Delays;
        var long50 = DelayHistogram.BoundsMicroseconds.TakeWhile(bound => bound <= 50_000).Count();
        Eventually.True(() => Enumerable.Range(long50, DelayHistogram.BoundsMicroseconds.Count + 1 - long50).Sum(delays.Bucket) >= Datagrams - 1);
    }

    [Fact]
    public async Task Accounts_for_every_datagram_of_a_burst()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        var counters = gateway.Network.Messages(0, 0);
        using var phone = TestGateway.NewUdp();
        var datagram = new byte[700];
        datagram.AsSpan().Fill((byte)'x');
        for (var sent = 0; sent < 20_000; sent++)
        {
            phone.SendTo(datagram, gateway.Address());
        }

        Eventually.True(() => counters[ListenerCount.Received] + counters[ListenerCount.KernelDrops] == 20_000);
        Assert.InRange(counters[ListenerCount.Received], 2_000, 20_000);
    }

    [Fact]
    public async Task Tells_which_destination_refused_and_spares_the_others()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        using var alive = TestGateway.NewUdp();
        var dead = ClosedPort();
        for (var round = 1; round <= 20; round++)
        {
            // In one turn, so that the error is pending on the socket when the second datagram is sent.
            var results = gateway.User.Ask(lane => new[]
            {
                lane.Network.Send(FlowTo(gateway, dead), "to nobody"u8),
                lane.Network.Send(FlowTo(gateway, TestGateway.EndpointOf(alive)), "to somebody"u8),
            });
            Assert.Equal([SendResult.Sent, SendResult.Sent], results);
            Assert.Equal("to somebody".Length, alive.Receive(new byte[100]));
            Eventually.True(() => gateway.User.Unreachable.Count == round);
        }

        Assert.All(gateway.User.Unreachable, heard => Assert.Equal((dead, UnreachableReason.Port), (heard.Flow.Remote, heard.Reason)));
        Assert.Equal(20, gateway.Network.Messages(0, 0)[ListenerCount.Unreachable]);
    }

    [Fact]
    public async Task Tells_every_lane_of_an_icmp_error()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0") with { Lanes = 2 });
        for (var round = 1; round <= 8; round++)
        {
            gateway.User.Send(FlowTo(gateway, ClosedPort()), "to nobody");
            Eventually.True(() => gateway.Users.All(user => user.Unreachable.Count == round));
        }
    }

    [Fact]
    public async Task Sleeps_after_an_icmp_error()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        gateway.User.Send(FlowTo(gateway, ClosedPort()), "to nobody");
        Eventually.True(() => !gateway.User.Unreachable.IsEmpty);

        // With nothing to do the lane comes round once a second; if the error stayed on the socket, at once and always.
        var lane = gateway.Network.Lanes[0];
        Eventually.True(() => lane.Age > TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task Ignores_and_counts_keep_alives()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        using var phone = TestGateway.NewUdp();
        foreach (var keepAlive in new[] { "", "\0", "\r\n", "\r\n\r\n", "jaK", "\0\0\0\0\0\0\0\0\r\n" })
        {
            phone.SendTo(Encoding.ASCII.GetBytes(keepAlive), gateway.Address());
        }

        phone.SendTo("OPTIONS"u8, gateway.Address());
        Eventually.True(() => !gateway.User.Messages.IsEmpty);
        Assert.Equal("OPTIONS", gateway.User.Messages.Single().Text);
        Assert.Equal(6, gateway.Network.Messages(0, 0)[ListenerCount.KeepAlives]);
    }

    /// <summary>RFC 5626 §3.5.2.</summary>
    [Fact]
    public async Task Answers_a_stun_keep_alive_with_where_it_came_from()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        using var phone = TestGateway.NewUdp();
        phone.ReceiveTimeout = 30_000;
        phone.SendTo(Convert.FromHexString("000100002112A442B7E7A701BC34D686FA87DFAE"), gateway.Address());
        var answer = new byte[100];
        var length = phone.Receive(answer);
        Assert.StartsWith("0101000C2112A442B7E7A701BC34D686FA87DFAE00200008", Convert.ToHexString(answer.AsSpan(0, length)), StringComparison.Ordinal);
        Assert.Equal(((System.Net.IPEndPoint)phone.LocalEndPoint!).Port, ((answer[26] << 8) | answer[27]) ^ 0x2112);
        Assert.Equal(1, gateway.Network.Messages(0, 0)[ListenerCount.KeepAlives]);
        Assert.Empty(gateway.User.Messages);
    }

    [Fact]
    public async Task Send_errors_are_values()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        using var phone = TestGateway.NewUdp();
        var flow = FlowTo(gateway, TestGateway.EndpointOf(phone));

        Assert.Equal(SendResult.TooLarge, gateway.User.Send(flow, new string('x', 66_000)));
        Assert.Equal(SendResult.NoRoute, gateway.User.Send(FlowTo(gateway, IpEndpoint.Parse("192.0.2.1:5060")), "from loopback to elsewhere"));
        Assert.Equal(SendResult.Sent, gateway.User.Send(flow, "x"));
        Assert.Equal(1, gateway.Network.Messages(0, 0).Sends(SendResult.TooLarge));
        Assert.Equal(1, gateway.Network.Messages(0, 0)[ListenerCount.SentBytes]);
    }

    [Theory]
    [InlineData(Transport.Udp, 1)]
    [InlineData(Transport.Udp, 2)]
    [InlineData(Transport.Tcp, 1)]
    public async Task A_port_in_use_is_named(Transport transport, int lanes)
    {
        var options = transport == Transport.Udp ? TestGateway.Udp("127.0.0.1:0") : TestGateway.Tcp();
        await using var first = new TestGateway(options with { Lanes = lanes });
        var again = new ListenerOptions("core", 0, transport, first.Network.Bound(0));

        var fault = Assert.Throws<ListenerException>(() => new TestGateway(new NetworkOptions { Listeners = [again], Lanes = lanes }));

        Assert.Contains("'core'", fault.Message, StringComparison.Ordinal);
        Assert.Contains(first.Network.Bound(0).ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Contains("Another program", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_foreign_address_is_named() =>
        Assert.Contains("No interface", Assert.Throws<ListenerException>(() => new TestGateway(TestGateway.Udp("192.0.2.1:0"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Chooses_listener_and_source_address_for_a_request()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("[::1]:0", "0.0.0.0:0", "127.0.0.9:0"));
        var remote = IpEndpoint.Parse("127.0.0.5:5060");

        var flow = gateway.User.Ask(lane => lane.Network.TryFlow(7, Transport.Udp, remote, out var found) ? found : default);

        Assert.Equal(1, flow.Listener);
        Assert.Equal(new IpEndpoint(IpAddress.LoopbackV4, gateway.Network.Bound(1).Port), flow.Local);
        Assert.Equal(remote, flow.Remote);
        Assert.False(gateway.User.Ask(lane => lane.Network.TryFlow(8, Transport.Udp, remote, out _)));
        Assert.False(gateway.User.Ask(lane => lane.Network.TryFlow(7, Transport.Tcp, remote, out _)));
        Assert.Equal(IpAddress.Parse("127.0.0.9"), gateway.User.Ask(lane => lane.Network.LocalAddressTowards(2, remote)));
    }

    [Fact]
    public async Task Knows_what_stays_on_this_host()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Where(unicast => unicast.Address is { IsIPv6LinkLocal: false }).Select(unicast => IpAddress.Parse(unicast.Address.ToString()));
        Assert.All(own.Append(IpAddress.Parse("127.0.0.5")), address => Assert.True(IsHere(address)));
        Assert.False(IsHere(IpAddress.Parse("192.0.2.1")));

        bool IsHere(IpAddress address) => gateway.User.Ask(lane => lane.Network.IsHere(new IpEndpoint(address, 5060)));
    }

    [Fact]
    public async Task Lanes_share_a_port_and_hand_messages_over()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0") with { Lanes = 2 });
        gateway.Users[0].Hook = (flow, text) => gateway.Users[0].Lane.HandOver(1, flow, Encoding.ASCII.GetBytes("handed " + text));
        for (var number = 0; number < 64; number++)
        {
            // Each source port hashes to a lane of its own.
            using var phone = TestGateway.NewUdp();
            phone.SendTo(Encoding.ASCII.GetBytes($"message {number}"), gateway.Address());
        }

        Eventually.True(() => gateway.Users[1].Messages.Count == 64);
        Assert.InRange(gateway.Users[0].Messages.Count, 1, 63);
        Assert.Equal(gateway.Users[0].Messages.Count, gateway.Users[1].Messages.Count(message => message.Text.StartsWith("handed", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Timers_fire_on_the_thread_and_it_stops_when_asked()
    {
        var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        gateway.User.Ask(lane => lane.Timers.Schedule(lane.Now + 20, 5, 0, 0));
        Eventually.True(() => gateway.User.Timers.Contains((byte)5));
        Assert.True(await gateway.Network.StopAsync(TimeSpan.FromSeconds(30)));

        gateway.User.Lane.Post(new Late());
    }

    [Fact]
    public async Task Asks_for_a_large_receive_buffer_and_says_what_it_got()
    {
        await using var gateway = new TestGateway(TestGateway.Udp("127.0.0.1:0"));
        Assert.InRange(gateway.Network.ReceiveBuffer(0), 64 * 1024, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task Receives_and_sends_without_allocating()
    {
        Echo? echo = null;
        await using var network = SignalingNetwork.Open(TestGateway.Udp("0.0.0.0:0"), TimeProvider.System, new AnyLane(), lane => echo = new Echo(lane));
        network.Start();
        using var phone = TestGateway.NewUdp();
        var to = new IPEndPoint(IPAddress.Loopback, network.Bound(0).Port);
        var buffer = new byte[1000];
        buffer.AsSpan().Fill((byte)'x');
        for (var number = 0; number < Echo.Last; number++)
        {
            phone.SendTo(buffer.AsSpan(0, 700), to);
            Assert.Equal(700, phone.Receive(buffer));
            if (number == Echo.Last - 500)
            {
                // What a lane does each second is in it too.
                await Task.Delay(TimeSpan.FromSeconds(1.2));
            }
        }

        Eventually.True(() => echo!.Allocated >= 0);
        Assert.Equal(0, echo!.Allocated);
    }

    private static Flow FlowTo(TestGateway gateway, IpEndpoint remote) => new(Transport.Udp, 0, gateway.Network.Bound(0), remote);

    private static IpEndpoint ClosedPort()
    {
        using var socket = TestGateway.NewUdp();
        return TestGateway.EndpointOf(socket);
    }

    private sealed class Late : LaneEvent
    {
        public override void Run(ILaneUser user)
        {
        }
    }

    private sealed class AnyLane : ILaneRouter
    {
        public int LaneFor(ReadOnlySpan<byte> message) => -1;
    }

    /// <summary>Sends back what comes and measures what its thread allocates between two messages.</summary>
    private sealed class Echo(ILane lane) : ILaneUser
    {
        public const int Last = 3000;
        private const int First = 1000;
        private long _before;
        private int _count;
        private long _allocated = -1;

        public long Allocated => Volatile.Read(ref _allocated);

        public void OnMessage(in Flow flow, byte[] buffer, int offset, int length)
        {
            lane.Timers.Schedule(lane.Now + 1, 0, 0, 0);
            if (++_count == First)
            {
                _before = GC.GetAllocatedBytesForCurrentThread();
            }
            else if (_count == Last)
            {
                Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread() - _before);
            }

            lane.Network.Send(flow, buffer.AsSpan(offset, length));
        }

        public void OnTimer(byte kind, int slot, uint generation)
        {
        }

        public void OnUnreachable(in Flow flow, UnreachableReason reason)
        {
        }

        public void OnConnected(in Flow flow)
        {
        }

        public void OnConnectionFailed(in Flow flow, ConnectFailure reason)
        {
        }

        public void OnConnectionClosed(in Flow flow, CloseReason reason)
        {
        }

        public void EndTurn()
        {
        }

        public void OnFault(Exception fault)
        {
        }
    }
}
