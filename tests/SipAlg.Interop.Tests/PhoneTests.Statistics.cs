using System.Globalization;
using System.Net;
using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Wire;
using Capture = SipAlg.Interop.Tests.Wire.Capture;

namespace SipAlg.Interop.Tests;

/// <content>What the gateway says of a call's media, beside what tshark says of the same packets.</content>
public sealed partial class PhoneTests
{
    /// <summary>Four seconds.</summary>
    private const int Enough = 200;

    /// <summary>Packets that come before the gateway expects any, or when the call is over for it already.</summary>
    private const double AtTheEdges = 4;

    [Fact]
    public Task Statistics_are_those_that_tshark_has() => Scenario(async folder =>
    {
        await using var capture = await Capture.StartAsync(folder, $"{Fixture.Outside.Address}", $"{Fixture.Inside.Address}");
        await using var caller = await CallerAsync(folder);
        await using var callee = await CalleeAsync(folder, Fixture.Udp);
        await caller.DialAsync(Uri(Fixture.Udp.Number, "udp"));
        await caller.EstablishedAsync();
        var id = (await OnlyAsync("live")).GetProperty("id").GetString();
        await Eventually.TrueAsync(async () => await HasSentAsync(id, "from_caller") && await HasSentAsync(id, "from_callee"), text: $"{Enough} packets each way");
        await caller.HangUpAsync();
        await callee.ClosedAsync();
        await capture.FinishAsync();

        var streams = await RtpAnalysis.ReadAsync(folder);
        await Eventually.TrueAsync(async () => (await OnlyAsync("ended")).GetProperty("id").GetString() == id, text: "the call's record");
        var stream = Assert.Single((await OnlyAsync("ended")).GetProperty("media").EnumerateArray());
        Assert.Equal("audio", stream.GetProperty("type").GetString());
        Agrees(streams, stream.GetProperty("from_caller"), Fixture.Outside.Address);
        Agrees(streams, stream.GetProperty("from_callee"), Fixture.Inside.Address);
    });

    /// <summary>The call that began, or ended, last.</summary>
    private async Task<JsonElement> OnlyAsync(string state)
    {
        using var list = JsonDocument.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls?state={state}&limit=1"));
        return list.RootElement.GetProperty("items").EnumerateArray().First().Clone();
    }

    private async Task<bool> HasSentAsync(string? id, string direction)
    {
        using var call = JsonDocument.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{id}"));
        var figures = call.RootElement.GetProperty("media")[0].GetProperty(direction);
        return figures.ValueKind == JsonValueKind.Object && figures.GetProperty("packets").GetInt64() >= Enough;
    }

    private static void Agrees(RtpAnalysis[] streams, JsonElement figures, IPAddress gateway)
    {
        var rtp = figures.GetProperty("rtp");
        var ssrc = uint.Parse(rtp.GetProperty("ssrc").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var seen = Assert.Single(streams, stream => stream.Ssrc == ssrc && stream.Destination == $"{gateway}");
        Assert.InRange(figures.GetProperty("packets").GetInt64(), (seen.Packets * 0.99) - AtTheEdges, seen.Packets);
        Assert.InRange(rtp.GetProperty("expected").GetInt64(), ((seen.Packets + seen.Lost) * 0.99) - AtTheEdges, seen.Packets + seen.Lost);
        Assert.Equal(seen.Lost, rtp.GetProperty("lost").GetInt64());
        Assert.InRange(rtp.GetProperty("mean_jitter_seconds").GetDouble(), seen.MeanJitter - 0.001, seen.MeanJitter + 0.001);
    }
}
