using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Harness;

namespace SipAlg.Interop.Tests.Browser;

/// <summary>A page of the browser, as somebody uses it: by mouse and keys, and by looking.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private readonly DevTools _tools;
    private readonly string _session;
    private readonly string _context;
    private readonly Uri _origin;
    private readonly ConcurrentQueue<string> _faults = new();

    private BrowserPage(DevTools tools, string session, string context, Uri origin)
    {
        _tools = tools;
        _session = session;
        _context = context;
        _origin = origin;
        tools.Told += Take;
    }

    public static async Task<BrowserPage> AttachAsync(DevTools tools, string session, string context, Uri origin)
    {
        var page = new BrowserPage(tools, session, context, origin);
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
        {
            await page.SendAsync($"{domain}.enable");
        }

        await page.SizeAsync(1280, 860);
        await page.GoAsync("");
        return page;
    }

    public Task<JsonNode> SendAsync(string method, JsonObject? parameters = null) => _tools.SendAsync(method, parameters, _session);

    /// <summary>Errors that the console of the browser has, and requests that went elsewhere.</summary>
    public void NothingWrong() => Assert.True(_faults.IsEmpty, string.Join('\n', _faults));

    /// <summary>What is wrong on purpose is none.</summary>
    public void Forgive(string part)
    {
        var rest = _faults.Where(fault => !fault.Contains(part, StringComparison.Ordinal)).ToArray();
        _faults.Clear();
        Array.ForEach(rest, _faults.Enqueue);
    }

    private void Take(string? session, string name, JsonNode told)
    {
        if (session != _session)
        {
            return;
        }

        var fault = name switch
        {
            "Runtime.exceptionThrown" => told["exceptionDetails"]!.ToJsonString(),
            "Runtime.consoleAPICalled" when (string)told["type"]! is "error" or "assert" => told["args"]!.ToJsonString(),
            "Log.entryAdded" when (string)told["entry"]!["level"]! == "error" => told["entry"]!.ToJsonString(),
            "Network.requestWillBeSent" when !IsOurs((string)told["request"]!["url"]!) => $"asked for {told["request"]!["url"]}",
            _ => null,
        };
        if (fault is not null)
        {
            _faults.Enqueue(fault);
        }
    }

    private bool IsOurs(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme is "about" or "data" || uri.Authority == _origin.Authority);

    /// <param name="place">Behind <c>/</c>, as <c>#/calls</c>.</param>
    public async Task GoAsync(string place) => await SendAsync("Page.navigate", new JsonObject { ["url"] = new Uri(_origin, place).ToString() });

    public Task ReloadAsync() => SendAsync("Page.reload");

    /// <summary>The value of an expression, or of the promise that it is.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["awaitPromise"] = true, ["returnByValue"] = true });
        Assert.True(answer["exceptionDetails"] is null, $"{expression}: {answer["exceptionDetails"]?.ToJsonString()}");
        return answer["result"]!["value"];
    }

    /// <summary>What a selector finds shows this text, now or soon.</summary>
    public Task ShowsAsync(string selector, string text) =>
        HoldsAsync($"[...document.querySelectorAll({Quote(selector)})].some(found => found.checkVisibility() && found.textContent.includes({Quote(text)}))");

    public Task ShowsAsync(string selector) => HoldsAsync($"[...document.querySelectorAll({Quote(selector)})].some(found => found.checkVisibility())");

    public Task ShowsNotAsync(string selector, string text) =>
        HoldsAsync($"![...document.querySelectorAll({Quote(selector)})].some(found => found.checkVisibility() && found.textContent.includes({Quote(text)}))");

    /// <summary>Waits until an expression is true.</summary>
    public async Task HoldsAsync(string expression)
    {
        try
        {
            await Eventually.TrueAsync(() => IsSoAsync(expression), text: expression);
        }
        catch (Xunit.Sdk.TrueException late)
        {
            Assert.Fail($"{late.Message}\n{string.Join('\n', _faults)}\n{await EvaluateAsync("document.body.innerText")}");
        }
    }

    /// <summary>Of a page that is being left, as it is when it loads itself anew, nothing is so.</summary>
    private async Task<bool> IsSoAsync(string expression)
    {
        try
        {
            return (bool?)await EvaluateAsync($"Boolean({expression})") == true;
        }
        catch (InvalidOperationException left) when (left.Message.Contains("navigated", StringComparison.Ordinal))
        {
            return false;
        }
    }

    public async Task<string[]> TextsAsync(string selector) =>
        [.. (await EvaluateAsync($"[...document.querySelectorAll({Quote(selector)})].map(found => found.textContent)"))!.AsArray().Select(text => (string)text!)];

    /// <summary>By the mouse, in the middle of the first that is found, once it is there.</summary>
    public async Task ClickAsync(string selector, string text = "")
    {
        JsonNode? place = null;
        // A page that is just drawn anew has it and has it not: what was found may be gone when it is asked where it is.
        await ShowsAsync(selector, text);
        await Eventually.TrueAsync(async () => (place = await PlaceAsync(selector, text)) is not null, text: $"{selector} '{text}' is somewhere");
        foreach (var type in new[] { "mousePressed", "mouseReleased" })
        {
            await SendAsync("Input.dispatchMouseEvent", new JsonObject { ["type"] = type, ["x"] = (double)place!["x"]!, ["y"] = (double)place["y"]!, ["button"] = "left", ["clickCount"] = 1 });
        }
    }

    /// <summary>The middle of the first that is found, scrolled to; null: there is none.</summary>
    private Task<JsonNode?> PlaceAsync(string selector, string text) => EvaluateAsync(
        $$"""
        (() => {
          const found = [...document.querySelectorAll({{Quote(selector)}})].find(found => found.checkVisibility() && found.textContent.includes({{Quote(text)}}));
          if (!found || document.querySelector("main[aria-busy=true]")) return null;
          found.scrollIntoView({ block: "center" });
          const { x, y, width, height } = found.getBoundingClientRect();
          return { x: x + width / 2, y: y + height / 2 };
        })()
        """);

    /// <summary>Into whatever has the focus.</summary>
    public Task TypeAsync(string text) => SendAsync("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>Presses keys one after the other: a letter, or a name as <c>ArrowDown</c>.</summary>
    public async Task PressAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            var text = key.Length == 1 ? key : key == "Enter" ? "\r" : "";
            var down = new JsonObject { ["type"] = "keyDown", ["key"] = key, ["text"] = text };
            if (key is "Enter" or "Escape")
            {
                // What the browser itself does with a key goes by its code.
                down["windowsVirtualKeyCode"] = key == "Enter" ? 13 : 27;
            }

            await SendAsync("Input.dispatchKeyEvent", down);
            await SendAsync("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key });
        }
    }

    /// <summary>The size of the window, in CSS pixels.</summary>
    public Task SizeAsync(int width, int height) =>
        SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = false });

    /// <param name="name">light or dark: what the system would have.</param>
    public Task SchemeAsync(string name) =>
        SendAsync("Emulation.setEmulatedMedia", new JsonObject { ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = name }) });

    public async Task<byte[]> PictureAsync() => Convert.FromBase64String((string)(await SendAsync("Page.captureScreenshot", new JsonObject { ["format"] = "png" }))["data"]!);

    public static string Quote(string text) => JsonSerializer.Serialize(text);

    public async ValueTask DisposeAsync()
    {
        _tools.Told -= Take;
        await _tools.SendAsync("Target.disposeBrowserContext", new JsonObject { ["browserContextId"] = _context });
    }
}
