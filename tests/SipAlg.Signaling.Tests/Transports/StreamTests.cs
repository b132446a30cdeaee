using System.Net.Sockets;
using System.Text;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

/// <summary>What crosses accepted and opened connections.</summary>
[Collection(SocketTests.Name)]
public sealed class StreamTests
{
    [Fact]
    public async Task Delivers_messages_in_pieces_and_in_one()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        var first = TestGateway.Framed("OPTIONS sip:a SIP/2.0", 40);
        var rest = string.Concat(Enumerable.Range(0, 50).Select(number => TestGateway.Framed($"INFO sip:{number} SIP/2.0", number)));
        foreach (var octet in Encoding.ASCII.GetBytes(first))
        {
            phone.Send([octet]);
        }

        phone.Send(Encoding.ASCII.GetBytes(rest));

        Eventually.True(() => gateway.User.Messages.Count == 51);
        Assert.Equal(first + rest, string.Concat(gateway.User.Messages.Select(message => message.Text)));
        Assert.Equal(51, gateway.Network.Messages(0, 0)[ListenerCount.Received]);
        var flow = gateway.User.Messages.First().Flow;
        Assert.Equal(TestGateway.EndpointOf(phone), flow.Remote);
        Assert.Equal(gateway.Network.Bound(0), flow.Local);
        Assert.NotEqual(0UL, flow.Connection);
    }

    [Fact]
    public async Task Answers_on_the_connection_of_the_request()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);

        Assert.Equal(SendResult.Queued, gateway.User.Send(gateway.User.Messages.Single().Flow, "SIP/2.0 200 OK"));
        Assert.Equal("SIP/2.0 200 OK", TestGateway.Receive(phone, 14));
    }

    [Fact]
    public async Task Answers_a_ping_with_a_pong()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send("\r\n\r"u8);
        phone.Send("\n"u8);
        Assert.Equal("\r\n", TestGateway.Receive(phone, 2));
        Assert.Equal(1, gateway.Network.Connections(0).Pings);
        Assert.Empty(gateway.User.Messages);
    }

    [Fact]
    public async Task Closes_what_it_cannot_frame()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send("OPTIONS sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n"u8);

        Assert.True(TestGateway.IsClosed(phone));
        Eventually.True(() => gateway.User.Closed.Any(closed => closed.Reason == CloseReason.Unframed));
        Assert.Equal(1, gateway.Network.Connections(0).Unframed(FrameResult.LengthMalformed));
    }

    [Fact]
    public async Task Delivers_what_came_before_the_far_side_closed()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using (var phone = gateway.ConnectTcp())
        {
            phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("BYE sip:a SIP/2.0")));
        }

        Eventually.True(() => !gateway.User.Closed.IsEmpty);
        var (flow, reason) = gateway.User.Closed.Single();
        Assert.Equal(CloseReason.Remote, reason);
        Assert.Equal(flow, gateway.User.Messages.Single().Flow);
        Assert.Equal(SendResult.Closed, gateway.User.Send(flow, "too late"));
        Assert.Equal(0, gateway.Network.ConnectionsActive(Transport.Tcp));
    }

    [Fact]
    public async Task Closes_a_connection_whose_far_side_does_not_read()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);
        var flow = gateway.User.Messages.Single().Flow;
        var message = new string('x', 32 * 1024);
        long sent = 0;
        while (gateway.User.Send(flow, message) == SendResult.Queued)
        {
            sent += message.Length;
            Assert.True(sent < 64 * 1024 * 1024, "nothing bounds what waits");
        }

        Assert.True(sent >= 256 * 1024 - message.Length);
        Eventually.True(() => gateway.User.Closed.Any(closed => closed.Reason == CloseReason.SlowReader));
    }

    [Fact]
    public async Task Stops_reading_while_its_messages_wait_in_the_lane()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var release = new ManualResetEventSlim();
        gateway.User.Hook = (_, _) => release.Wait();
        using var phone = gateway.ConnectTcp();
        phone.SendTimeout = 1000;
        var message = Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0", 8_000));
        long sent = 0;
        try
        {
            while (sent < 256L * 1024 * 1024)
            {
                sent += phone.Send(message);
            }

            Assert.Fail("the gateway reads without bound");
        }
        catch (SocketException fault)
        {
            Assert.Contains(fault.SocketErrorCode, new[] { SocketError.TimedOut, SocketError.WouldBlock });
        }

        release.Set();
        Eventually.True(() => gateway.User.Messages.Count >= (sent / message.Length) - 1);
        Assert.All(gateway.User.Messages, received => Assert.Equal(message.Length, received.Text.Length));
    }

    [Fact]
    public async Task Opens_one_connection_and_uses_it_again()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var peer = Listen();
        var flow = FlowTo(gateway, peer);

        var results = gateway.User.Ask(lane => new[] { lane.Network.Send(flow, "one "u8), lane.Network.Send(flow, "two "u8) });
        Assert.Equal([SendResult.Connecting, SendResult.Connecting], results);
        using var connection = peer.Accept();
        Eventually.True(() => !gateway.User.Connected.IsEmpty);
        Assert.Equal(SendResult.Queued, gateway.User.Send(flow, "three"));

        Assert.Equal("one two three", TestGateway.Receive(connection, 13));
        connection.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("SIP/2.0 200 OK")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);
        Assert.Equal(gateway.User.Connected.Single(), gateway.User.Messages.Single().Flow);
        Assert.Equal(1, gateway.Network.Connections(0).Opened);
        Assert.Equal(1, gateway.Network.ConnectionsActive(Transport.Tcp));
    }

    [Fact]
    public async Task Tells_that_a_connection_was_refused_and_tries_anew()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        Flow flow;
        using (var peer = Listen())
        {
            flow = FlowTo(gateway, peer);
        }

        for (var attempt = 1; attempt <= 2; attempt++)
        {
            Assert.Equal(SendResult.Connecting, gateway.User.Send(flow, "x"));
            Eventually.True(() => gateway.User.Failed.Count == attempt);
        }

        Assert.All(gateway.User.Failed, failed => Assert.Equal((flow.Remote, ConnectFailure.Refused), (failed.Flow.Remote, failed.Reason)));
        Assert.Empty(gateway.User.Closed);
    }

    [Fact]
    public async Task Gives_up_a_connection_that_nobody_answers()
    {
        var time = new ManualTime();
        await using var gateway = new TestGateway(TestGateway.Tcp(), time);
        using var peer = Listen(backlog: 0);
        using var occupant = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        occupant.Connect(peer.LocalEndPoint!);

        // The kernel leaves further connections unanswered while the only place in the backlog is taken.
        Assert.Equal(SendResult.Connecting, gateway.User.Send(FlowTo(gateway, peer), "x"));
        Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromMilliseconds(100));
            return !gateway.User.Failed.IsEmpty;
        });

        Assert.Equal(ConnectFailure.Timeout, gateway.User.Failed.Single().Reason);
    }

    [Fact]
    public async Task Lanes_share_connections_and_take_the_messages_that_name_them()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp() with { Lanes = 2 });
        using var phone = gateway.ConnectTcp();
        for (var number = 0; number < 10; number++)
        {
            phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed(number % 2 == 0 ? "LANE1 sip:a SIP/2.0" : "OPTIONS sip:a SIP/2.0")));
        }

        Eventually.True(() => gateway.Users.Sum(user => user.Messages.Count) == 10);
        Assert.Equal(5, gateway.Users[1].Messages.Count(message => message.Text.StartsWith("LANE1", StringComparison.Ordinal)));
        var flow = gateway.Users[1].Messages.First().Flow;
        Assert.Equal(SendResult.Queued, gateway.Users[0].Send(flow, "a"));
        Assert.Equal("a", TestGateway.Receive(phone, 1));
        Assert.Equal(SendResult.Queued, gateway.Users[1].Send(flow, "b"));
        Assert.Equal("b", TestGateway.Receive(phone, 1));
    }

    [Fact]
    public async Task What_was_sent_before_stopping_arrives()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var peer = Listen();
        var flow = FlowTo(gateway, peer);
        gateway.User.Send(flow, "hello");
        using var connection = peer.Accept();
        Eventually.True(() => !gateway.User.Connected.IsEmpty);
        Assert.Equal(SendResult.Queued, gateway.User.Send(flow, new string('x', 50_000)));
        Assert.Equal(SendResult.Queued, gateway.User.Send(flow, new string('y', 50_000)));
        Assert.Equal(SendResult.TooLarge, gateway.User.Send(flow, new string('z', 100_000)));

        Assert.True(await gateway.Network.StopAsync(TimeSpan.FromSeconds(30)));

        Assert.Equal(100_005, TestGateway.Receive(connection, 100_005).Length);
        Assert.True(TestGateway.IsClosed(connection));
    }

    [Fact]
    public async Task A_fault_in_the_read_loop_closes_its_connection_and_is_reported()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed(TestGateway.Poison)));

        Assert.True(TestGateway.IsClosed(phone));
        Eventually.True(() => gateway.User.Closed.Any(closed => closed.Reason == CloseReason.Fault));
        Assert.Equal("poison", gateway.User.Faults.Single().Message);
        using var other = gateway.ConnectTcp();
        other.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => gateway.User.Messages.Count == 1);
    }

    [Fact]
    public async Task Closes_at_the_lanes_wish()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);

        gateway.User.Ask(lane =>
        {
            lane.Network.Close(gateway.User.Messages.Single().Flow.Connection);
            lane.Network.Close(4711);
            return true;
        });

        Assert.True(TestGateway.IsClosed(phone));
        Eventually.True(() => gateway.User.Closed.Any(closed => closed.Reason == CloseReason.Local));
    }

    private static Socket Listen(int backlog = 10)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        socket.Listen(backlog);
        return socket;
    }

    private static Flow FlowTo(TestGateway gateway, Socket peer)
    {
        var remote = TestGateway.EndpointOf(peer);
        return gateway.User.Ask(lane => lane.Network.TryFlow(7, Transport.Tcp, remote, out var flow) ? flow : throw new InvalidOperationException());
    }
}
