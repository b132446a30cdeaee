using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SipAlg.Testing.Network;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Faults;

/// <summary>What breaks around a gateway that runs: its network address, its descriptors, whoever reads its log. As root, as CI is.</summary>
public sealed class HostFaultTests : IDisposable
{
    private const string Gateway = "10.77.0.1";
    private readonly NetworkRoom _room = new();

    public void Dispose() => _room.Dispose();

    private GatewayProcess Start(GatewayFolder folder) => _room.Do(() => new GatewayProcess("run", "--config", folder.File));

    private SipPhone Phone(int port) => _room.Do(() => new SipPhone(port));

    private static async Task CallsAsync(SipPhone phone)
    {
        Assert.StartsWith("SIP/2.0 200 ", await phone.CallAsync("600"), StringComparison.Ordinal);
        await phone.HangUpAsync();
    }

    private async Task<string> MetricsAsync(GatewayProcess program)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var socket = _room.Do(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
                await socket.ConnectAsync(IPAddress.Loopback, program.Port("http://127.0.0.1:"), stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return await http.GetStringAsync(new Uri("http://127.0.0.1/metrics"));
    }

    private static long Value(string metrics, string series) =>
        metrics.Split('\n').Where(line => line.StartsWith(series, StringComparison.Ordinal)).Sum(line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    /// <summary>DHCP, a failover or a hand takes the address away and gives it back: the listener on it is open all the time, and serves again at once.</summary>
    [Fact]
    public async Task An_address_that_goes_and_comes_back_is_served_again()
    {
        _room.Execute($"ip address add {Gateway}/32 dev lo");
        using var folder = new GatewayFolder(listen: $"udp://{Gateway}:0");
        using var program = Start(folder);
        await program.SaysAsync("Admin on http://");
        var port = program.Port($"udp://{Gateway}:");
        Assert.True(await AnswersAsync(port));

        _room.Execute($"ip address del {Gateway}/32 dev lo");
        Assert.False(await AnswersAsync(port));
        Assert.Contains("sipalg_build_info", await MetricsAsync(program), StringComparison.Ordinal);

        _room.Execute($"ip address add {Gateway}/32 dev lo");
        await Eventually.True(() => AnswersAsync(port), "it is served again");
        program.Signal(Signals.Term);
        Assert.Equal(0, await program.ExitAsync());
    }

    /// <summary>OPTIONS, from loopback: an answer within half a second, or an error of the network.</summary>
    private async Task<bool> AnswersAsync(int port)
    {
        using var socket = _room.Do(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var own = (IPEndPoint)socket.LocalEndPoint!;
        try
        {
            await socket.SendToAsync(
                Encoding.ASCII.GetBytes($"OPTIONS sip:{Gateway} SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own.Port};rport;branch=z9hG4bK{own.Port}\r\nMax-Forwards: 70\r\nFrom: <sip:a@127.0.0.1>;tag=1\r\n" +
                    $"To: <sip:{Gateway}>\r\nCall-ID: {own.Port}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"),
                new IPEndPoint(IPAddress.Parse(Gateway), port));
            using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            return await socket.ReceiveAsync(new byte[4096], SocketFlags.None, patience.Token) > 0;
        }
        catch (Exception fault) when (fault is SocketException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// The last quarter is not for calls and connections: what watches the gateway gets its answers, and the runtime, which would end the
    /// process, its threads.
    /// </summary>
    [Fact]
    public async Task Short_of_descriptors_calls_and_connections_are_refused_and_all_else_goes_on()
    {
        using var folder = new GatewayFolder();
        using var program = Start(folder);
        await program.SaysAsync("Admin on http://");
        var calls = new List<SipPhone>();
        try
        {
            await LimitAsync(program, (Directory.GetFiles($"/proc/{program.Id}/fd").Length + 60) * 4 / 3);
            Assert.StartsWith("SIP/2.0 503 ", await CallUntilRefusedAsync(program, calls, most: 60), StringComparison.Ordinal);
            Assert.InRange(calls.Count, 10, 59);
            await program.SaysAsync("the process has no descriptor left");
            Assert.True(await IsOneClosedAsync(program.Port("tcp://127.0.0.1:"), of: 10));

            // More than the runtime has threads for at once.
            var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => MetricsAsync(program)));
            Assert.All(answers, metrics => Assert.True(Value(metrics, "sipalg_media_ports_refused_total{realm=\"phones\",reason=\"no_descriptors\"}") > 0));
            Assert.NotEqual(0, Value(answers[0], "sipalg_sip_connections_refused_total{realm=\"phones\",reason=\"system\"}"));

            // What ends leaves its own to others, and a limit may be raised.
            await Task.WhenAll(calls.Take(10).Select(call => call.HangUpAsync()));
            await Eventually.True(() => IsServedAsync(program), "calls are served where others have ended");
            Assert.StartsWith("SIP/2.0 503 ", await CallUntilRefusedAsync(program, calls, most: 60), StringComparison.Ordinal);
            await LimitAsync(program, 4096);
            Assert.True(await IsServedAsync(program));
        }
        finally
        {
            calls.ForEach(call => call.Dispose());
        }
    }

    private static Task LimitAsync(GatewayProcess program, int descriptors) =>
        Mounts.RunAsync("prlimit", "--pid", program.Id.ToString(CultureInfo.InvariantCulture), $"--nofile={descriptors.ToString(CultureInfo.InvariantCulture)}:");

    /// <summary>Calls that stand, each of a phone of its own.</summary>
    /// <returns>The last answer.</returns>
    private async Task<string> CallUntilRefusedAsync(GatewayProcess program, List<SipPhone> calls, int most)
    {
        string answer;
        do
        {
            var phone = Phone(program.Port("udp://127.0.0.1:"));
            answer = await phone.CallAsync("600");
            if (answer.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal))
            {
                calls.Add(phone);
            }
            else
            {
                phone.Dispose();
            }
        }
        while (answer.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal) && calls.Count < most);

        return answer;
    }

    private async Task<bool> IsServedAsync(GatewayProcess program)
    {
        using var phone = Phone(program.Port("udp://127.0.0.1:"));
        if (!(await phone.CallAsync("600")).StartsWith("SIP/2.0 200 ", StringComparison.Ordinal))
        {
            return false;
        }

        await phone.HangUpAsync();
        return true;
    }

    /// <summary>A call needs two descriptors, and a thread that has ended leaves its own: a few connections may stand.</summary>
    private async Task<bool> IsOneClosedAsync(int port, int of)
    {
        var sockets = Enumerable.Range(0, of).Select(_ => _room.Do(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))).ToArray();
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            await Task.WhenAll(sockets.Select(socket => socket.ConnectAsync(IPAddress.Loopback, port, patience.Token).AsTask()));
            return await await Task.WhenAny(sockets.Select(socket => socket.ReceiveAsync(new byte[1], SocketFlags.None, patience.Token).AsTask())) == 0;
        }
        finally
        {
            Array.ForEach(sockets, socket => socket.Dispose());
        }
    }

    /// <summary>Nobody reads the log, and the pipe is full before the first line: calls go on, and so does the end.</summary>
    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_nothing()
    {
        using var folder = new GatewayFolder(adminListen: "127.0.0.1:8080", listen: "udp://127.0.0.1:5060");
        var pipe = Path.Combine(Path.GetDirectoryName(folder.File)!, "log");
        await Mounts.RunAsync("mkfifo", pipe);
        using var held = new FileStream(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        var capacity = Fcntl.PipeSize(held.SafeFileHandle);
        held.Write(new byte[capacity]);

        using var program = _room.Do(() => Process.Start(new ProcessStartInfo("sh", ["-c", $"exec {Path.Combine(AppContext.BaseDirectory, "sipalg")} run --config {folder.File} > {pipe}"]))!);
        try
        {
            using var phone = Phone(5060);
            await Eventually.True(() => Fcntl.IsBound(program.Id, 5060), "it listens");
            await CallsAsync(phone);
            using var other = Phone(5060);
            await CallsAsync(other);
            Assert.Equal(0, Signals.Kill(program.Id, Signals.Term));
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await program.WaitForExitAsync(deadline.Token);
            Assert.Equal(0, program.ExitCode);
            Assert.Equal(2, (await File.ReadAllLinesAsync(folder.CdrFile)).Length);
        }
        finally
        {
            if (!program.HasExited)
            {
                program.Kill();
            }
        }
    }
}
