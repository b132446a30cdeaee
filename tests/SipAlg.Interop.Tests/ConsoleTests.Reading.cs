using SipAlg.Interop.Tests.Browser;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>What a reader sees, on a small screen and by the keyboard alone.</content>
public sealed partial class ConsoleTests
{
    private static readonly string[] Pages = ["#/", "#/calls", "#/calls?state=ended", "#/registrations", "#/peers", "#/bans", "#/dialplan", "#/configuration", "#/audit"];

    [Fact]
    public Task What_a_caller_sends_stays_text() => InBrowser("#/calls?state=ended", async (folder, page) =>
    {
        const string Name = "<img src=x onerror=alert(1)><script>window.wasRun=1</script>";
        var number = "%3Cb%3E" + Fixture.Refusing.Number;
        await using var refused = Call(folder, Hostile(Name, number), "0900");
        await refused.AllSucceedAsync();
        await page.ClickAsync(Row, $"<b>{Fixture.Refusing.Number}");
        await page.ShowsAsync(".message pre", Name);
        await page.ShowsAsync("h1", $"<b>{Fixture.Refusing.Number}");
        Assert.Equal(0, (int)(await page.EvaluateAsync("document.querySelectorAll('main img, main script, main b[onerror], h1 b').length"))!);
        Assert.Null(await page.EvaluateAsync("window.wasRun"));
        // Neither could a careless page make markup of it: the policy forbids.
        Assert.Equal("TypeError", (string?)await page.EvaluateAsync("(() => { try { document.body.innerHTML = '<b>x</b>'; return ''; } catch (fault) { return fault.name; } })()"));
        page.Forgive("TrustedHTML");
    });

    private static SippText Hostile(string name, string number) => new(
        "hostile",
        new SippScenario("caller-refused").With("status", "403").Text
            .Replace("\"Caller [call_number]\"", $"\"{name}\"", StringComparison.Ordinal).Replace("+4940[call_number]", number, StringComparison.Ordinal));

    [Fact]
    public Task Everything_is_reached_by_keys() => InBrowser("", async (folder, page) =>
    {
        var id = await FailAsync(folder);
        await page.PressAsync("g", "p");
        await page.ShowsAsync("main h1", "Peers");
        await page.PressAsync("?");
        await page.ShowsAsync("dialog", "Next row");
        await page.PressAsync("Escape");
        await page.HoldsAsync("!document.querySelector('dialog')");
        await page.PressAsync("/");
        await page.ShowsAsync("main h1", "Calls");
        await page.HoldsAsync("document.activeElement.name === 'number'");
        await page.TypeAsync(Fixture.Refusing.Number);
        await page.PressAsync("Escape");
        await page.GoAsync($"#/calls?state=ended&number={Fixture.Refusing.Number}");
        await page.ShowsAsync($"tr[data-key='{id}']");
        await page.PressAsync("j");
        await page.HoldsAsync("document.activeElement.matches('tbody tr') && getComputedStyle(document.activeElement).boxShadow !== 'none'");
        await page.PressAsync("Enter");
        await page.ShowsAsync(".facts code", id);
        await page.ShowsAsync(".ladder .rung");
        await page.PressAsync("j", "j");
        await page.HoldsAsync("document.activeElement.matches('.rung[aria-selected=true]')");
        Assert.Equal("100 Trying", (string?)await page.EvaluateAsync("document.activeElement.querySelector('.what').textContent"));
    });

    [Fact]
    public Task A_phone_screen_does_not_scroll_sideways() => InBrowser("", async (folder, page) =>
    {
        var id = await FailAsync(folder);
        await page.SizeAsync(360, 740);
        foreach (var place in Pages.Append($"#/calls/{id}"))
        {
            await page.GoAsync(place);
            await page.ShowsAsync("main h1");
            await SettledAsync(page);
            await page.HoldsAsync("document.documentElement.scrollWidth <= innerWidth");
        }

        await page.ClickAsync(".bar button");
        await page.ClickAsync(".side nav a", "Peers");
        await page.ShowsAsync("main h1", "Peers");
    });

    /// <summary>What was asked for has come.</summary>
    private static Task SettledAsync(BrowserPage page) => page.HoldsAsync("!document.querySelector('main[aria-busy=true]')");
}
