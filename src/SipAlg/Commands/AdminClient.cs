using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace SipAlg.Commands;

/// <param name="Status">Of HTTP.</param>
/// <param name="Body">Null where there is none.</param>
internal sealed record AdminAnswer(int Status, JsonNode? Body)
{
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>Asks a running gateway through its admin API, wherever <see cref="AdminAddress"/> finds that.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };
    private readonly HttpClient _http;

    /// <param name="admin">Where.</param>
    /// <param name="patience">For each answer.</param>
    public AdminClient(AdminAddress admin, TimeSpan patience)
    {
        Url = $"http://{admin.Listen}";
        Patience = patience;
        _http = new HttpClient(_handler) { BaseAddress = new Uri($"{Url}/api/v1/"), Timeout = patience };
        _http.DefaultRequestHeaders.Authorization = admin.Token is null ? null : new AuthenticationHeaderValue("Bearer", admin.Token);
    }

    public string Url { get; }

    public TimeSpan Patience { get; }

    /// <param name="method">Of HTTP.</param>
    /// <param name="path">Below <c>/api/v1/</c>; elsewhere with a slash in front.</param>
    /// <param name="cancellation">It is no longer asked for.</param>
    /// <param name="body">Null: none.</param>
    /// <exception cref="HttpRequestException">Nobody is there.</exception>
    /// <exception cref="TaskCanceledException">No answer in time, or it is no longer asked for.</exception>
    public async Task<AdminAnswer> AskAsync(HttpMethod method, string path, CancellationToken cancellation, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var answer = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
        var text = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
        var isJson = answer.Content.Headers.ContentType?.MediaType == "application/json";
        return new AdminAnswer((int)answer.StatusCode, isJson ? JsonNode.Parse(text) : null);
    }

    /// <summary>A file, as it is.</summary>
    /// <exception cref="HttpRequestException">Nobody is there, or there is no such file.</exception>
    public Task<byte[]> ReadAsync(string path, CancellationToken cancellation) => _http.GetByteArrayAsync(new Uri(path, UriKind.Relative), cancellation);

    /// <summary>Why it came to nothing, and what to do about it.</summary>
    public string FaultOf(AdminAnswer answer) => (HttpStatusCode)answer.Status switch
    {
        HttpStatusCode.Unauthorized => $"the gateway at {Url} wants a token: set {AdminAddress.TokenVariable} to its admin.token (or read_token, to look), or name its configuration with --config",
        HttpStatusCode.Forbidden => $"the token may only look: set {AdminAddress.TokenVariable} to admin.token of the gateway at {Url}",
        HttpStatusCode.MisdirectedRequest => $"{Url} is not the address that admin.listen of the gateway says: set {AdminAddress.AddressVariable} to that",
        _ => answer.Body?["message"]?.GetValue<string>() ?? $"the gateway at {Url} answered {answer.Status}",
    };

    /// <summary>Why there was no answer, and what to do about it.</summary>
    public string FaultOf(Exception silence) => silence is TaskCanceledException
        ? $"no answer from {Url} within {Patience.TotalSeconds:0.#} s"
        : $"no gateway answers at {Url} ({silence.Message}): start it (sipalg run), or say where it is: --config FILE of that gateway, or {AdminAddress.AddressVariable}=HOST:PORT";

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }
}
