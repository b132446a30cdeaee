using System.Net;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Gate;

/// <summary>Real sockets, and the program in the kernel: as root, as CI runs them.</summary>
public sealed unsafe class SourceSteeringTests : IDisposable
{
    private readonly GateBoard _board = new(TimeProvider.System);
    private readonly List<IDisposable> _open = [];

    public void Dispose() => _open.ForEach(open => open.Dispose());

    [Fact]
    public void Strangers_have_a_queue_of_their_own()
    {
        _board.Rules = new GateRules([null, new RealmGate { PeerBlocks = [Block("127.91.1.0/24")] }]);
        var (known, strangers) = Listen("127.0.0.1", lanes: 1);
        _board.Known.Add(IpAddress.Parse("127.91.2.1"), 0, 60_000);
        Send("127.91.2.2", known, "stranger");
        Send("127.91.1.7", known, "peer");
        Send("127.91.2.1", known, "known");
        Assert.Equal(["peer", "known"], Received(known));
        Assert.Equal(["stranger"], Received(strangers));
    }

    [Fact]
    public void A_peer_of_another_realm_is_a_stranger_and_new_rules_hold_at_once()
    {
        _board.Rules = new GateRules([new RealmGate { PeerBlocks = [Block("127.91.1.1")] }, new RealmGate()]);
        var (known, strangers) = Listen("127.0.0.1", lanes: 1);
        Send("127.91.1.1", known, "elsewhere");
        Assert.Equal(["elsewhere"], Received(strangers));
        _board.Rules = new GateRules([null, new RealmGate { PeerBlocks = [Block("127.91.1.1"), Block("127.91.1.0/24")] }]);
        Send("127.91.1.1", known, "here");
        _board.Rules = new GateRules([null, new RealmGate { PeerBlocks = [Block("127.91.1.0/24")] }]);
        Send("127.91.1.1", known, "still");
        Assert.Equal(["here", "still"], Received(known));
        _board.Rules = new GateRules([]);
        Send("127.91.1.1", known, "no more");
        Assert.Equal(["no more"], Received(strangers));
    }

    [Fact]
    public void An_IPv6_source_is_known_by_its_network()
    {
        var (known, strangers) = Listen("::1", lanes: 1);
        Send("::1", known, "stranger");
        Assert.Equal(["stranger"], Received(strangers));
        _board.Known.Add(IpAddress.Parse("::2"), 0, 60_000);
        Send("::1", known, "known");
        Assert.Equal(["known"], Received(known));
    }

    [Fact]
    public void Who_was_known_is_a_stranger_again()
    {
        var (known, strangers) = Listen("127.0.0.1", lanes: 1);
        _board.Known.Add(IpAddress.Parse("127.91.3.1"), 0, -1_000);
        Send("127.91.3.1", known, "over");
        Assert.Equal(["over"], Received(strangers));
    }

    [Fact]
    public void Each_lane_has_its_part_of_both()
    {
        _board.Rules = new GateRules([null, new RealmGate { PeerBlocks = [Block("127.91.1.0/24")] }]);
        var (sockets, bound) = Open("127.0.0.1", lanes: 2);
        for (var host = 1; host <= 40; host++)
        {
            SendTo($"127.91.1.{host}", bound, "peer");
            SendTo($"127.91.2.{host}", bound, "stranger");
        }

        var received = sockets.Select(Received).ToArray();
        Assert.All(received.Take(2), part => Assert.All(part, text => Assert.Equal("peer", text)));
        Assert.All(received.Skip(2), part => Assert.All(part, text => Assert.Equal("stranger", text)));
        Assert.All(received, Assert.NotEmpty);
        Assert.Equal(80, received.Sum(part => part.Length));
    }

    private (UdpSocket Known, UdpSocket Strangers) Listen(string address, int lanes) => Open(address, lanes).Sockets is [var known, var strangers] ? (known, strangers) : throw new InvalidOperationException();

    private (UdpSocket[] Sockets, IpEndpoint Bound) Open(string address, int lanes)
    {
        var steering = SourceSteering.TryOpen(_board, lanes, out var refusal);
        Assert.True(steering is not null, refusal);
        _open.Add(steering!);
        var options = new ListenerOptions("test", 1, Transport.Udp, new IpEndpoint(IpAddress.Parse(address), 0));
        var sockets = new List<UdpSocket> { new(options, shared: true, 65536) };
        while (sockets.Count < 2 * lanes)
        {
            sockets.Add(new UdpSocket(options with { Address = sockets[0].Bound }, shared: true, 65536));
        }

        _open.AddRange(sockets);
        steering!.Attach(options, [.. sockets.Select(socket => socket.Descriptor)]);
        return ([.. sockets], sockets[0].Bound);
    }

    private static void Send(string from, UdpSocket to, string text) => SendTo(from, to.Bound, text);

    private static void SendTo(string from, IpEndpoint to, string text)
    {
        using var client = new UdpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        client.Send(System.Text.Encoding.ASCII.GetBytes(text), Endpoints.ToManaged(to));
    }

    /// <summary>On loopback a datagram is there when it has been sent.</summary>
    private static string[] Received(UdpSocket socket)
    {
        var texts = new List<string>();
        var buffer = new byte[64];
        fixed (byte* octets = buffer)
        {
            for (var length = socket.Receive(octets, buffer.Length, out _, out _); length >= 0; length = socket.Receive(octets, buffer.Length, out _, out _))
            {
                texts.Add(System.Text.Encoding.ASCII.GetString(buffer, 0, length));
            }
        }

        return [.. texts];
    }

    private static IpNetwork Block(string text) => IpNetwork.TryParse(text, out var network) ? network : throw new FormatException(text);
}
