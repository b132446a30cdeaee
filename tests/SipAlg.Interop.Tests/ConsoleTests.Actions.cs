using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <content>What is done by the console, and what others see of it.</content>
public sealed partial class ConsoleTests
{
    [Fact]
    public Task Hanging_up_ends_the_call_on_both_sides() => InBrowser("#/calls", async (folder, page) =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee-hung-up"), Fixture.Callee);
        await using var calling = Call(folder, new SippScenario("caller-hung-up"), Fixture.Callee.Number);
        await page.ClickAsync(Row, "talking");
        await page.ClickAsync("#hang-up");
        await page.ClickAsync("dialog button", "Hang up");
        await SippRun.AllSucceedAsync(calling, answering);
        await page.ShowsAsync(".verdict", "hung up by operator");
        await page.ShowsNotAsync("#hang-up", "");
        await page.GoAsync("#/audit");
        await page.ShowsAsync("table[aria-label='Changes'] tr", "DELETE /api/v1/calls/");
    });

    [Fact]
    public Task A_ban_says_why_and_is_lifted() => InBrowser("#/bans", async (_, page) =>
    {
        const string Bans = "table[aria-label='Bans'] tbody tr";
        await BanAsync();
        await page.ShowsAsync(Bans, TwoSides.StrangerAddress);
        await page.ShowsAsync(Bans, "'friendly-scanner' in User-Agent is the mark of SIPVicious");
        await page.ClickAsync($"{Bans} button", "Lift");
        await page.ClickAsync("dialog button", "Lift");
        await page.ShowsNotAsync(Bans, TwoSides.StrangerAddress);
        Assert.Equal("[]", JsonNode.Parse(await Fixture.Gateway.GetAsync("/api/v1/bans"))!["items"]!.ToJsonString());
    });

    /// <summary>A scanner is heard.</summary>
    private async Task BanAsync()
    {
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Parse(TwoSides.StrangerAddress), 0));
        await stranger.SendAsync(Scanner.Register(TwoSides.StrangerAddress), Fixture.Outside);
    }

    [Fact]
    public Task A_downloaded_capture_has_the_messages_of_the_ladder() => InBrowser("#/calls?state=ended", async (folder, page) =>
    {
        var id = await FailAsync(folder);
        await page.GoAsync($"#/calls/{id}");
        await page.ClickAsync("a.button", "Download pcap");
        var file = folder[$"{id}.pcap"];
        await Eventually.TrueAsync(() => File.Exists(file));
        await using var tshark = ChildProcess.Start(
            "tshark",
            ["-r", file, "-d", $"udp.port=={Fixture.Outside.Port},sip", "-d", $"udp.port=={Fixture.Inside.Port},sip", "-Y", "sip", "-T", "fields", "-E", "separator=;", "-e", "sip.Request-Line", "-e", "sip.Status-Line"],
            folder);
        Assert.True(await tshark.ExitAsync(Eventually.Deadline) == 0, tshark.Output);
        var call = JsonNode.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{id}"))!;
        Assert.Equal(
            call["messages"]!.AsArray().Select(message => ((string)message!["message"]!).Split("\r\n")[0]),
            tshark.Output.Split('\n').Where(line => line.Contains("SIP/2.0", StringComparison.Ordinal)).Select(line => line.Trim().Trim(';')));
        Assert.Equal(call["messages"]!.AsArray().Count, (await page.TextsAsync(".ladder .rung.message .what")).Length);
    });

    [Fact]
    public Task A_dry_run_says_why_each_route_did_not_match() => InBrowser("#/dialplan", async (_, page) =>
    {
        await page.ClickAsync("input[name=called]");
        await page.TypeAsync(Fixture.Callee.Number);
        await page.ClickAsync("input[name=peer]");
        await page.TypeAsync("callers");
        await page.PressAsync("Enter");
        await page.ShowsAsync(".outcome", "to peer pbx");
        await page.ShowsAsync(".routes tr.no", $"called '{Fixture.Callee.Number}'");
        await page.ShowsAsync(".routes tr.yes", $"to {Fixture.Callee.Number}");

        await page.GoAsync("#/dialplan?called=0900123&peer=callers");
        await page.ShowsAsync(".outcome", "403 Premium numbers are barred");
        await page.GoAsync("#/dialplan?called=0900123&peer=nobody");
        await page.ShowsAsync(".badge.bad + *, .card", "there is no peer 'nobody'");
        page.Forgive("400");
    });
}
