using System.Net.Sockets;
using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

/// <summary>What bounds connections: their number, their silence, their descriptors.</summary>
[Collection(SocketTests.Name)]
public sealed class StreamLimitTests
{
    [Theory]
    [InlineData(2, 100, AcceptRefusal.Total)]
    [InlineData(100, 2, AcceptRefusal.Source)]
    public async Task Refuses_connections_beyond_their_limit(int total, int perSource, AcceptRefusal reason)
    {
        await using var gateway = new TestGateway(TestGateway.Tcp(new StreamOptions { MaxAccepted = total, MaxPerSource = perSource }));
        using var first = gateway.ConnectTcp();
        using var second = gateway.ConnectTcp();
        using (var third = gateway.ConnectTcp())
        {
            Assert.True(TestGateway.IsClosed(third));
        }

        Assert.Equal(1, gateway.Network.Connections(0).Refused(reason));
        second.Dispose();
        Eventually.True(() => gateway.Network.ConnectionsActive(Transport.Tcp) == 1);
        Eventually.True(() => Answers(gateway));
    }

    [Fact]
    public void An_IPv6_network_counts_as_one_source()
    {
        var limits = new AcceptLimits(new StreamOptions { MaxPerSource = 2 });
        Assert.Null(limits.TryEnter(IpAddress.Parse("2001:db8::1"), isStranger: false));
        Assert.Null(limits.TryEnter(IpAddress.Parse("2001:db8::ffff:2"), isStranger: false));
        Assert.Equal(AcceptRefusal.Source, limits.TryEnter(IpAddress.Parse("2001:db8::3"), isStranger: false));
        Assert.Null(limits.TryEnter(IpAddress.Parse("2001:db8:0:1::1"), isStranger: false));
        limits.Leave(IpAddress.Parse("2001:db8::1"), isStranger: false);
        Assert.Null(limits.TryEnter(IpAddress.Parse("2001:db8::3"), isStranger: false));
    }

    [Fact]
    public void Strangers_leave_room_for_those_who_are_known()
    {
        var limits = new AcceptLimits(new StreamOptions { MaxAccepted = 3, MaxStrangers = 2 });
        Assert.Null(limits.TryEnter(IpAddress.Parse("192.0.2.1"), isStranger: true));
        Assert.Null(limits.TryEnter(IpAddress.Parse("192.0.2.2"), isStranger: true));
        Assert.Equal(AcceptRefusal.Strangers, limits.TryEnter(IpAddress.Parse("192.0.2.3"), isStranger: true));
        Assert.Null(limits.TryEnter(IpAddress.Parse("192.0.2.4"), isStranger: false));
        limits.Leave(IpAddress.Parse("192.0.2.1"), isStranger: true);
        Assert.Null(limits.TryEnter(IpAddress.Parse("192.0.2.3"), isStranger: true));
    }

    [Fact]
    public async Task Opens_no_more_than_allowed()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp(new StreamOptions { MaxOpened = 1 }));
        using var peer = gateway.ConnectTcp();
        var flow = new Flow(Transport.Tcp, 0, gateway.Network.Bound(0), gateway.Network.Bound(0));
        var other = new Flow(Transport.Tcp, 0, gateway.Network.Bound(0), TestGateway.EndpointOf(peer));

        Assert.Equal(SendResult.Connecting, gateway.User.Send(flow, "x"));
        Assert.Equal(SendResult.TooManyConnections, gateway.User.Ask(lane => lane.Network.Send(
            new Flow(Transport.Tcp, 0, other.Local, other.Remote.WithPort(9)), "x"u8)));
    }

    [Fact]
    public async Task A_silent_connection_is_closed_after_ten_minutes()
    {
        var time = new ManualTime();
        await using var gateway = new TestGateway(TestGateway.Tcp(), time);
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);

        time.Advance(TimeSpan.FromMinutes(9));
        phone.Send("\r\n\r\n"u8);
        Assert.Equal("\r\n", TestGateway.Receive(phone, 2));
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(1, gateway.Network.ConnectionsActive(Transport.Tcp));
        ClosesWithinMinutes(gateway, time, phone);
    }

    /// <summary>Ten minutes from the last octet; that the pong has gone out may be noted only after the clock has gone on.</summary>
    private static void ClosesWithinMinutes(TestGateway gateway, ManualTime time, Socket phone)
    {
        var minutes = 0;
        Eventually.True(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return ++minutes >= 11 || gateway.Network.Connections(0).Closed(CloseReason.Idle) == 1;
        });
        Eventually.True(() => gateway.Network.Connections(0).Closed(CloseReason.Idle) == 1);
        Assert.True(TestGateway.IsClosed(phone));
    }

    /// <summary>The kernel asks: who is gone without a word is known for gone, however long somebody has registered by the connection.</summary>
    [Fact]
    public async Task A_far_side_that_is_silent_is_asked_whether_it_is_there()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);

        // proc(5): the ports in hexadecimal; "02" in the sixth column is a timer of keep-alive, then what is left of it in hundredths of a second.
        var ends = $":{gateway.Network.Bound(0).Port:X4} 0100007F:{TestGateway.EndpointOf(phone).Port:X4} 01 ";
        var timer = File.ReadLines("/proc/self/net/tcp").Single(line => line.Contains(ends, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[5].Split(':');
        Assert.Equal("02", timer[0]);
        Assert.InRange(Convert.ToInt32(timer[1], 16), 1, 12_000);
    }

    /// <summary>Who has registered by it for longer is called by it all the time.</summary>
    [Fact]
    public async Task A_connection_that_is_held_is_closed_when_that_is_over()
    {
        var time = new ManualTime();
        await using var gateway = new TestGateway(TestGateway.Tcp(), time);
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
        Eventually.True(() => !gateway.User.Messages.IsEmpty);
        Assert.True(gateway.User.Messages.TryPeek(out var message));
        _ = gateway.User.Ask(lane =>
        {
            lane.Network.Hold(message.Flow.Connection, TimeSpan.FromHours(1));
            lane.Network.Hold(message.Flow.Connection, TimeSpan.FromMinutes(1));
            return true;
        });

        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, gateway.Network.ConnectionsActive(Transport.Tcp));
        phone.Send("\r\n\r\n"u8);
        Assert.Equal("\r\n", TestGateway.Receive(phone, 2));
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(1, gateway.Network.ConnectionsActive(Transport.Tcp));
        ClosesWithinMinutes(gateway, time, phone);
    }

    [Fact]
    public async Task A_connection_without_a_message_is_closed_after_half_a_minute()
    {
        var time = new ManualTime();
        await using var gateway = new TestGateway(TestGateway.Tcp(), time);
        using var phone = gateway.ConnectTcp();
        phone.Send("\r\n\r\n"u8);
        Assert.Equal("\r\n", TestGateway.Receive(phone, 2));

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.True(TestGateway.IsClosed(phone));
        Eventually.True(() => gateway.Network.Connections(0).Closed(CloseReason.NoMessage) == 1);
    }

    [Fact]
    public async Task A_message_that_dribbles_is_closed_after_half_a_minute()
    {
        var time = new ManualTime();
        await using var gateway = new TestGateway(TestGateway.Tcp(), time);
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0") + "\r\n\r\nINV"));
        Assert.Equal("\r\n", TestGateway.Receive(phone, 2));
        Eventually.True(() =>
        {
            Dribble(phone);
            time.Advance(TimeSpan.FromSeconds(1));
            return gateway.Network.Connections(0).Closed(CloseReason.StalledMessage) == 1;
        });
    }

    [Fact]
    public async Task Leaks_no_descriptor()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        Cycle(gateway, 10);
        var before = Descriptors();
        Cycle(gateway, 500);
        Eventually.True(() => Descriptors() <= before);
    }

    private static void Cycle(TestGateway gateway, int count)
    {
        var accepted = gateway.Network.Connections(0).Accepted;
        for (var number = 0; number < count; number++)
        {
            using var phone = gateway.ConnectTcp();
            if (number % 2 == 0)
            {
                phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("OPTIONS sip:a SIP/2.0")));
            }

            phone.LingerState = new LingerOption(number % 3 == 0, 0);
        }

        Eventually.True(() => gateway.Network.Connections(0).Accepted == accepted + count);
        Eventually.True(() => gateway.Network.ConnectionsActive(Transport.Tcp) == 0);
        Eventually.True(() => gateway.User.Ask(lane => ((LaneNetwork)lane.Network).Connections.Count) == 0);
    }

    private static void Dribble(Socket phone)
    {
        try
        {
            phone.Send("x"u8);
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // Closed by now, which the condition sees.
        }
    }

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    private static bool Answers(TestGateway gateway)
    {
        using var phone = gateway.ConnectTcp();
        try
        {
            phone.Send("\r\n\r\n"u8);
            return phone.Receive(new byte[2]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
