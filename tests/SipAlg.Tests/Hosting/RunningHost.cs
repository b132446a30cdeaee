using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Logging;

namespace SipAlg.Tests.Hosting;

/// <summary>A gateway in this process, with its admin server, on loopback.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly GatewayFolder _folder;
    private readonly ProgramLog _log;

    private RunningHost(GatewayFolder folder, ProgramLog log, GatewayHost host)
    {
        (_folder, _log, Host) = (folder, log, host);
        Http = new HttpClient { BaseAddress = new Uri($"http://{host.Admin.Address}/") };
    }

    public GatewayHost Host { get; }
    public Gateway Gateway => Host.Gateway;
    public HttpClient Http { get; }
    public GatewayFolder Folder => _folder;
    public string CdrFile => _folder.CdrFile;
    public string State => _folder.State;

    public static async Task<RunningHost> StartAsync(string admin = "", string more = "", int far = 9, string trunk = "", string realm = "", IReadOnlyDictionary<string, string>? files = null, string t1 = "50ms")
    {
        var folder = new GatewayFolder(admin, more, far, trunk: trunk, realm: realm, files: files, t1: t1);
        var log = new ProgramLog(LogLevel.Critical, LogFormat.Text);
        return new RunningHost(folder, log, await GatewayHost.StartAsync(folder.Load(), log, TimeProvider.System));
    }

    public SipPhone Phone() => new(Gateway.Network.Bound(0).Port);

    /// <summary>Sends a request; the answer's status and its JSON body.</summary>
    public async Task<(int Status, JsonNode? Body)> AskAsync(HttpMethod method, string path, string? token = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public Task<(int Status, JsonNode? Body)> GetAsync(string path, string? token = null) => AskAsync(HttpMethod.Get, path, token);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        _log.Dispose();
        _folder.Dispose();
    }
}
