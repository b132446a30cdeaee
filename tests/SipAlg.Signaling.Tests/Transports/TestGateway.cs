using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Transports;

/// <summary>Lanes on real sockets of the loopback interface. The tests that use it count descriptors and so run one by one.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SocketTests
{
    public const string Name = "sockets";
}

internal sealed class TestGateway : IAsyncDisposable, ILaneRouter
{
    /// <summary>A start line on which <see cref="LaneFor"/> throws.</summary>
    public const string Poison = "POISON sip:a SIP/2.0";

    private readonly List<RecordingUser> _users = [];

    public TestGateway(NetworkOptions options, TimeProvider? time = null)
    {
        Network = SignalingNetwork.Open(options, time ?? TimeProvider.System, this, lane =>
        {
            _users.Add(new RecordingUser(lane));
            return _users[^1];
        });
        Network.Start();
    }

    public SignalingNetwork Network { get; }

    public RecordingUser User => _users[0];

    public IReadOnlyList<RecordingUser> Users => _users;

    public static NetworkOptions Udp(params string[] addresses) => Options(Transport.Udp, addresses);

    public static NetworkOptions Tcp(StreamOptions? streams = null) =>
        Options(Transport.Tcp, ["127.0.0.1:0"]) with { Streams = streams ?? new StreamOptions() };

    public static Socket NewUdp(string address = "127.0.0.1:0")
    {
        var local = IPEndPoint.Parse(address);
        var socket = new Socket(local.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        socket.Bind(local);
        return socket;
    }

    public static NetworkOptions Tls(TlsContext context, StreamOptions? streams = null) =>
        Options(Transport.Tls, ["127.0.0.1:0"]) with { Tls = context, Streams = streams ?? new StreamOptions() };

    public Socket ConnectTcp()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 30_000, NoDelay = true };
        socket.Connect(Address());
        return socket;
    }

    public IPEndPoint Address(int listener = 0, string? address = null) =>
        new(IPAddress.Parse(address ?? Network.Bound(listener).Address.ToString()), Network.Bound(listener).Port);

    public int LaneFor(ReadOnlySpan<byte> message)
    {
        if (message.StartsWith("POISON"u8))
        {
            throw new InvalidOperationException("poison");
        }

        return message.StartsWith("LANE1"u8) ? 1 : -1;
    }

    public async ValueTask DisposeAsync() => await Network.DisposeAsync();

    /// <summary>A message as a stream wants it.</summary>
    public static string Framed(string start, int body = 0) => $"{start}\r\nl: {body}\r\n\r\n{new string('b', body)}";

    public static string Receive(Socket socket, int octets)
    {
        var buffer = new byte[octets];
        for (var have = 0; have < octets;)
        {
            var count = socket.Receive(buffer.AsSpan(have));
            Assert.NotEqual(0, count);
            have += count;
        }

        return Encoding.ASCII.GetString(buffer);
    }

    /// <summary>Whether the far side has closed, by FIN or reset.</summary>
    public static bool IsClosed(Socket socket)
    {
        try
        {
            return socket.Receive(new byte[1024]) == 0;
        }
        catch (SocketException fault) when (fault.SocketErrorCode is SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public static IpEndpoint EndpointOf(Socket socket) => Endpoints.FromManaged(socket.LocalEndPoint);

    private static NetworkOptions Options(Transport transport, string[] addresses) => new()
    {
        Listeners = [.. addresses.Select(address => new ListenerOptions("phones", 7, transport, IpEndpoint.Parse(address)))],
    };
}
