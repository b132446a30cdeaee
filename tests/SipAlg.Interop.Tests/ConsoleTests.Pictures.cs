using SipAlg.Interop.Tests.Browser;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>Every page with something on it. <c>SIPALG_SCREENSHOTS=docs/pictures</c> (an absolute folder) keeps what they look like.</content>
public sealed partial class ConsoleTests
{
    /// <summary>Octets: a page with nothing on it is smaller.</summary>
    private const int LeastPicture = 8000;

    private static string? Album => Environment.GetEnvironmentVariable("SIPALG_SCREENSHOTS");

    [Fact]
    public Task At_length_every_page_is_drawn() => InBrowser("", async (folder, page) =>
    {
        var failed = await FailAsync(folder);
        await RegisterAsync(folder);
        await BanAsync();
        await using var caller = await Baresip.StartAsync(folder, "outsider", Ports.Free(Networks.Outside(21)), 500);
        await using var callee = await Baresip.StartAsync(folder, Fixture.Voice.Number, Fixture.Voice.Endpoint, 1100);
        await caller.DialAsync($"sip:{Fixture.Voice.Number}@{Fixture.Outside};transport=udp");
        await caller.EstablishedAsync();
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = 14 });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = 14, Rate = 50, Pause = Album is null ? 1000 : 20000,
        });

        await using (var stranger = await Fixture.Browser.OpenAsync(Fixture.Gateway.Console))
        {
            await stranger.ShowsAsync(".login input");
            await SaveAsync(stranger, "login");
        }

        await page.GoAsync("#/calls");
        await page.ClickAsync(Row, Fixture.Voice.Number);
        await page.ShowsAsync(".stream", "good");
        await page.ShowsAsync(".ladder .rung.media", "first audio");
        await page.ShowsAsync(".courses figcaption", "packets/s");
        await PictureAsync(page, "call", null);
        await DrawAsync(page, failed);
        await Fixture.Gateway.DeleteAsync("/api/v1/registrations/anna@example.com");
        await Fixture.Gateway.DeleteAsync($"/api/v1/bans/{TwoSides.StrangerAddress}");
        await caller.HangUpAsync();
        await callee.ClosedAsync();
        await SippRun.AllSucceedAsync(calling, answering);
    });

    private async Task DrawAsync(BrowserPage page, string failed)
    {
        await PictureAsync(page, "overview", "#/");
        await PictureAsync(page, "calls", "#/calls");
        await PictureAsync(page, "recent", "#/calls?state=ended");
        await PictureAsync(page, "ladder", $"#/calls/{failed}");
        await PictureAsync(page, "registrations", "#/registrations");
        await PictureAsync(page, "peers", "#/peers");
        await PictureAsync(page, "bans", "#/bans");
        await PictureAsync(page, "dialplan", $"#/dialplan?called={Fixture.Callee.Number}&peer=callers");
        await PictureAsync(page, "configuration", "#/configuration");
        await PictureAsync(page, "audit", "#/audit");
        await page.SchemeAsync("dark");
        await PictureAsync(page, "overview-dark", "#/");
        await page.SizeAsync(360, 740);
        await PictureAsync(page, "phone", $"#/calls/{failed}");
        await page.SchemeAsync("light");
        await PictureAsync(page, "phone-calls", "#/calls");
    }

    /// <param name="place">Null: where it is.</param>
    private static async Task PictureAsync(BrowserPage page, string name, string? place)
    {
        if (place is not null)
        {
            await page.GoAsync(place);
        }

        await page.ShowsAsync("main h1");
        await SettledAsync(page);
        await SaveAsync(page, name);
    }

    private static async Task SaveAsync(BrowserPage page, string name)
    {
        var picture = await page.PictureAsync();
        Assert.True(picture.Length > LeastPicture, $"{name}: {picture.Length} octets");
        if (Album is { } album)
        {
            await File.WriteAllBytesAsync(Path.Combine(album, $"console-{name}.png"), picture);
        }
    }
}
