using System.Net;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.WebConsole;

/// <summary>The console's files over HTTP: without a token, and with what keeps a browser from being misled.</summary>
public sealed class ConsoleServerTests
{
    private const string Tokens = "token: all, read_token: look";

    private static string Header(HttpResponseMessage answer, string name) =>
        string.Join(", ", answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values) ? values : []);

    [Theory]
    [InlineData("", "text/html; charset=utf-8")]
    [InlineData("console/app.js", "text/javascript; charset=utf-8")]
    [InlineData("console/pages/call.js", "text/javascript; charset=utf-8")]
    [InlineData("console/style/base.css", "text/css; charset=utf-8")]
    [InlineData("console/icon.svg", "image/svg+xml; charset=utf-8")]
    public async Task A_file_is_served_without_a_token_and_with_a_strict_policy(string path, string type)
    {
        await using var host = await RunningHost.StartAsync(Tokens);
        using var answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(type, Header(answer, "Content-Type"));
        Assert.NotEmpty(await answer.Content.ReadAsStringAsync());

        var policy = Header(answer, "Content-Security-Policy");
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("require-trusted-types-for 'script'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal(("nosniff", "DENY", "no-referrer", "no-cache"), (Header(answer, "X-Content-Type-Options"), Header(answer, "X-Frame-Options"), Header(answer, "Referrer-Policy"), Header(answer, "Cache-Control")));
    }

    [Fact]
    public async Task What_a_browser_has_is_not_sent_again()
    {
        await using var host = await RunningHost.StartAsync();
        using var first = await host.Http.GetAsync(new Uri("console/app.js", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "\"other\""));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(host, first.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, await StatusAsync(host, $"\"other\", W/{first.Headers.ETag.Tag}"));
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningHost host, string tags)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "console/app.js");
        request.Headers.TryAddWithoutValidation("If-None-Match", tags);
        using var answer = await host.Http.SendAsync(request);
        Assert.Equal(answer.StatusCode == HttpStatusCode.OK, (await answer.Content.ReadAsByteArrayAsync()).Length > 0);
        Assert.NotNull(answer.Headers.ETag);
        return answer.StatusCode;
    }

    [Theory]
    [InlineData("GET", "console/nothing.js", 404)]
    [InlineData("GET", "console/", 404)]
    [InlineData("GET", "console/../sipalg.yaml", 404)]
    [InlineData("POST", "", 405)]
    [InlineData("HEAD", "", 200)]
    public async Task Nothing_else_is_there(string method, string path, int status)
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await host.Http.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_name_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "");
        request.Headers.Host = "rebound.example";
        using var answer = await host.Http.SendAsync(request);
        Assert.Equal(421, (int)answer.StatusCode);
    }
}
