using System.Diagnostics;
using System.Globalization;
using SipAlg.Interop.Tests.Browser;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>
/// Many live calls with the console open: more than a page of them in a few seconds; <c>SIPALG_LONG=1</c> makes it 2,000 that come and go at
/// 50 a second, and says what the console costs.
/// </content>
public sealed partial class ConsoleTests
{
    private const double MostMilliseconds = 200;

    private static bool IsLong => Environment.GetEnvironmentVariable("SIPALG_LONG") == "1";

    [Fact]
    public Task Many_calls_are_shown_by_the_page_and_leave_it_quick() => InBrowser("#/calls", async (folder, page) =>
    {
        var (live, rate, calls, pause) = IsLong ? (2000, 50, 3500, 42_000) : (150, 100, 220, 4000);
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = calls, KeepsMessages = false });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = calls, Rate = rate, Pause = pause, KeepsMessages = false,
        });
        await Eventually.TrueAsync(async () => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_calls_active") >= live, TimeSpan.FromSeconds(90), $"{live} live calls");
        await page.HoldsAsync($"document.querySelectorAll({BrowserPage.Quote(Row)}).length === 100");
        await page.ShowsAsync(".paging button:not(:disabled)", "Next");
        await page.PressAsync("n");
        await page.ShowsAsync(".paging .told", "page 2");

        var answers = await AnswersAsync(IsLong ? 20 : 2);
        output.WriteLine($"API with {live} calls: {answers.Length} answers, median {answers[answers.Length / 2]:0.0} ms, p99 {answers[(int)(answers.Length * 0.99)]:0.0} ms, slowest {answers[^1]:0.0} ms");
        var seen = (double)(await page.EvaluateAsync(Slowest))!;
        output.WriteLine($"the page: slowest request {seen:0.0} ms");
        if (IsLong)
        {
            Assert.InRange(answers[^1], 0, MostMilliseconds);
            Assert.InRange(seen, 0, MostMilliseconds);
            await CompareAsync(page);
        }

        await SippRun.AllSucceedAsync(TimeSpan.FromMinutes(3), [calling, answering]);
        await page.ShowsAsync(".empty", "No calls.");
    });

    /// <summary>By the browser's own clock, of what it asked since the page was loaded; the stream of events does not end.</summary>
    private const string Slowest = "Math.max(...performance.getEntriesByType('resource').filter(entry => !entry.name.endsWith('/events')).map(entry => entry.duration))";

    /// <summary>Milliseconds that answers took, the slowest last.</summary>
    private async Task<double[]> AnswersAsync(int rounds)
    {
        // One that does not end meanwhile.
        var id = (await CallsAsync("limit=1000")).AsArray().MaxBy(call => (string)call!["started"]!, StringComparer.Ordinal)!["id"];
        string[] paths = ["/", "/console/app.js", "/api/v1/overview", "/api/v1/calls?limit=100", "/api/v1/calls?limit=100&number=494", "/api/v1/calls?state=ended&limit=100", $"/api/v1/calls/{id}", "/api/v1/peers", "/metrics"];
        List<double> taken = [];
        foreach (var path in Enumerable.Repeat(paths, rounds).SelectMany(all => all))
        {
            var began = Stopwatch.GetTimestamp();
            await Fixture.Gateway.GetAsync(path);
            taken.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return [.. taken.Order()];
    }

    private async Task CompareAsync(BrowserPage page)
    {
        var open = await ProcessorAsync();
        await page.SendAsync("Page.navigate", new() { ["url"] = "about:blank" });
        var closed = await ProcessorAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor of the gateway: {open:0.0} % with the console open, {closed:0.0} % without"));
        await page.GoAsync("#/calls");
    }

    /// <summary>Of one, while calls come and go.</summary>
    private async Task<double> ProcessorAsync()
    {
        const int Calls = 500;
        var (before, began) = (await Fixture.Gateway.MetricsAsync(), Stopwatch.GetTimestamp());
        var (ended, after) = (before.Sum("sipalg_calls_total"), before);
        // Asked more often, the figures themselves would be what costs most.
        using var seconds = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (after.Sum("sipalg_calls_total") < ended + Calls && await seconds.WaitForNextTickAsync())
        {
            after = await Fixture.Gateway.MetricsAsync();
        }

        return (after.Sum("process_cpu_seconds_total") - before.Sum("process_cpu_seconds_total")) / Stopwatch.GetElapsedTime(began).TotalSeconds * 100;
    }
}
