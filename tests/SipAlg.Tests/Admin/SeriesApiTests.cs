using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SipAlg.Tests.Configuration;
using SipAlg.Tests.Hosting;

namespace SipAlg.Tests.Admin;

/// <summary>How the media of a call comes in the course of time, as the API tells it.</summary>
public sealed partial class SeriesApiTests
{
    [Fact]
    public async Task A_call_has_its_series_while_it_lasts_and_afterwards_and_lists_have_none()
    {
        await using var host = await RunningHost.StartAsync(more: "trace: { series: 1s }\n");
        using var phone = host.Phone();
        var answer = await phone.CallAsync("600");
        using var media = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = new IPEndPoint(IPAddress.Loopback, int.Parse(Audio().Match(answer).Groups[1].Value, CultureInfo.InvariantCulture));
        var id = (string)(await host.GetAsync("api/v1/calls")).Body!["items"]![0]!["id"]!;

        JsonNode? series = null;
        byte sequence = 0;
        await Eventually.True(
            async () =>
            {
                byte[] packet = [0x80, 8, 0, ++sequence, 0, 0, sequence, 0, 0, 0, 0, 7, .. new byte[160]];
                await media.SendAsync(packet, port);
                series = (await host.GetAsync($"api/v1/calls/{id}")).Body!["media"]![0]!["from_caller"]?["series"];
                return series is not null && series["packets"]!.AsArray().Any(packets => (long)packets! > 0);
            },
            "the call has a series");
        Assert.Equal(1, (double)series!["step_s"]!);
        string[] lists = ["packets", "loss_ratio", "jitter_ms", "round_trip_ms", "mos"];
        Assert.All(lists, list => Assert.Equal(series["packets"]!.AsArray().Count, series[list]!.AsArray().Count));

        var text = await File.ReadAllTextAsync(Repository.File("docs", "cdr.md"));
        var shown = text.Split('\n').Single(line => line.StartsWith("\"series\":", StringComparison.Ordinal));
        Assert.Equal(JsonNode.Parse($"{{{shown}}}")!["series"]!.AsObject().Select(member => member.Key), series.AsObject().Select(member => member.Key));

        await phone.HangUpAsync();
        JsonNode? ended = null;
        await Eventually.True(async () => (string?)(ended = (await host.GetAsync($"api/v1/calls/{id}")).Body)!["state"] == "ended", "the call has ended");
        Assert.NotEmpty(ended!["media"]![0]!["from_caller"]!["series"]!["packets"]!.AsArray());
        Assert.Null((await host.GetAsync("api/v1/calls?state=ended")).Body!["items"]![0]!["media"]![0]!["from_caller"]!["series"]);
        await Eventually.True(async () => File.Exists(host.CdrFile) && (await File.ReadAllTextAsync(host.CdrFile)).Length > 0, "the record is written");
        Assert.DoesNotContain("series", await File.ReadAllTextAsync(host.CdrFile), StringComparison.Ordinal);
    }

    [GeneratedRegex("m=audio ([0-9]+) ")]
    private static partial Regex Audio();
}
