using System.CommandLine;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace SipAlg.Commands;

/// <summary>Asks a running gateway through its admin API, wherever <see cref="AdminAddress"/> finds that.</summary>
internal sealed class AdminClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _http;

    private AdminClient(AdminAddress admin)
    {
        _http = new HttpClient(_handler) { BaseAddress = new Uri($"http://{admin.Listen}"), Timeout = Patience };
        _http.DefaultRequestHeaders.Authorization = admin.Token is null ? null : new AuthenticationHeaderValue("Bearer", admin.Token);
    }

    /// <summary>Runs a command that asks the gateway; what goes wrong is said in a line.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="config">Its <c>--config</c>.</param>
    /// <param name="ask">The command; returns the exit code.</param>
    public static async Task<int> RunAsync(ParseResult result, Option<string?> config, Func<AdminClient, Task<int>> ask)
    {
        var errors = new Terminal(result.InvocationConfiguration.Error);
        if (AdminAddress.Find(ConfigurationFile.Choose(result.GetValue(config)), out var fault) is not { } admin)
        {
            errors.Line(fault, Color.Red);
            return ExitCode.Fault;
        }

        try
        {
            using var client = new AdminClient(admin);
            return await ask(client).ConfigureAwait(false);
        }
        catch (Exception silence) when (silence is HttpRequestException or TaskCanceledException)
        {
            errors.Line($"no gateway answers at http://{admin.Listen}: {silence.Message}", Color.Red);
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
}
