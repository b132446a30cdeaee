using SipAlg.Interop.Tests.Browser;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>What is looked for among many, and a call of more than two parties.</content>
public sealed partial class ConsoleTests
{
    [Fact]
    public Task Calls_are_chosen_by_peer_outcome_and_verdict() => InBrowser("", async (folder, page) =>
    {
        var refused = await FailAsync(folder);
        await Fixture.TalkAsync(folder, new SippScenario("caller"), new SippScenario("callee"), Fixture.Callee);
        var answered = (await EndedAsync($"number={Fixture.Callee.Number}&outcome=answered"))[0];
        foreach (var (name, value, shown, hidden) in new[]
        {
            ("peer", "pbx", answered, refused), ("peer", "voicemail", refused, answered), ("outcome", "failed", refused, answered), ("outcome", "answered", answered, refused),
            ("verdict", "number_not_found", refused, answered), ("verdict", "completed", answered, refused),
        })
        {
            await page.GoAsync("#/calls?state=ended");
            await page.ShowsAsync($"tr[data-key='{answered}']");
            await page.ShowsAsync($"tr[data-key='{refused}']");
            await ChooseAsync(page, name, value);
            await page.HoldsAsync($"!document.querySelector(\"tr[data-key='{hidden}']\")");
            await page.ShowsAsync($"tr[data-key='{shown}']");
            await page.HoldsAsync($"location.hash.includes('{name}={value}')");
        }

        // Whoever is sent the address sees the same.
        await page.GoAsync("#/");
        await page.GoAsync("#/calls?state=ended&peer=voicemail&outcome=failed&verdict=number_not_found");
        await page.ShowsAsync($"tr[data-key='{refused}']");
        Assert.Equal("voicemail failed number_not_found", (string?)await page.EvaluateAsync("['peer', 'outcome', 'verdict'].map(name => document.querySelector(`.filters [name=${name}]`).value).join(' ')"));
    });

    /// <summary>Live calls have neither: the fields are not there, and what was chosen before in them hides no call.</summary>
    [Fact]
    public Task What_is_chosen_of_ended_calls_hides_no_live_one() => InBrowser("#/calls?state=ended&outcome=failed&verdict=number_not_found", async (folder, page) =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee-hung-up"), Fixture.Callee);
        await using var calling = Call(folder, new SippScenario("caller-hung-up"), Fixture.Callee.Number);
        await page.ClickAsync(".segments button", "Live");
        await page.ClickAsync(Row, "talking");
        await page.ClickAsync("#hang-up");
        await page.ClickAsync("dialog button", "Hang up");
        await SippRun.AllSucceedAsync(calling, answering);

        await page.GoAsync("#/calls?state=ended&outcome=failed&verdict=number_not_found");
        await page.ClickAsync(".segments button", "Live");
        await page.HoldsAsync("!location.hash.includes('verdict')");
        await page.ClickAsync(".segments button", "Recent");
        await page.HoldsAsync("location.hash.includes('outcome=failed') && location.hash.includes('verdict=number_not_found')");
    });

    /// <summary>Ids of calls that ended, the newest first, once there are any.</summary>
    private async Task<string[]> EndedAsync(string query)
    {
        string[] ids = [];
        await Eventually.TrueAsync(async () => (ids = Ids(await CallsAsync($"state=ended&{query}"))).Length > 0, text: query);
        return ids;
    }

    private static async Task ChooseAsync(BrowserPage page, string name, string value)
    {
        if ((string?)await page.EvaluateAsync($"document.querySelector('.filters [name={name}]').localName") == "select")
        {
            // The list of a select is a window of its own, which no mouse of the page reaches.
            await page.EvaluateAsync($"(field => {{ field.value = '{value}'; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})(document.querySelector('.filters [name={name}]'))");
            return;
        }

        await page.ClickAsync($".filters [name={name}]");
        await page.TypeAsync(value);
    }

    [Fact]
    public Task Routes_and_the_audit_are_filtered() => InBrowser("#/dialplan", async (_, page) =>
    {
        const string Routes = "table[aria-label='Routes in force'] tbody tr";
        await page.ShowsAsync(Routes, $"to {Fixture.Callee.Number}");
        await ChooseAsync(page, "route", "premium");
        await page.ShowsNotAsync(Routes, $"to {Fixture.Callee.Number}");
        await page.ShowsAsync(Routes, "no premium numbers");
        await page.GoAsync("#/audit?path=login");
        await page.ShowsAsync("table[aria-label='Changes'] tbody tr", "POST /api/v1/login");
        await ChooseAsync(page, "who", "nobody");
        await page.ShowsAsync(".empty", "Nothing of that");
    });

    [Fact]
    public Task The_ladder_of_a_call_that_rang_at_two_has_all_its_parties() => InBrowser("", async (folder, page) =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), Fixture.Callee);
        await using var ringing = await TwoSides.AnswerAsync(folder, new SippScenario("callee-cancelled"), Fixture.Refusing);
        await using var calling = Call(folder, new SippScenario("caller"), Fixture.Both);
        await SippRun.AllSucceedAsync(calling, answering, ringing);
        await page.GoAsync($"#/calls/{(await EndedAsync($"number={Fixture.Both}"))[0]}");
        await page.ShowsAsync(".ladder .rung");
        Assert.Equal(["outside", "SipAlg", "inside", "inside"], await page.TextsAsync(".ladder .name"));
        string[] places = await page.TextsAsync(".ladder .address");
        Assert.Equal(new[] { $"{Fixture.Callee.Endpoint}", $"{Fixture.Refusing.Endpoint}" }.Order(StringComparer.Ordinal), places[2..].Order(StringComparer.Ordinal));

        // Each message stands on the line of whom it came from or went to.
        const string Ends = "[...document.querySelectorAll('.ladder .rung.message')].map(rung => [rung.querySelector('.what').textContent, Math.max(rung.querySelector('.shaft').x1.baseVal.value, rung.querySelector('.shaft').x2.baseVal.value)])";
        const string Lines = "[...document.querySelectorAll('.ladder .party .lifeline')].map(line => line.x1.baseVal.value)";
        foreach (var (what, line) in new[] { ("CANCEL", Fixture.Refusing), ("BYE", Fixture.Callee) })
        {
            var column = Array.IndexOf(places, $"{line.Endpoint}");
            Assert.True((bool?)await page.EvaluateAsync($"{Ends}.some(([what, end]) => what === '{what}' && Math.abs(end - {Lines}[{column}]) < 12)"), $"{what} goes to {line.Endpoint}");
        }
    });
}
