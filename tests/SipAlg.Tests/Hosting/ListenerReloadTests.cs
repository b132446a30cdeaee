using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using SipAlg.Calls.Registrations;
using SipAlg.Configuration.Problems;
using SipAlg.Journal;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Calls;

namespace SipAlg.Tests.Hosting;

/// <summary>A running gateway whose listeners, realms and media ports become others: what stands goes on over what it has.</summary>
public sealed class ListenerReloadTests
{
    private const string Listen = "listen: ['udp://127.0.0.1:0', 'tcp://127.0.0.1:0']";
    private const string More = "realms:\n  more: { listen: udp://127.0.0.1:0, media: { bind: 127.0.0.1, ports: 40000-40099 } }\n";
    private const string Guests = "peers:\n  guests: { realm: more, accept_from: 127.0.0.1 }\n";
    private const string Dialplan = "routes: [ { name: echo, when: { called: ['600'] }, to: [ { service: echo } ] } ]";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_realm_comes_and_goes_and_its_call_goes_on(int lanes)
    {
        await using var host = await StartAsync(lanes);
        await EditAsync(host, ("realms:\n", More), ("peers:\n", Guests));
        await ReloadAsync(host);
        var (udp, address) = (host.Gateway.Listeners.Count - 1, host.Gateway.Network.Bound(host.Gateway.Listeners.Count - 1));
        Assert.Equal("more", host.Gateway.Listeners[udp].Name);
        using var phone = new SipPhone(address.Port);
        using var audio = new Audio();
        audio.SendTo(await phone.CallAsync("600", media: audio.Port));
        audio.Echoes();
        Assert.InRange(audio.Gateway, 40000, 40098);

        await EditAsync(host, (More, "realms:\n"), (Guests, "peers:\n"));
        await ReloadAsync(host);
        audio.Echoes();
        Assert.Equal(ListenerState.Closing, host.Gateway.Network.State(udp));
        using var late = new SipPhone(address.Port);
        var refused = await late.CallAsync("600");
        Assert.StartsWith("SIP/2.0 503 ", refused, StringComparison.Ordinal);
        Assert.NotEqual("", SipPhone.Field(refused, "Retry-After"));
        Assert.Contains("sipalg_media_ports_in_use{realm=\"more\"} 2\n", await MetricsAsync(host), StringComparison.Ordinal);
        Assert.Contains("sipalg_media_ports_capacity{realm=\"more\"} 0\n", await MetricsAsync(host), StringComparison.Ordinal);
        Assert.Contains("sipalg_listeners{realm=\"more\",state=\"closing\"} 1\n", await MetricsAsync(host), StringComparison.Ordinal);

        audio.Echoes();
        await phone.HangUpAsync();
        await Eventually.True(() => host.Gateway.Network.State(udp) == ListenerState.Closed, "it is closed");
        Assert.DoesNotContain("realm=\"more\"", await MetricsAsync(host), StringComparison.Ordinal);
        using var free = new UdpClient(new IPEndPoint(IPAddress.Loopback, address.Port));
    }

    [Fact]
    public async Task A_listener_takes_the_place_of_another()
    {
        await using var host = await StartAsync();
        var old = host.Gateway.Network.Bound(0);
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        using var stream = new TcpClient();
        await stream.ConnectAsync(IPAddress.Loopback, host.Gateway.Network.Bound(1).Port);

        await EditAsync(host, (Listen, "listen: 'udp://127.0.0.2:0'"));
        await ReloadAsync(host);

        var fresh = host.Gateway.Network.Bound(2);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.SendTo("OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bKa\r\nMax-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a>\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), fresh.Port));
        var answer = new byte[2000];
        Assert.StartsWith("SIP/2.0 200 ", System.Text.Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)), StringComparison.Ordinal);
        await phone.HangUpAsync();
        await Eventually.True(() => host.Gateway.Network.State(0) == ListenerState.Closed && host.Gateway.Network.State(1) == ListenerState.Closed, "they are closed");
        Assert.Equal(0, await stream.GetStream().ReadAsync(answer));
        Assert.Equal(ListenerState.Open, host.Gateway.Network.State(2));

        await EditAsync(host, ("listen: 'udp://127.0.0.2:0'", Listen));
        await ReloadAsync(host);
        Assert.Equal((3, ListenerState.Open), (host.Gateway.Listeners.Count, host.Gateway.Network.State(0)));
        Assert.NotEqual(old, host.Gateway.Network.Bound(0));
        using var again = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await again.CallAsync("600"), StringComparison.Ordinal);
        await again.HangUpAsync();
    }

    [Fact]
    public async Task An_address_that_cannot_be_had_refuses_all_of_it()
    {
        await using var host = await StartAsync();
        using var other = new UdpClient(new IPEndPoint(IPAddress.Parse("127.0.0.3"), 0));
        var (model, listeners) = (host.Gateway.Model, host.Gateway.Listeners);
        await EditAsync(host, (Listen, $"listen: ['udp://127.0.0.1:0', 'tcp://127.0.0.1:0', 'udp://{other.Client.LocalEndPoint}']"), ("peers:\n", "peers:\n  more: { realm: phones, accept_from: 127.0.0.9 }\n"));

        var result = await host.Host.Reloader.ReloadAsync("test");

        var problem = Assert.Single(result.Problems, problem => problem.Severity == Severity.Error);
        Assert.Equal($"Listener 'phones' cannot listen on udp://{other.Client.LocalEndPoint}: Address already in use", problem.Message);
        Assert.Contains("ss -lunt", problem.Hint, StringComparison.Ordinal);
        var lines = await File.ReadAllLinesAsync(host.Folder.File);
        Assert.StartsWith($"'udp://{other.Client.LocalEndPoint}'", lines[problem.At.Line - 1][(problem.At.Column - 1)..], StringComparison.Ordinal);
        Assert.Same(model, host.Gateway.Model);
        Assert.Same(listeners, host.Gateway.Listeners);
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        await phone.HangUpAsync();

        for (var again = 0; again < RecentCalls.Dialplans; again++)
        {
            Assert.False((await host.Host.Reloader.ReloadAsync("test")).IsDone);
        }

        await host.Host.Journal.CatchUpAsync(CancellationToken.None);
        Assert.NotNull(Assert.Single(host.Host.Journal.Recent.Page(0, 10, out _)).Record.Model);
    }

    [Fact]
    public async Task A_realm_of_another_name_cannot_have_an_address_at_once()
    {
        await using var host = await StartAsync();
        var port = FreePort();
        await EditAsync(host, (Listen, $"listen: ['udp://127.0.0.1:0', 'udp://127.0.0.1:{port}']"));
        await ReloadAsync(host);
        await EditAsync(host, ($", 'udp://127.0.0.1:{port}'", ""), ("realms:\n", More.Replace("127.0.0.1:0", $"127.0.0.1:{port}", StringComparison.Ordinal)));

        var problem = Assert.Single((await host.Host.Reloader.ReloadAsync("test")).Problems, problem => problem.Severity == Severity.Error);
        Assert.Equal($"realm 'phones' has udp://127.0.0.1:{port} open until its last call there has ended: remove that first and add this later, or restart the gateway", problem.Hint);
    }

    [Fact]
    public async Task Calls_keep_their_media_ports_and_the_next_have_new_ones()
    {
        await using var host = await StartAsync();
        using var first = host.Phone();
        using var audio = new Audio();
        audio.SendTo(await first.CallAsync("600", media: audio.Port));
        audio.Echoes();

        var text = await File.ReadAllTextAsync(host.Folder.File);
        await EditAsync(host, (Regex.Match(text, "bind: 127.0.0.1, ports: [0-9-]+").Value, "bind: 127.0.0.4, ports: 41000-41003, reserve: 2, dscp: ef"));
        await ReloadAsync(host);

        audio.Echoes();
        using var second = host.Phone();
        using var other = new Audio();
        var answer = await second.CallAsync("600", media: other.Port);
        Assert.Contains("c=IN IP4 127.0.0.4", answer, StringComparison.Ordinal);
        other.SendTo(answer);
        other.Echoes();
        Assert.InRange(other.Gateway, 41000, 41002);
        using var third = host.Phone();
        Assert.StartsWith("SIP/2.0 503 ", await third.CallAsync("600"), StringComparison.Ordinal);
        Assert.Contains("sipalg_media_ports_in_use{realm=\"phones\"} 4\n", await MetricsAsync(host), StringComparison.Ordinal);
        Assert.Contains("sipalg_media_ports_capacity{realm=\"phones\"} 4\n", await MetricsAsync(host), StringComparison.Ordinal);
        Assert.Contains("sipalg_media_ports_reserved{realm=\"phones\"} 2\n", await MetricsAsync(host), StringComparison.Ordinal);

        audio.Echoes();
        await first.HangUpAsync();
        await second.HangUpAsync();
        await Eventually.True(() => host.Gateway.Pools(0, 0).Sum(pool => pool.InUse) == 0, "all ports are closed");
    }

    [Fact]
    public async Task A_registration_keeps_its_listener_open_until_the_longest_call_would_be_over()
    {
        await using var host = await StartAsync(more: "users: { alice: { password: a } }\ncalls: { max_duration: 6s }", realm: "domain: example.com");
        Assert.True(await host.Gateway.AskAsync(0, lane => lane.Registrar!.Restore(new BindingRecord(
            1, "alice@example.com", "sip:alice@127.0.0.1:9", "c", 1, DateTimeOffset.UtcNow.AddMinutes(10), new Flow(Transport.Udp, 0, default, new IpEndpoint(IpAddress.LoopbackV4, 9), 0),
            default, 1000, "", 0, "", ""))));
        await EditAsync(host, (Listen, "listen: 'udp://127.0.0.2:0'"));
        await ReloadAsync(host);

        await Eventually.True(() => host.Gateway.Network.State(1) == ListenerState.Closed, "the one that nobody uses is closed");
        Assert.Equal(ListenerState.Closing, host.Gateway.Network.State(0));
        Assert.True((await host.Gateway.AskAsync(0, lane => lane.FindUse(0, 0))).IsUsed);
        await Eventually.True(() => host.Gateway.Network.State(0) == ListenerState.Closed, "its time is up");
    }

    [Fact]
    public async Task The_registrations_of_a_domain_that_is_gone_end()
    {
        await using var host = await StartAsync(more: "users: { alice: { password: a } }", realm: "domain: example.com");
        using var phone = host.Phone();
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("alice", "a"), StringComparison.Ordinal);
        Assert.True(await host.Gateway.AskAsync(0, lane => lane.Registrar!.Restore(new BindingRecord(
            1, "alice@example.com", "sip:alice@127.0.0.1:9", "c", 1, DateTimeOffset.UtcNow.AddMinutes(10), new Flow(Transport.Udp, 0, default, new IpEndpoint(IpAddress.LoopbackV4, 9), 0),
            default, 1000, "", 0, "", ""))));
        await EditAsync(host, ("domain: example.com", "domain: example.org"));
        await ReloadAsync(host);

        Assert.Equal(0, host.Gateway.Registrar.Active(0));
        Assert.StartsWith("SIP/2.0 200 ", await phone.RegisterAsync("alice", "a"), StringComparison.Ordinal);
    }

    private static async Task<RunningHost> StartAsync(int lanes = 1, string more = "", string realm = "")
    {
        var host = await RunningHost.StartAsync(more: more, realm: realm, t1: $"50ms, lanes: {lanes}");
        await File.WriteAllTextAsync(host.Folder.DialplanFile, Dialplan);
        await ReloadAsync(host);
        return host;
    }

    private static async Task ReloadAsync(RunningHost host)
    {
        var result = await host.Host.Reloader.ReloadAsync("test");
        Assert.True(result.IsDone, string.Join('\n', result.Problems));
    }

    private static async Task EditAsync(RunningHost host, params (string From, string To)[] changes)
    {
        var text = await File.ReadAllTextAsync(host.Folder.File);
        foreach (var (from, to) in changes)
        {
            Assert.Contains(from, text, StringComparison.Ordinal);
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(host.Folder.File, text);
    }

    private static Task<string> MetricsAsync(RunningHost host) => host.Http.GetStringAsync(new Uri("metrics", UriKind.Relative));

    private static int FreePort()
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.Client.LocalEndPoint!).Port;
    }

    /// <summary>The audio of a call to the echo.</summary>
    private sealed class Audio : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 30_000 };
        private IPEndPoint _gateway = new(IPAddress.None, 0);
        private byte _sequence;

        public Audio() => _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

        public int Gateway => _gateway.Port;

        public void SendTo(string answer) => _gateway = new IPEndPoint(
            IPAddress.Parse(Regex.Match(answer, "c=IN IP4 ([0-9.]+)").Groups[1].Value), int.Parse(Regex.Match(answer, "m=audio ([0-9]+) ").Groups[1].Value, CultureInfo.InvariantCulture));

        /// <summary>A few packets, all of which come back.</summary>
        public void Echoes()
        {
            for (var packet = 0; packet < 3; packet++)
            {
                byte[] sent = [0x80, 8, 0, ++_sequence, 0, 0, _sequence, 0, 0, 0, 0, 1, .. new byte[160]];
                var received = new byte[200];
                _socket.SendTo(sent, _gateway);
                Assert.Equal(sent, received[.._socket.Receive(received)]);
            }
        }

        public void Dispose() => _socket.Dispose();
    }
}
