using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using SipAlg.Protocol.Addresses;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary>
/// Asks a running gateway through its admin API. Where that is and the token come from the environment, <c>SIPALG_ADMIN_URL</c> and
/// <c>SIPALG_ADMIN_TOKEN</c>; what is not set there, from the configuration file.
/// </summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _http;

    private AdminClient(Uri address, string? token)
    {
        _http = new HttpClient(_handler) { BaseAddress = address, Timeout = Patience };
        _http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
    }

    /// <summary>Runs a command that asks the gateway; what goes wrong is said in a line.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="config">Its <c>--config</c>.</param>
    /// <param name="ask">The command; returns the exit code.</param>
    public static async Task<int> RunAsync(ParseResult result, Option<string?> config, Func<AdminClient, Task<int>> ask)
    {
        var errors = new Terminal(result.InvocationConfiguration.Error);
        var (url, token) = (Environment.GetEnvironmentVariable("SIPALG_ADMIN_URL"), Environment.GetEnvironmentVariable("SIPALG_ADMIN_TOKEN"));
        if (string.IsNullOrEmpty(url))
        {
            var loaded = ConfigurationFile.Load(ConfigurationFile.Choose(result.GetValue(config)));
            if (loaded.Configuration is not { } configuration)
            {
                errors.Problems(loaded.Problems);
                return ExitCode.BadConfiguration;
            }

            url = $"http://{Reachable(configuration.Host.Admin.Listen)}";
            token = string.IsNullOrEmpty(token) ? configuration.Host.Admin.Token ?? configuration.Host.Admin.ReadToken : token;
        }

        try
        {
            using var client = new AdminClient(new Uri(url), token);
            return await ask(client).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException or UriFormatException)
        {
            errors.Line($"no gateway answers at {url}: {fault.Message}", Color.Red);
            return ExitCode.Fault;
        }
    }

    /// <summary>The body of a success, or the gateway's sentence of why not.</summary>
    public async Task<(JsonNode? Body, string Fault)> AskAsync(HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using var answer = await _http.SendAsync(request).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        var isJson = answer.Content.Headers.ContentType?.MediaType == "application/json";
        var body = isJson ? JsonNode.Parse(text) : null;
        return answer.IsSuccessStatusCode ? (body, "") : (null, body?["message"]?.GetValue<string>() ?? $"the gateway answered {(int)answer.StatusCode}");
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>A listener on every address is asked on loopback.</summary>
    public static IpEndpoint Reachable(IpEndpoint listen) => !listen.Address.IsUnspecified
        ? listen
        : new IpEndpoint(listen.Address.IsV4 ? IpAddress.LoopbackV4 : IpAddress.Parse("::1"), listen.Port);
}
