using System.Net.Sockets;
using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

/// <summary>Listeners that come and go while the network runs.</summary>
[Collection(SocketTests.Name)]
public sealed class ListenerSwapTests
{
    private static readonly ListenerOptions First = Listener(Transport.Udp, "127.0.0.1:0");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_new_listener_takes_messages_on_every_lane(int lanes)
    {
        await using var gateway = new TestGateway(new NetworkOptions { Listeners = [First], Lanes = lanes });
        await TakeAsync(gateway, First, Listener(Transport.Udp, "127.0.0.2:0", group: 2));
        for (var phone = 0; phone < 20; phone++)
        {
            using var socket = TestGateway.NewUdp();
            socket.SendTo("OPTIONS"u8, gateway.Address(1));
        }

        Eventually.True(() => Enumerable.Range(0, lanes).Sum(lane => gateway.Network.Messages(lane, 1)[ListenerCount.Received]) == 20);
        Assert.Equal(0, gateway.Network.Messages(0, 0)[ListenerCount.Received]);
        Assert.True(gateway.Network.Lanes[0].Network.TryFlow(2, Transport.Udp, IpEndpoint.Parse("127.0.0.9:5060"), out var flow));
        Assert.Equal((1, gateway.Network.Bound(1)), (flow.Listener, flow.Local));
    }

    [Fact]
    public async Task What_is_configured_no_more_goes_on_until_it_is_closed()
    {
        var second = Listener(Transport.Udp, "127.0.0.2:0");
        await using var gateway = new TestGateway(new NetworkOptions { Listeners = [First, second] });
        var address = gateway.Address(0);
        using var phone = TestGateway.NewUdp();
        var flow = new Flow(Transport.Udp, 0, gateway.Network.Bound(0), TestGateway.EndpointOf(phone));
        await TakeAsync(gateway, second);

        Assert.Equal((ListenerState.Closing, ListenerState.Open), (gateway.Network.State(0), gateway.Network.State(1)));
        Assert.True(gateway.Network.Lanes[0].Network.IsClosing(0));
        Assert.True(gateway.Network.Lanes[0].Network.TryFlow(7, Transport.Udp, IpEndpoint.Parse("127.0.0.9:5060"), out var own));
        Assert.Equal(1, own.Listener);
        phone.SendTo("OPTIONS"u8, address);
        Eventually.True(() => gateway.Network.Messages(0, 0)[ListenerCount.Received] == 1);
        Assert.Equal(SendResult.Sent, gateway.Network.Lanes[0].Network.Send(flow, "1234567"u8));
        Assert.Equal("1234567", TestGateway.Receive(phone, 7));

        await gateway.Network.CloseAsync(0);
        Assert.Equal(ListenerState.Closed, gateway.Network.State(0));
        Assert.Equal(SendResult.NoRoute, gateway.Network.Lanes[0].Network.Send(flow, "1234567"u8));
        using var free = TestGateway.NewUdp(address.ToString());
    }

    [Fact]
    public async Task One_that_comes_back_is_in_its_place_again()
    {
        await using var gateway = new TestGateway(new NetworkOptions { Listeners = [First, Listener(Transport.Udp, "127.0.0.2:0")] });
        var bound = gateway.Network.Bound(0);
        await TakeAsync(gateway, Listener(Transport.Udp, "127.0.0.2:0"));
        using (var swap = gateway.Network.Prepare([First, Listener(Transport.Udp, "127.0.0.2:0")]))
        {
            Assert.Empty(swap.Opened);
        }

        await gateway.Network.CloseAsync(0);
        await TakeAsync(gateway, Listener(Transport.Udp, "127.0.0.2:0"), First);

        Assert.Equal(ListenerState.Open, gateway.Network.State(0));
        using var phone = TestGateway.NewUdp();
        phone.SendTo("OPTIONS"u8, gateway.Address(0));
        Eventually.True(() => gateway.Network.Messages(0, 0)[ListenerCount.Received] == 1);
        Assert.NotEqual(bound, gateway.Network.Bound(0));
    }

    [Fact]
    public async Task The_first_of_the_configuration_is_the_one_to_send_by()
    {
        var second = Listener(Transport.Udp, "127.0.0.2:0");
        await using var gateway = new TestGateway(new NetworkOptions { Listeners = [First] });
        await TakeAsync(gateway, second, First);
        Assert.True(gateway.Network.Lanes[0].Network.TryFlow(7, Transport.Udp, IpEndpoint.Parse("127.0.0.9:5060"), out var flow));
        Assert.Equal(1, flow.Listener);
    }

    [Fact]
    public async Task An_address_that_cannot_be_had_changes_nothing()
    {
        await using var gateway = new TestGateway(new NetworkOptions { Listeners = [First] });
        using var other = TestGateway.NewUdp("127.0.0.3:0");
        var fault = Assert.Throws<ListenerException>(() => gateway.Network.Prepare(
            [Listener(Transport.Udp, "127.0.0.2:5999"), Listener(Transport.Tcp, "127.0.0.2:5999"), Listener(Transport.Udp, TestGateway.EndpointOf(other).ToString())]));
        Assert.Contains(TestGateway.EndpointOf(other).ToString(), fault.Message, StringComparison.Ordinal);

        Assert.Equal(ListenerState.Open, gateway.Network.State(0));
        using var free = TestGateway.NewUdp("127.0.0.2:5999");
        using var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        stream.Bind(System.Net.IPEndPoint.Parse("127.0.0.2:5999"));
        stream.Listen();
    }

    [Fact]
    public async Task Connections_of_a_removed_listener_go_on_until_it_is_closed()
    {
        await using var gateway = new TestGateway(TestGateway.Tcp());
        using var phone = gateway.ConnectTcp();
        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("ONE")));
        Eventually.True(() => gateway.Network.Messages(0, 0)[ListenerCount.Received] == 1);
        await TakeAsync(gateway, First);

        phone.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("TWO")));
        using var late = gateway.ConnectTcp();
        late.Send(Encoding.ASCII.GetBytes(TestGateway.Framed("THREE")));
        Eventually.True(() => gateway.Network.Messages(0, 0)[ListenerCount.Received] == 3);

        await gateway.Network.CloseAsync(0);
        Assert.True(TestGateway.IsClosed(phone));
        Assert.True(TestGateway.IsClosed(late));
        Assert.Throws<SocketException>(gateway.ConnectTcp);
        Eventually.True(() => gateway.Network.ConnectionsActive(Transport.Tcp) == 0);
    }

    private static ListenerOptions Listener(Transport transport, string address, int group = 7) => new("phones", group, transport, IpEndpoint.Parse(address));

    private static async Task TakeAsync(TestGateway gateway, params ListenerOptions[] listeners)
    {
        using var swap = gateway.Network.Prepare(listeners);
        await Task.WhenAll(Enumerable.Range(0, gateway.Network.Lanes.Count).Select(number =>
        {
            var turn = new Turn(() => swap.TakeOn(new LaneContext(gateway.Network.Lanes[number], [])));
            gateway.Network.Lanes[number].Post(turn);
            return turn.Done;
        }));
        swap.Begin();
    }

    private sealed class Turn(Action work) : LaneEvent
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Done => _done.Task;

        public override void Run(ILaneUser user)
        {
            work();
            _done.SetResult();
        }
    }
}
