using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Faults;

/// <summary>The only name server says nothing.</summary>
public sealed class NameFaultTests
{
    private const string Dialplan =
        """
        routes:
          - { name: echo, when: { realm: phones, called: ['600'] }, to: [ { service: echo } ] }
          - { name: named, when: { realm: phones, called: ['700'] }, to: [ { uri: 'sip:700@pbx.test:PORT', realm: phones } ] }
        """;

    /// <summary>Who waits for a name holds up nobody else; what is asked for again is answered when the server is back.</summary>
    [Fact]
    public async Task A_silent_server_holds_up_only_the_calls_that_need_it_and_only_while_it_is_silent()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var far = new SipPhone(0);
        var files = new Dictionary<string, string> { ["d.yaml"] = Dialplan.Replace("PORT", far.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal) };
        await using var host = await RunningHost.StartAsync(files: files, t1: $"50ms, dns: '127.0.0.1:{((IPEndPoint)server.LocalEndPoint!).Port}'");

        using var waiting = host.Phone();
        var call = waiting.CallAsync("700");
        var asked = await AskedAsync(server);
        using var other = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await other.CallAsync("600"), StringComparison.Ordinal);
        await other.HangUpAsync();
        Assert.False(call.IsCompleted);

        // Questions are asked again after two seconds, and by then there is an answer.
        using var ended = new CancellationTokenSource();
        var serving = ServeAsync(server, asked, ended.Token);
        await far.ReceiveAsync(message => message.StartsWith("INVITE sip:700@", StringComparison.Ordinal));
        await ended.CancelAsync();
        await serving;
    }

    private static async Task<(byte[] Question, EndPoint From)> AskedAsync(Socket server)
    {
        var buffer = new byte[1500];
        var asked = await server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
        return (buffer[..asked.ReceivedBytes], asked.RemoteEndPoint);
    }

    /// <summary>Answers what comes from now on; what came before stays unanswered.</summary>
    private static async Task ServeAsync(Socket server, (byte[] Question, EndPoint From) ignored, CancellationToken ended)
    {
        Assert.NotEmpty(ignored.Question);
        var buffer = new byte[1500];
        try
        {
            while (true)
            {
                var asked = await server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), ended);
                await server.SendToAsync(Answer(buffer.AsSpan(0, asked.ReceivedBytes)), SocketFlags.None, asked.RemoteEndPoint, ended);
            }
        }
        catch (OperationCanceledException)
        {
            // All has been seen.
        }
    }

    /// <summary>127.0.0.1 to a question for an address (A), and that there is nothing to any other.</summary>
    private static byte[] Answer(ReadOnlySpan<byte> query)
    {
        var end = 12 + query[12..].IndexOf((byte)0) + 5;
        var isAddress = BinaryPrimitives.ReadUInt16BigEndian(query[(end - 4)..]) == 1;
        byte[] answer = [.. query[..end], .. isAddress ? (byte[])[0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : []];
        (answer[2], answer[3]) = (0x84, 0);
        BinaryPrimitives.WriteUInt16BigEndian(answer.AsSpan(6), isAddress ? (ushort)1 : (ushort)0);
        answer.AsSpan(8, 4).Clear();
        return answer;
    }
}
