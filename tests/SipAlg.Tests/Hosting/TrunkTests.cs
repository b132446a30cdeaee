using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.State;

namespace SipAlg.Tests.Hosting;

/// <summary>Registering with a peer, as the whole program does it.</summary>
public sealed class TrunkTests
{
    private const string Register = "domain: carrier.example, register: { aor: 'sip:4711@carrier.example', expires: 60s }";

    [Fact]
    public async Task It_registers_when_it_starts_and_takes_that_back_when_it_stops()
    {
        using var registrar = new Registrar();
        await using var host = await RunningHost.StartAsync(far: registrar.Port, trunk: Register);
        var first = await registrar.AnswerAsync();
        Assert.Contains(";expires=60", first, StringComparison.Ordinal);
        await Eventually.True(async () => (await MetricsAsync(host)).Contains("sipalg_peer_registered{peer=\"far\"} 1\n", StringComparison.Ordinal), "it is registered");
        Assert.Contains("sipalg_peer_up{peer=\"far\"} 1\n", await MetricsAsync(host), StringComparison.Ordinal);
        Assert.DoesNotContain("sipalg_peer_registered{peer=\"callers\"}", await MetricsAsync(host), StringComparison.Ordinal);

        var far = (await host.GetAsync("api/v1/peers?cursor=1")).Body!["items"]![0]!;
        var registration = far["registration"]!;
        Assert.Equal((true, true, "sip:4711@carrier.example", "registered"), ((bool)far["up"]!, (bool)registration["registered"]!, (string?)registration["aor"], (string?)registration["outcome"]));
        Assert.Equal((200, 0, $"udp:127.0.0.1:{registrar.Port}"), ((int)registration["status"]!, (int)registration["failures"]!, (string?)registration["endpoint"]));
        Assert.Equal($"sip:***@{Contact(first).Split('@')[1]}", (string?)registration["contact"]);
        Assert.True((DateTimeOffset)registration["next_try"]! < (DateTimeOffset)registration["registered_until"]!);

        var stopping = host.Host.StopAsync(CancellationToken.None);
        var last = await registrar.AnswerAsync();
        Assert.Contains(";expires=0", last, StringComparison.Ordinal);
        Assert.Equal(Contact(first), Contact(last));
        Assert.True(await stopping);
    }

    [Fact]
    public async Task A_registrar_that_is_gone_does_not_hold_up_a_stop()
    {
        using var registrar = new Registrar();
        await using var host = await RunningHost.StartAsync(far: registrar.Port, trunk: Register);
        await registrar.AnswerAsync();
        await Eventually.True(async () => (await MetricsAsync(host)).Contains("sipalg_peer_registered{peer=\"far\"} 1\n", StringComparison.Ordinal), "it is registered");
        Assert.True(await host.Host.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task The_key_of_contacts_is_for_nobody_else_to_read()
    {
        await using var host = await RunningHost.StartAsync(trunk: Register);
        var file = Path.Combine(host.State, ContactKeyFile.Name);
        Assert.Equal(32, new FileInfo(file).Length);
        Assert.True(!OperatingSystem.IsWindows() && File.GetUnixFileMode(file) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    private static async Task<string> MetricsAsync(RunningHost host) => await host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

    private static string Contact(string register) => Regex.Match(register, "\r\nContact: <([^>]+)>").Groups[1].Value;

    /// <summary>Grants what it is asked for.</summary>
    private sealed class Registrar : IDisposable
    {
        private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
        private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
        private readonly HashSet<string> _answered = [];

        public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

        /// <summary>The next REGISTER that is not a repetition.</summary>
        public async Task<string> AnswerAsync()
        {
            using var deadline = new CancellationTokenSource(Deadline);
            while (true)
            {
                var received = await _socket.ReceiveAsync(deadline.Token);
                var register = Encoding.ASCII.GetString(received.Buffer);
                var fields = new[] { "Via", "From", "To", "Call-ID", "CSeq", "Contact" }.Select(name => $"{name}: {SipPhone.Field(register, name)}\r\n");
                await _socket.SendAsync(Encoding.ASCII.GetBytes($"SIP/2.0 200 OK\r\n{string.Concat(fields)}Content-Length: 0\r\n\r\n"), received.RemoteEndPoint, deadline.Token);
                if (_answered.Add(SipPhone.Field(register, "CSeq")))
                {
                    return register;
                }
            }
        }

        public void Dispose() => _socket.Dispose();
    }
}
