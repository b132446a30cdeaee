using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution.Dns;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Resolution;

/// <summary>Questions over real sockets, to a server on loopback that the test plays.</summary>
public sealed class DnsSocketsTests
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);
    private static readonly DnsQuestion Question = new("gw.example.com", DnsType.A);

    private readonly DnsSockets _sockets = new(TimeProvider.System);
    private readonly DnsQuery _query;

    public DnsSocketsTests()
    {
        DnsQuery.TryMake(Question, 0x4711, isExtended: true, out var query);
        _query = query!;
    }

    private static byte[] Answer(ushort id, string address) => DnsMessage.Answer(
        id, Question, DnsCode.NoError, [new AddressRecord("gw.example.com", DnsType.A, 60, IpAddress.Parse(address))], []);

    private static string? Address(DnsExchange exchange) => (exchange.Response?.Answers.SingleOrDefault() as AddressRecord)?.Address.ToString();

    [Fact]
    public async Task What_is_no_answer_to_the_question_is_passed_over()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var asked = _sockets.AskAsync(Endpoints.FromManaged(server.Client.LocalEndPoint), _query, isStream: false, Long);
        var received = await server.ReceiveAsync();
        Assert.Equal(_query.Octets.ToArray(), received.Buffer);

        await server.SendAsync(new byte[] { 1, 2, 3 }, received.RemoteEndPoint);
        await server.SendAsync(Answer(0x4712, "192.0.2.66"), received.RemoteEndPoint);
        await server.SendAsync(Answer(0x4711, "192.0.2.1"), received.RemoteEndPoint);

        Assert.Equal("192.0.2.1", Address(await asked));
    }

    [Fact]
    public async Task Each_question_has_a_port_of_its_own()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var ports = new HashSet<int>();
        for (var question = 0; question < 5; question++)
        {
            var asked = _sockets.AskAsync(Endpoints.FromManaged(server.Client.LocalEndPoint), _query, isStream: false, Long);
            var received = await server.ReceiveAsync();
            ports.Add(received.RemoteEndPoint.Port);
            await server.SendAsync(Answer(0x4711, "192.0.2.1"), received.RemoteEndPoint);
            await asked;
        }

        Assert.True(ports.Count > 1);
    }

    [Fact]
    public async Task A_stream_carries_lengths_and_may_come_in_pieces()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = _sockets.AskAsync(Endpoints.FromManaged(server.LocalEndpoint), _query, isStream: true, Long);
        using var connection = await server.AcceptSocketAsync();
        var received = new byte[2 + _query.Octets.Length];
        await connection.ReceiveAsync(received);
        Assert.Equal(_query.Octets.Length, BinaryPrimitives.ReadUInt16BigEndian(received));

        var answer = Answer(0x4711, "192.0.2.1");
        byte[] framed = [(byte)(answer.Length >> 8), (byte)answer.Length, .. answer];
        foreach (var octet in framed)
        {
            await connection.SendAsync(new[] { octet });
        }

        Assert.Equal("192.0.2.1", Address(await asked));
    }

    [Fact]
    public async Task A_stream_that_ends_early_is_no_answer()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var asked = _sockets.AskAsync(Endpoints.FromManaged(server.LocalEndpoint), _query, isStream: true, Long);
        using (var connection = await server.AcceptSocketAsync())
        {
            await connection.ReceiveAsync(new byte[512]);
            await connection.SendAsync(new byte[] { 0, 200, 1 });
        }

        Assert.Equal(default, await asked);
    }

    [Fact]
    public async Task Silence_and_a_closed_port_are_told_apart()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var endpoint = Endpoints.FromManaged(server.Client.LocalEndPoint);
        Assert.Equal(new DnsExchange(null, HasTimedOut: true), await _sockets.AskAsync(endpoint, _query, isStream: false, TimeSpan.FromMilliseconds(50)));

        server.Dispose();
        Assert.Equal(default, await _sockets.AskAsync(endpoint, _query, isStream: false, Long));
    }
}
