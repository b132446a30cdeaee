using System.Net;
using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Browser;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;
using Xunit.Abstractions;

namespace SipAlg.Interop.Tests;

/// <summary>The web console in Chromium: each test uses it as somebody at a screen does, while SIPp calls.</summary>
[Trait("Run", "second")]
public sealed partial class ConsoleTests(ConsoleTests.Gateway gateway, ITestOutputHelper output) : GatewayTests<ConsoleTests.Gateway>(gateway)
{
    /// <summary>The first that is shown, of calls.</summary>
    private const string Row = "table[aria-label='Calls'] tbody tr";

    public sealed class Gateway : TwoSides
    {
        internal const string Secret = "console-test-token";
        internal const string Password = "s3cret";

        private ScenarioFolder? _folder;
        private Chromium? _browser;

        internal Callee Callee { get; }
        internal Callee Refusing { get; }
        internal Callee Voice { get; }

        /// <summary>A number that rings at the first two.</summary>
        internal string Both { get; }

        /// <summary>Where phones register.</summary>
        internal IPEndPoint Phones { get; } = Ports.Free(Networks.Outside(4));

        internal override string? Token => Secret;

        internal Chromium Browser => _browser!;

        public Gateway()
        {
            (Callee, Refusing, Voice) = (AddCallee("pbx"), AddCallee("voicemail", Networks.Inside(21)), AddCallee("reception", Networks.Inside(22)));
            Both = AddRouteWith(", ring: all", "peer: pbx, priority: 1", "peer: voicemail, priority: 1");
        }

        /// <summary>Ports for 3,000 calls at once, and charts that begin soon.</summary>
        internal override string Configuration => $"trace: {{ series: 1s }}\nusers: {{ anna: {{ password: {Password} }} }}\n" + base.Configuration
            .Replace("realms:\n", $"realms:\n  phones: {{ listen: ['udp://{Phones}'], domain: example.com, digest: md5, media: {{ ports: 32200-32299 }} }}\n", StringComparison.Ordinal)
            .Replace("20000-23999", "20000-25999", StringComparison.Ordinal).Replace("28000-31999", "32000-32199", StringComparison.Ordinal).Replace("24000-27999", "26000-31999", StringComparison.Ordinal);

        internal override string Dialplan => $$"""
            routes:
              - { name: no premium numbers, when: { realm: outside, called: { prefix: ['0900'] } }, reject: { status: 403, reason: Premium numbers are barred } }
            {{base.Dialplan["routes:\n".Length..]}}
            """;

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            _folder = ScenarioFolder.Create("browser");
            _browser = await Chromium.StartAsync(_folder);
        }

        /// <summary>Its connections are descriptors of the gateway's.</summary>
        internal override async Task LeaveAsync()
        {
            await _browser!.DisposeAsync();
            _browser = null;
        }

        public override async Task DisposeAsync()
        {
            if (_browser is not null)
            {
                await _browser.DisposeAsync();
            }

            await Eventually.TrueAsync(IsDeleted);
            await base.DisposeAsync();
        }

        /// <summary>The browser's processes end one after the other, and write to the last.</summary>
        private bool IsDeleted()
        {
            try
            {
                _folder?.Delete();
                return true;
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    /// <summary>A scenario with the console open, logged in, at the overview or another place; in the end it has had no fault and has asked nobody else.</summary>
    private Task InBrowser(string place, Func<ScenarioFolder, BrowserPage, Task> work) => Scenario(async folder =>
    {
        await using var page = await Fixture.Browser.OpenAsync(Fixture.Gateway.Console, folder.Path);
        await LogInAsync(page, Gateway.Secret);
        await page.ShowsAsync("main h1", "Overview");
        if (place.Length > 0)
        {
            await page.GoAsync(place);
        }

        await work(folder, page);
        page.NothingWrong();
    });

    private static async Task LogInAsync(BrowserPage page, string token)
    {
        await page.ShowsAsync(".login input");
        await page.ClickAsync(".login input");
        await page.TypeAsync(token);
        await page.PressAsync("Enter");
    }

    private SippRun Call(ScenarioFolder folder, ISippScenario scenario, string called, int pause = 100) =>
        SippRun.Call(folder, new SippOptions(scenario, Ports.Free(TwoSides.CallerAddress)) { Remote = Fixture.Outside, Called = called, Pause = pause });

    private async Task<JsonNode> CallsAsync(string query) => JsonNode.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls?{query}"))!["items"]!;

    [Fact]
    public Task A_token_lets_in_and_log_out_ends_it() => Scenario(async _ =>
    {
        await using var page = await Fixture.Browser.OpenAsync(Fixture.Gateway.Console);
        await LogInAsync(page, "wrong");
        await page.ShowsAsync(".fault", "does not know this token");
        page.Forgive("401");
        await page.EvaluateAsync("document.querySelector('.login input').value = ''");
        await LogInAsync(page, Gateway.Secret);
        await page.ShowsAsync("main h1", "Overview");
        Assert.Equal("", (string?)await page.EvaluateAsync("document.cookie"));

        await page.ReloadAsync();
        await page.ShowsAsync("main h1", "Overview");
        await page.ClickAsync(".foot button", "Log out");
        await page.ShowsAsync(".login input");
        Assert.Equal(401, (int)(await page.EvaluateAsync("fetch('/api/v1/calls').then(answer => answer.status)"))!);
        page.Forgive("401");
        page.NothingWrong();
    });

    [Fact]
    public Task A_live_call_comes_and_goes_without_a_reload() => InBrowser("#/calls", async (folder, page) =>
    {
        await page.EvaluateAsync("window.wasHere = true");
        await page.ShowsAsync(".empty", "No calls.");
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), Fixture.Callee);
        await using var calling = Call(folder, new SippScenario("caller"), Fixture.Callee.Number, pause: 1500);
        await page.ShowsAsync(Row, "talking");
        await page.ShowsAsync(Row, Fixture.Callee.Number);
        await SippRun.AllSucceedAsync(calling, answering);
        await page.ShowsAsync(".empty", "No calls.");
        await page.ClickAsync(".segments button", "Recent");
        await page.ShowsAsync(Row, "answered");
        Assert.True((bool?)await page.EvaluateAsync("window.wasHere"));
    });

    [Fact]
    public Task The_ladder_tells_how_a_call_failed() => InBrowser("#/calls?state=ended", async (folder, page) =>
    {
        var id = await FailAsync(folder);
        await page.ClickAsync($"a[href='#/calls/{id}']");
        await page.ShowsAsync(".verdict .sentence", "does not know the number");
        await page.ShowsAsync(".facts code", id);
        Assert.Equal(["outside", "SipAlg", "inside"], await page.TextsAsync(".ladder .name"));
        string[] rungs = await page.TextsAsync(".ladder .rung .what");
        Assert.Equal(["100 Trying", "404 Refused", "404 Refused", "ACK", "ACK", "INVITE · SDP", "INVITE · SDP"], rungs.Order(StringComparer.Ordinal));
        Assert.Equal("INVITE · SDP", rungs[0]);

        await page.ClickAsync(".ladder .rung.bad .hit");
        await page.ShowsAsync(".message pre", "SIP/2.0 404 Refused");
        await page.ClickAsync(".ladder .rung .hit");
        await page.ClickAsync(".tabs button", "SDP changes");
        await page.ShowsAsync(".diff del", $"c=IN IP4 {TwoSides.CallerAddress}");
        await page.ShowsAsync(".diff ins", $"c=IN IP4 {Fixture.Inside.Address}");
        await page.ShowsAsync(".card", "no premium numbers");
    });

    /// <summary>A call that is refused; its id.</summary>
    private async Task<string> FailAsync(ScenarioFolder folder)
    {
        var query = $"state=ended&number={Fixture.Refusing.Number}";
        var before = Ids(await CallsAsync(query));
        await using var refusing = await TwoSides.AnswerAsync(folder, new SippScenario("callee-refuses").With("status", "404"), Fixture.Refusing);
        await using var refused = Call(folder, new SippScenario("caller-refused").With("status", "404"), Fixture.Refusing.Number);
        await SippRun.AllSucceedAsync(refused, refusing);
        await Eventually.TrueAsync(async () => Ids(await CallsAsync(query)).Length > before.Length, text: "the refused call is among those that ended");
        return Ids(await CallsAsync(query)).Except(before).Single();
    }

    private static string[] Ids(JsonNode calls) => [.. calls.AsArray().Select(call => (string)call!["id"]!)];
}
