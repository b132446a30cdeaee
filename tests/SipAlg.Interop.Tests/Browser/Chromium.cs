using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Browser;

/// <summary>Debian's Chromium without a window, driven by its own protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly DevTools _tools;

    private Chromium(ChildProcess process, DevTools tools)
    {
        _process = process;
        _tools = tools;
    }

    public static async Task<Chromium> StartAsync(ScenarioFolder folder)
    {
        var profile = folder["profile"];
        var process = ChildProcess.Start(
            "chromium",
            [
                // As root, in CI, there is no sandbox to be had; it opens pages of the gateway alone.
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
                "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-default-apps", "--force-color-profile=srgb",
                "--remote-debugging-port=0", $"--user-data-dir={profile}", "about:blank",
            ],
            folder);
        var port = Path.Combine(profile, "DevToolsActivePort");
        string[] said = [];
        await Eventually.TrueAsync(() =>
        {
            Assert.False(process.HasExited, process.Output);
            said = File.Exists(port) ? File.ReadAllLines(port) : [];
            return said.Length == 2;
        });
        return new Chromium(process, await DevTools.ConnectAsync(new Uri($"ws://127.0.0.1:{said[0]}{said[1]}")));
    }

    /// <summary>A page that shares no cookie and no storage with others.</summary>
    public async Task<BrowserPage> OpenAsync(Uri address, string? downloads = null)
    {
        var context = (string)(await _tools.SendAsync("Target.createBrowserContext", new JsonObject { ["disposeOnDetach"] = true }))["browserContextId"]!;
        if (downloads is not null)
        {
            await _tools.SendAsync("Browser.setDownloadBehavior", new JsonObject { ["behavior"] = "allow", ["browserContextId"] = context, ["downloadPath"] = downloads });
        }

        var target = (string)(await _tools.SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank", ["browserContextId"] = context }))["targetId"]!;
        var session = (string)(await _tools.SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target, ["flatten"] = true }))["sessionId"]!;
        return await BrowserPage.AttachAsync(_tools, session, context, address);
    }

    public async ValueTask DisposeAsync()
    {
        await _tools.DisposeAsync();
        await _process.DisposeAsync();
    }
}
