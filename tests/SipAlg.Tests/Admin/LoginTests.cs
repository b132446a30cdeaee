using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using SipAlg.Admin.Access;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>A browser's way in: a token is exchanged for a cookie, and the cookie is worth what the token is.</summary>
public sealed class LoginTests
{
    private const string Tokens = "token: secret, read_token: look";

    [Fact]
    public async Task The_cookie_of_a_login_may_what_its_token_may()
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var stranger = new Browser(host);
        Assert.Equal((false, false, null), await stranger.SessionAsync());
        Assert.Equal(401, (await stranger.SendAsync(HttpMethod.Get, "api/v1/calls")).Status);

        using var viewer = new Browser(host);
        Assert.Equal(200, (await viewer.LoginAsync("look")).Status);
        Assert.Equal((true, false, "session"), await viewer.SessionAsync());
        Assert.Equal(200, (await viewer.SendAsync(HttpMethod.Get, "api/v1/calls")).Status);
        Assert.Equal(403, (await viewer.SendAsync(HttpMethod.Post, "api/v1/drain")).Status);

        using var operators = new Browser(host);
        Assert.Equal(200, (await operators.LoginAsync("secret")).Status);
        Assert.Equal((true, true, "session"), await operators.SessionAsync());
        Assert.Equal(200, (await operators.SendAsync(HttpMethod.Post, "api/v1/drain")).Status);
        Assert.True(host.Gateway.IsDraining);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("https", true)]
    public async Task Scripts_and_other_sites_do_not_get_the_cookie(string? forwarded, bool isSecure)
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/login") { Content = JsonContent.Create(new { token = "secret" }) };
        request.Headers.Add("X-Forwarded-Proto", forwarded);

        using var answer = await host.Http.SendAsync(request);

        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; path=/", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("secret", cookie, StringComparison.Ordinal);
    }

    /// <summary>The cookie goes along with whatever makes the browser ask; the origin tells who did.</summary>
    [Theory]
    [InlineData(null, 403, "origin_missing")]
    [InlineData("http://evil.example", 421, "host_refused")]
    [InlineData("null", 421, "host_refused")]
    public async Task A_change_by_cookie_wants_the_pages_own_origin(string? origin, int status, string error)
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var browser = new Browser(host);
        await browser.LoginAsync("secret");

        var answer = await browser.SendAsync(HttpMethod.Post, "api/v1/drain", origin: origin);

        Assert.Equal((status, error), (answer.Status, (string?)answer.Body!["error"]));
        Assert.False(host.Gateway.IsDraining);
    }

    [Fact]
    public async Task Logging_out_ends_the_session_and_not_only_the_cookie()
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var browser = new Browser(host);
        await browser.LoginAsync("secret");
        var cookie = browser.Cookie;

        Assert.Equal(204, (await browser.SendAsync(HttpMethod.Post, "api/v1/logout")).Status);

        Assert.Null(browser.Cookie);
        browser.Cookie = cookie;
        Assert.Equal(401, (await browser.SendAsync(HttpMethod.Get, "api/v1/calls")).Status);
    }

    /// <summary>As every refusal, and without a stack trace in the log: a stranger may send it as often as he likes.</summary>
    [Theory]
    [InlineData("api/v1/login", null)]
    [InlineData("api/v1/route", "secret")]
    [InlineData("api/v1/drain", "secret")]
    public async Task A_body_that_is_too_large_is_told(string path, string? token)
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(new string(' ', 70_000), Encoding.UTF8, "application/json") };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        using var answer = await host.Http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();

        Assert.Equal((413, "body_too_large"), ((int)answer.StatusCode, body.Length == 0 ? null : (string?)JsonNode.Parse(body)!["error"]));
        Assert.Equal(path == "api/v1/drain" ? 1 : 0, (await host.GetAsync("api/v1/audit?path=drain", "secret")).Body!["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task Without_tokens_everybody_is_in()
    {
        await using var host = await RunningHost.StartAsync();
        using var browser = new Browser(host);

        var (status, body) = await browser.LoginAsync("whatever");

        Assert.Equal((200, true, true, "anybody"), (status, (bool)body!["may_change"]!, (bool)body["is_open"]!, (string?)body["by"]));
        Assert.Null(browser.Cookie);
    }

    [Theory]
    [InlineData("{}", "application/json", 400)]
    [InlineData("{\"token\":null}", "application/json", 400)]
    [InlineData("null", "application/json", 400)]
    [InlineData("[", "application/json", 400)]
    [InlineData("", "application/json", 400)]
    [InlineData("token=secret", "application/x-www-form-urlencoded", 415)]
    [InlineData("{\"token\":\"\"}", "application/json", 401)]
    public async Task What_is_no_login_is_told(string body, string type, int status)
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var content = new StringContent(body, Encoding.UTF8, type);

        using var answer = await host.Http.PostAsync(new Uri("api/v1/login", UriKind.Relative), content);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotNull(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]);
    }

    /// <summary>More than may be held come at once: some are refused unseen, and the right one is let in when they have been told.</summary>
    [Fact]
    public async Task Guessing_is_slowed_and_does_not_lock_out_for_good()
    {
        await using var host = await RunningHost.StartAsync(admin: Tokens);
        using var browser = new Browser(host);
        for (var guess = 0; guess < GuessBrake.Free; guess++)
        {
            Assert.Equal(401, (await browser.LoginAsync("guess")).Status);
        }

        var rush = Enumerable.Range(0, 4 * GuessBrake.MostHeld).Select(_ => host.GetAsync("api/v1/calls", "guess")).ToArray();
        var answers = await Task.WhenAll(rush);

        Assert.Contains(answers, answer => answer.Status == 401);
        Assert.Contains(answers, answer => answer.Status == 429);
        await Eventually.True(async () => (await browser.LoginAsync("secret")).Status == 200, "the right token is let in");
    }

    private sealed class Browser : IDisposable
    {
        private readonly CookieContainer _cookies = new();
        private readonly HttpClient _http;
        private readonly Uri _address;

        public Browser(RunningHost host)
        {
            _address = host.Http.BaseAddress!;
            _http = new HttpClient(new HttpClientHandler { CookieContainer = _cookies }) { BaseAddress = _address };
        }

        public string? Cookie
        {
            get => _cookies.GetCookies(_address)[AdminSessions.Cookie]?.Value;
            set => _cookies.Add(_address, new Cookie(AdminSessions.Cookie, value));
        }

        public async Task<(int Status, JsonNode? Body)> LoginAsync(string token) => await SendAsync(HttpMethod.Post, "api/v1/login", JsonContent.Create(new { token }));

        public async Task<(bool, bool, string?)> SessionAsync()
        {
            var body = (await SendAsync(HttpMethod.Get, "api/v1/session")).Body!;
            return ((bool)body["logged_in"]!, (bool)body["may_change"]!, (string?)body["by"]);
        }

        public async Task<(int Status, JsonNode? Body)> SendAsync(HttpMethod method, string path, HttpContent? content = null, string? origin = "")
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin.Length == 0 ? _address.GetLeftPart(UriPartial.Authority) : origin);
            }

            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }

        public void Dispose() => _http.Dispose();
    }
}
