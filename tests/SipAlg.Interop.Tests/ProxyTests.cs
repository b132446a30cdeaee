using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Testing.Tls;

namespace SipAlg.Interop.Tests;

/// <summary>The admin server behind nginx, as docs/console.md says to set it up.</summary>
public sealed partial class ProxyTests
{
    private const string Name = "gateway.example.com";
    private const string Elsewhere = "elsewhere.example.com";
    private const string Token = "a-token-of-this-test";

    [Fact]
    public Task The_console_is_reached_by_the_name_of_a_proxy() => ScenarioFolder.RunAsync(() => "", async folder =>
    {
        using var authority = new TestAuthority();
        var (chain, key) = authority.Write(folder.Path, "gateway", Name, [Name, Elsewhere]);
        var sip = Ports.Free("127.0.0.1");
        await using var gateway = await GatewayProcess.StartAsync(
            $"realms: {{ a: {{ listen: 'udp://{sip}', media: {{ bind: 127.0.0.1, ports: 30000-30099 }} }} }}\n", "routes: []", new SipProbe(sip.Address, sip), token: Token, admin: $", hosts: {Name}");
        var proxy = Ports.Free("127.0.0.1");
        folder.Write("nginx.conf", $"pid {folder["nginx.pid"]};\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{Documented().Replace("listen 443", $"listen {proxy}", StringComparison.Ordinal)
            .Replace("/etc/ssl/gateway.pem", chain, StringComparison.Ordinal).Replace("/etc/ssl/gateway.key", key, StringComparison.Ordinal).Replace("127.0.0.1:8080", gateway.Admin.ToString(), StringComparison.Ordinal)}\n}}");
        await using var nginx = ChildProcess.Start("nginx", ["-p", folder.Path, "-c", folder["nginx.conf"], "-g", "daemon off;"], folder);
        await Eventually.TrueAsync(() => Ports.IsServed(proxy, isStream: true), text: $"nginx serves: {nginx.Output}");
        using var browser = Browser(proxy, authority);

        // The page, the log-in, which browsers send with an Origin, and a change by its cookie.
        Assert.Contains("<html", await browser.GetStringAsync(new Uri("/", UriKind.Relative)), StringComparison.Ordinal);
        using var loggedIn = await browser.PostAsJsonAsync("/api/v1/login", new { token = Token });
        Assert.Equal(HttpStatusCode.OK, loggedIn.StatusCode);
        Assert.Contains("; secure", Assert.Single(loggedIn.Headers.GetValues("Set-Cookie")), StringComparison.OrdinalIgnoreCase);
        using var reloaded = await browser.PostAsync(new Uri("/api/v1/reload", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, reloaded.StatusCode);
        Assert.Contains("\"may_change\":true", await browser.GetStringAsync(new Uri("/api/v1/session", UriKind.Relative)), StringComparison.Ordinal);

        // What happens is told at once, not when a buffer is full.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events");
        using var events = await browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        await using var told = await events.Content.ReadAsStreamAsync(patience.Token);
        Assert.NotEqual(0, await told.ReadAsync(new byte[4096], patience.Token));

        // Another name for the same address is a page elsewhere.
        browser.DefaultRequestHeaders.Host = Elsewhere;
        using var refused = await browser.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(421, (int)refused.StatusCode);
    });

    /// <summary>As a browser does it: by name, with a cookie, its Origin with each change.</summary>
    private static HttpClient Browser(IPEndPoint proxy, TestAuthority authority)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(proxy, stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        handler.SslOptions.CertificateChainPolicy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.AddRange(authority.Anchors);
        var browser = new HttpClient(handler) { BaseAddress = new Uri($"https://{Name}:{proxy.Port.ToString(CultureInfo.InvariantCulture)}") };
        browser.DefaultRequestHeaders.Add("Origin", browser.BaseAddress.GetLeftPart(UriPartial.Authority));
        return browser;
    }

    private static string Documented() => Block().Match(File.ReadAllText(Repository.File("docs", "console.md"))).Groups["text"].Value;

    [GeneratedRegex("```nginx\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
