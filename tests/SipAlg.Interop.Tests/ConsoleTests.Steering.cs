using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>The gateway itself is steered: who is registered, what is in force, whether calls are taken.</content>
public sealed partial class ConsoleTests
{
    private const string Registrations = "table[aria-label='Registrations'] tbody tr";

    [Fact]
    public Task A_registration_is_ended() => InBrowser("#/registrations", async (folder, page) =>
    {
        await RegisterAsync(folder);
        await page.ShowsAsync(Registrations, "anna@example.com");
        await page.ShowsAsync(Registrations, "sipsak");
        await page.ClickAsync($"{Registrations} button", "End");
        await page.ClickAsync("dialog button", "End");
        await page.ShowsAsync(".empty", "Nobody is registered.");
        Assert.Equal("[]", JsonNode.Parse(await Fixture.Gateway.GetAsync("/api/v1/registrations"))!["items"]!.ToJsonString());
    });

    /// <summary>sipsak registers a phone for anna.</summary>
    private async Task RegisterAsync(ScenarioFolder folder)
    {
        await using var phone = ChildProcess.Start(
            "sipsak", ["-U", "-i", "-C", $"sip:anna@{Networks.Outside(67)}:5099", "-a", Gateway.Password, "-u", "anna", "-s", $"sip:anna@{Fixture.Phones}", "-x", "600"], folder);
        Assert.True(await phone.ExitAsync(Eventually.Deadline) == 0, phone.Output);
    }

    [Fact]
    public Task A_reload_takes_effect_or_says_what_is_wrong() => InBrowser("#/configuration", async (_, page) =>
    {
        Fixture.Gateway.Write("routes: [ { to: [ { peer: nobody } ] } ]");
        await page.ClickAsync(".head button", "Reload");
        await page.ClickAsync("dialog button", "Reload");
        await page.ShowsAsync(".problems li", "dialplan.yaml:1:");
        await page.ShowsAsync(".problems li", "'nobody'");
        await page.ShowsAsync(".head .badge.bad", "refused; this is older");
        page.Forgive("422");

        Fixture.Gateway.Write(Fixture.Dialplan);
        await page.ClickAsync(".head button", "Reload");
        await page.ClickAsync("dialog button", "Reload");
        await page.ShowsAsync(".head .badge.ok", "in force since");
        await page.ShowsNotAsync(".problems li", "");
    });

    [Fact]
    public Task A_drain_refuses_calls_until_they_are_taken_again() => InBrowser("", async (folder, page) =>
    {
        await page.ClickAsync(".head button", "Drain");
        await page.ClickAsync("dialog button", "Drain");
        await page.ShowsAsync(".head .badge.warn", "draining");
        await using (var refused = Call(folder, new SippScenario("caller-refused").With("status", "503"), Fixture.Callee.Number))
        {
            await refused.AllSucceedAsync();
        }

        await page.ClickAsync(".head button", "Take calls again");
        await page.ShowsAsync(".head .badge.ok", "taking calls");
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), Fixture.Callee);
        await using var calling = Call(folder, new SippScenario("caller"), Fixture.Callee.Number);
        await SippRun.AllSucceedAsync(calling, answering);
    });

    [Fact]
    public Task A_drain_ends_the_calls_that_stand_at_its_deadline() => InBrowser("", async (folder, page) =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee-hung-up"), Fixture.Callee);
        await using var calling = Call(folder, new SippScenario("caller-hung-up"), Fixture.Callee.Number);
        await page.GoAsync("#/calls");
        await page.ShowsAsync(Row, "talking");
        await page.GoAsync("#/");
        await page.ClickAsync(".head button", "Drain");
        await page.ClickAsync("dialog input[name=deadline]");
        await page.TypeAsync("1s");
        await page.ClickAsync("dialog button", "Drain");
        await SippRun.AllSucceedAsync(calling, answering);
        await page.ShowsAsync(".head .badge.warn", "the deadline has passed");
        await page.ClickAsync(".head button", "Take calls again");
        await page.ShowsAsync(".head .badge.ok", "taking calls");
        await page.GoAsync("#/calls?state=ended");
        await page.ShowsAsync(Row, "drain deadline");
    });
}
