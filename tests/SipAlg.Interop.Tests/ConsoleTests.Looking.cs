using System.Globalization;
using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Browser;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>Whether what is shown is so, and can be read.</content>
public sealed partial class ConsoleTests
{
    /// <summary>What is written with less contrast to its ground than WCAG 2.2 1.4.3 (AA) wants. Colours that are mixed are asked of a canvas.</summary>
    private const string Faint =
        """
        (() => {
          const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
          const rgba = color => {
            pen.clearRect(0, 0, 1, 1);
            pen.fillStyle = color;
            pen.fillRect(0, 0, 1, 1);
            const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
            return [r, g, b, a / 255];
          };
          const over = (top, under) => [...[0, 1, 2].map(at => top[at] * top[3] + under[at] * (1 - top[3])), 1];
          const ground = element => {
            const own = rgba(getComputedStyle(element).backgroundColor);
            return own[3] === 1 ? own : over(own, element.parentElement ? ground(element.parentElement) : rgba("Canvas"));
          };
          const light = color => [0.2126, 0.7152, 0.0722].map((share, at) => {
            const part = color[at] / 255;
            return share * (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
          }).reduce((sum, part) => sum + part);
          const faint = [];
          for (const element of document.querySelectorAll("body *")) {
            const isText = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
            if (!isText || element.closest(":disabled, title, desc, script") || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
            const style = getComputedStyle(element);
            const under = ground(element);
            const ink = over(rgba(element instanceof SVGElement ? style.fill : style.color), under);
            const [more, less] = [light(ink), light(under)].sort((one, other) => other - one);
            const ratio = (more + 0.05) / (less + 0.05);
            const size = parseFloat(style.fontSize);
            if (ratio < (size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5)) {
              faint.push(`${location.hash} ${element.tagName} ${element.getAttribute("class")} '${element.textContent.trim().slice(0, 30)}': ${ratio.toFixed(2)}`);
            }
          }
          return [...new Set(faint)];
        })()
        """;

    [Fact]
    public Task What_is_written_stands_out_in_light_and_dark() => InBrowser("", async (folder, page) =>
    {
        var id = await FailAsync(folder);
        List<string> faint = [];
        foreach (var scheme in new[] { "light", "dark" })
        {
            await page.SchemeAsync(scheme);
            foreach (var place in Pages.Append($"#/calls/{id}").Append($"#/dialplan?called={Fixture.Callee.Number}&peer=callers"))
            {
                await page.GoAsync(place);
                await page.ShowsAsync("main h1");
                await SettledAsync(page);
                faint.AddRange((await page.EvaluateAsync(Faint))!.AsArray().Select(text => $"{scheme} {text}"));
            }
        }

        Assert.Empty(faint);
        await page.EvaluateAsync("document.querySelector('main h1').style.color = '#777'");
        Assert.Single((await page.EvaluateAsync(Faint))!.AsArray());
    });

    [Fact]
    public Task The_figures_of_the_overview_are_those_of_the_calls() => InBrowser("", async (folder, page) =>
    {
        const int Live = 3;
        await FailAsync(folder);
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = Live });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = Live, Rate = 20, Pause = 6000,
        });
        await TileAsync(page, "Live calls", $"{Live}");
        // A stream of audio on either side, of two ports each.
        await TileAsync(page, "Media ports", $"{Live * 2 * 2}of ");
        await TileAsync(page, "Peers up", "4of 4");
        await TileAsync(page, "Registrations", "0");
        await SippRun.AllSucceedAsync(calling, answering);
        await TileAsync(page, "Live calls", "0");
        await TileAsync(page, "Media ports", "0of ");
        await Eventually.TrueAsync(async () =>
        {
            var last = (await CallsAsync("state=ended&limit=1000")).AsArray().Where(call => DateTime.UtcNow - (DateTime)call!["ended"]! < TimeSpan.FromMinutes(5)).ToArray();
            return await HasTileAsync(page, "Answered, 5 min", $"{Percent(last, call => (string)call["outcome"]! == "answered")}of {last.Length}") &&
                await HasTileAsync(page, "Network effective", $"{Percent(last, IsCarried)}NER");
        }, text: "both ratios are those of the calls that ended in the last five minutes");
    });

    private static bool IsCarried(JsonNode call) => (string)call["outcome"]! is "answered" or "cancelled" || (string)call["cause"]! == "no_answer" ||
        ((string)call["cause"]! == "callee_refused" && (int)call["status"]! is 480 or 486 or 600 or 603);

    private static string Percent(JsonNode?[] calls, Func<JsonNode, bool> wanted) =>
        string.Create(CultureInfo.InvariantCulture, $"{100.0 * calls.Count(call => wanted(call!)) / calls.Length:0.0} %");

    private static Task TileAsync(BrowserPage page, string name, string beginning) =>
        Eventually.TrueAsync(() => HasTileAsync(page, name, beginning), text: $"'{name}' is {beginning}");

    private static async Task<bool> HasTileAsync(BrowserPage page, string name, string beginning) =>
        (await page.TextsAsync(".tiles .tile")).Any(text => text.StartsWith(name + beginning, StringComparison.Ordinal));

    /// <summary>Names and numbers of hundreds of letters without a blank, as nobody but a scanner has them.</summary>
    [Fact]
    public Task Endless_words_of_a_caller_do_not_widen_a_phone_screen() => InBrowser("", async (folder, page) =>
    {
        var (name, number) = (new string('N', 300), "4" + new string('9', 120));
        await using var refused = Call(folder, Hostile(name, number), "0900" + new string('1', 120));
        await refused.AllSucceedAsync();
        await page.SizeAsync(360, 740);
        await page.GoAsync("#/calls?state=ended");
        await page.ClickAsync(Row, number);
        await page.ShowsAsync(".verdict .sentence");
        await page.ClickAsync(".ladder .rung .hit");
        await page.ShowsAsync(".message pre", name);
        await SettledAsync(page);
        await page.HoldsAsync("document.documentElement.scrollWidth <= innerWidth");
        foreach (var place in new[] { "#/calls?state=ended", "#/", "#/audit" })
        {
            await page.GoAsync(place);
            await page.ShowsAsync("main h1");
            await SettledAsync(page);
            await page.HoldsAsync("document.documentElement.scrollWidth <= innerWidth");
        }
    });

    [Fact]
    public Task Who_is_logged_out_logs_in_and_is_where_he_was() => InBrowser("#/calls?state=ended&outcome=failed", async (_, page) =>
    {
        await page.ShowsAsync("main h1", "Calls");
        await page.SendAsync("Network.clearBrowserCookies");
        await page.ClickAsync(".segments button", "Live");
        await page.ShowsAsync(".login input");
        await page.ShowsNotAsync("main", "Outcome");
        await LogInAsync(page, Gateway.Secret);
        await page.ShowsAsync("main h1", "Calls");
        Assert.StartsWith("#/calls", (string?)await page.EvaluateAsync("location.hash"), StringComparison.Ordinal);
        page.Forgive("401");
    });
}
