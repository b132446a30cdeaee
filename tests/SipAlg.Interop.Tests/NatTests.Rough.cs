using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;
using SipAlg.Interop.Tests.Wire;

namespace SipAlg.Interop.Tests;

/// <content>A phone whose way to the gateway loses packets, delays them, and lets some be overtaken.</content>
public sealed partial class NatTests
{
    private const double OnePercent = 0.01;

    /// <summary>The relay sees a packet when it gets the processor, tshark knows when the system had it: what that makes of the mean, and of the most, while others use the processor.</summary>
    private const double Twitch = 0.0002;
    private const double LongestTwitch = 0.002;

    [Fact]
    public Task Over_a_rough_link_audio_goes_on_and_its_figures_are_those_of_tshark() => NatScenario(async folder =>
    {
        const int Packets = 250;
        Networks.One.Translate(NatKind.Symmetric);
        using var link = new RoughLink((Networks.Public.Space, NatNetworks.PublicAddress), (Networks.Gateway, NatNetworks.GatewayAddress));
        await using var one = await OneAsync(folder);
        await using var open = await OpenAsync(folder);
        await using var capture = await LinkCapture.StartAsync(folder, Networks.Gateway, RoughLink.Name, NatNetworks.PublicAddress);
        await CallAsync(open, "one");
        await NatHost.TalkAsync(one, open);
        var call = await OnlyCallAsync();
        await Eventually.TrueAsync(async () => Packet(await FromCallerAsync(call)) >= Packets, text: "enough packets for figures");

        // It falls silent without a word, so that nothing is under way when figures are compared.
        await open.DisposeAsync();
        await Eventually.TrueAsync(() => link.IsIdle, text: "the link has delivered all");
        var streams = await capture.FinishAsync();
        var seen = Assert.Single(streams, stream => stream.Source == NatNetworks.PublicAddress);
        await Eventually.TrueAsync(async () => Packet(await FromCallerAsync(call)) >= seen.Packets, text: "all that was captured has arrived");
        Compare(seen, await FromCallerAsync(call));
        Assert.InRange(link.Lost, 1, int.MaxValue);
        await one.HangUpAsync();
        await one.ClosedAsync();
    });

    private static void Compare(RtpAnalysis seen, JsonElement counted)
    {
        var rtp = counted.GetProperty("rtp");
        Assert.Equal(seen.Ssrc.ToString("x8", null), rtp.GetProperty("ssrc").GetString());
        Assert.Equal((seen.Packets, seen.Lost), (Packet(counted), rtp.GetProperty("lost").GetInt64()));
        Assert.NotEqual(0, seen.Lost);
        Assert.NotEqual(0, rtp.GetProperty("reordered").GetInt32());
        Agree(seen.MeanJitter, rtp.GetProperty("mean_jitter_seconds").GetDouble(), Twitch);
        Agree(seen.MaxJitter, rtp.GetProperty("max_jitter_seconds").GetDouble(), LongestTwitch);
    }

    private static void Agree(double theirs, double ours, double twitch) =>
        Assert.InRange(ours, (theirs * (1 - OnePercent)) - twitch, (theirs * (1 + OnePercent)) + twitch);

    private static long Packet(JsonElement direction) => direction.ValueKind == JsonValueKind.Null ? 0 : direction.GetProperty("packets").GetInt64();

    private async Task<string> OnlyCallAsync()
    {
        using var calls = JsonDocument.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=live"));
        return Assert.Single(calls.RootElement.GetProperty("items").EnumerateArray()).GetProperty("id").GetString()!;
    }

    /// <summary>What came of the call's audio from its caller.</summary>
    private async Task<JsonElement> FromCallerAsync(string call)
    {
        using var details = JsonDocument.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{call}"));
        return details.RootElement.GetProperty("media")[0].GetProperty("from_caller").Clone();
    }
}
