using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Reflection;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Nat;
using Xunit.Sdk;

namespace SipAlg.Interop.Tests.Harness;

/// <summary>The built program, running on a configuration of its own.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    /// <summary>What a gateway that was asked to stop may take (calls get BYE meanwhile).</summary>
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly ChildProcess _process;
    private readonly ScenarioFolder _folder;
    private readonly IPEndPoint _admin;
    private readonly bool _ownsFolder;
    private string[] _descriptorsAtStart = [];

    private GatewayProcess(ScenarioFolder folder, ChildProcess process, IPEndPoint admin, NetworkNamespace? inside = null, bool ownsFolder = true)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
        _process = process;
        _admin = admin;
        _http = new HttpClient(new SocketsHttpHandler { ConnectCallback = async (_, stop) => new NetworkStream(await ConnectAsync(admin, inside, stop), ownsSocket: true) })
        {
            BaseAddress = new Uri($"http://{admin}"),
        };
        // A connection that is kept open would be a descriptor of the gateway's.
        _http.DefaultRequestHeaders.ConnectionClose = true;
    }

    public static string Program => Path.Combine(
        typeof(GatewayProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "GatewayFolder").Value!, "sipalg");

    /// <summary>
    /// What the process holds open, but for what it opens once, whenever it first needs it: assemblies and symbols, and the file of bans.
    /// </summary>
    private string[] Descriptors() =>
    [
        .. Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget)
            .OfType<string>().Where(target => Path.GetExtension(target) is not (".dll" or ".pdb") && Path.GetFileName(target) is not ("protection.db" or "protection.db-wal")),
    ];

    /// <summary>Where its admin server is.</summary>
    public IPEndPoint Admin => _admin;

    /// <summary>The page of its console.</summary>
    public Uri Console => _http.BaseAddress!;

    public bool HasExited => _process.HasExited;

    /// <summary>What it has said so far.</summary>
    public string Output => _process.Output;

    public string Log => $"gateway:\n{_process.Output}";

    /// <param name="configuration">The YAML, without <c>admin</c> and <c>dialplan</c>.</param>
    /// <param name="dialplan">The YAML of the dialplan.</param>
    /// <param name="probe">Sends the OPTIONS that tell when the gateway is ready.</param>
    /// <param name="inside">The network namespace that it runs in; null for the test's own.</param>
    /// <param name="token">Of its admin API; null: it is open.</param>
    /// <param name="admin">Further keys of <c>admin</c>, each after a comma.</param>
    public static async Task<GatewayProcess> StartAsync(string configuration, string dialplan, SipProbe probe, NetworkNamespace? inside = null, string? token = null, string admin = "")
    {
        var folder = ScenarioFolder.Create("gateway");
        var at = Ports.Free("127.0.0.1");
        folder.Write("dialplan.yaml", dialplan);
        var file = folder.Write("sipalg.yaml", $"admin: {{ listen: {at}{(token is null ? "" : $", token: {token}")}{admin} }}\ndialplan: dialplan.yaml\n{configuration}");
        var (program, arguments) = inside?.Command(Program, "run", "--config", file) ?? (Program, ["run", "--config", file]);
        var gateway = new GatewayProcess(folder, ChildProcess.Start(program, arguments, folder), at, inside);
        gateway._http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await ServingAsync(gateway, probe);
    }

    /// <summary>Starts it without a configuration, in this folder; on its fixed ports, for which it waits.</summary>
    public static async Task<GatewayProcess> StartDefaultAsync(ScenarioFolder folder)
    {
        var (sip, admin) = (new IPEndPoint(IPAddress.Loopback, 5060), new IPEndPoint(IPAddress.Loopback, 8080));
        foreach (var port in new[] { sip.Port, admin.Port })
        {
            await Eventually.TrueAsync(() => !Ports.IsTaken(port), text: $"port {port} free");
        }

        return await ServingAsync(new GatewayProcess(folder, ChildProcess.Start(Program, ["run"], folder), admin, ownsFolder: false), new SipProbe(sip.Address, sip));
    }

    /// <summary>The same in a network namespace, where the fixed ports are its own.</summary>
    public static Task<GatewayProcess> StartDefaultAsync(ScenarioFolder folder, NetworkNamespace inside)
    {
        var sip = new IPEndPoint(IPAddress.Loopback, 5060);
        var (program, arguments) = inside.Command(Program, "run");
        return ServingAsync(new GatewayProcess(folder, ChildProcess.Start(program, arguments, folder), new IPEndPoint(IPAddress.Loopback, 8080), inside, ownsFolder: false), new SipProbe(sip.Address, sip, inside));
    }

    private static async Task<GatewayProcess> ServingAsync(GatewayProcess gateway, SipProbe probe)
    {
        try
        {
            await gateway.ServesAsync(probe);
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }

        return gateway;
    }

    private async Task ServesAsync(SipProbe probe)
    {
        await Eventually.TrueAsync(async () =>
        {
            Assert.False(HasExited, Log);
            return probe.IsAnswered() && await IsReadyAsync();
        });
        await MetricsAsync();
        _descriptorsAtStart = Descriptors();
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint admin, NetworkNamespace? inside, CancellationToken stop)
    {
        var socket = inside?.Socket(SocketType.Stream, ProtocolType.Tcp) ?? new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(admin, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("/readyz", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<Metrics> MetricsAsync() => Metrics.Parse(await GetAsync("/metrics"));

    public Task<string> GetAsync(string path) => _http.GetStringAsync(new Uri(path, UriKind.Relative));

    public Task<byte[]> DownloadAsync(string path) => _http.GetByteArrayAsync(new Uri(path, UriKind.Relative));

    public async Task DeleteAsync(string path)
    {
        using var answer = await _http.DeleteAsync(new Uri(path, UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Does something with phones that are ended without a word, and forgets them.</summary>
    public async Task ForgettingPhonesAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        finally
        {
            var registered = await GetAsync("/api/v1/registrations?limit=1000");
            foreach (var aor in Aor().Matches(registered).Select(match => match.Groups[1].Value).Distinct())
            {
                await DeleteAsync($"/api/v1/registrations/{aor}");
            }
        }
    }

    [GeneratedRegex("\"aor\":\"([^\"]+)\"")]
    private static partial Regex Aor();

    /// <summary>Nothing is left of what went through: waits as long as the last transaction may (64·T1, then T4), and a margin.</summary>
    public async Task IsBackAtZeroAsync(TimeSpan t1)
    {
        var deadline = (t1 * 74) + TimeSpan.FromSeconds(10);
        string[] gauges =
        [
            "sipalg_calls_active", "sipalg_subscriptions_active", "sipalg_media_ports_in_use", "sipalg_sip_dialogs_active", "sipalg_sip_transactions_active", "sipalg_kept_messages", "sipalg_timers_active",
        ];
        foreach (var gauge in gauges)
        {
            await Eventually.TrueAsync(async () => (await MetricsAsync()).Sum(gauge) == 0, deadline, $"{gauge} 0");
        }

        try
        {
            await Eventually.TrueAsync(() => Descriptors().Length <= _descriptorsAtStart.Length, deadline);
        }
        catch (TrueException)
        {
            Assert.Fail($"{_descriptorsAtStart.Length} descriptors at the start, now:\n{string.Join('\n', Descriptors().Order())}\nat the start:\n{string.Join('\n', _descriptorsAtStart.Order())}");
        }
    }

    /// <summary>SIGTERM, and gone in time with a clean exit code.</summary>
    public async Task StopAsync()
    {
        _process.AskToEnd();
        Assert.Equal(0, await _process.ExitAsync(StopDeadline));
    }

    /// <summary>Kills it, unless it has ended. Its folder goes too: what it said is kept by the scenario that fails.</summary>
    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
        if (_ownsFolder && Directory.Exists(_folder.Path))
        {
            _folder.Delete();
        }
    }
}
