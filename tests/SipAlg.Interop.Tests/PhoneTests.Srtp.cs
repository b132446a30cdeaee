using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;

namespace SipAlg.Interop.Tests;

/// <content>Telephones that encrypt what they say (baresip's module srtp), on either side or on both.</content>
public sealed partial class PhoneTests
{
    public sealed partial class Gateway
    {
        internal Callee SrtpInside { get; private set; } = null!;
        internal Callee OptionalInside { get; private set; } = null!;
        internal string SrtpOutside { get; private set; } = "";

        private void AddSrtp()
        {
            SrtpInside = AddCallee("srtp_inside", Networks.Inside(24), settings: ", srtp: required");
            OptionalInside = AddCallee("optional_inside", Networks.Inside(25), settings: ", srtp: optional");
            SrtpOutside = AddCaller("srtp_outside", Networks.Outside(46), ", srtp: required");
        }
    }

    private Task<Baresip> SrtpCallerAsync(ScenarioFolder folder, string mode)
    {
        var endpoint = Ports.Free(Fixture.SrtpOutside);
        return Baresip.StartAsync(folder, "outsider", endpoint, OutsideTone, $"<sip:outsider@{endpoint}>;regint=0;mediaenc={mode}");
    }

    /// <summary>baresip has AES_CM_128 and GCM; which it takes is its own choice.</summary>
    [Theory]
    [InlineData("srtp-mand", "")]
    [InlineData("", "srtp-mand")]
    [InlineData("srtp", "srtp-mand")]
    [InlineData("", "optional")]
    public Task Tones_are_heard_between_srtp_and_rtp(string outside, string inside) => Scenario(async folder =>
    {
        var called = inside switch { "" => Fixture.Udp, "optional" => Fixture.OptionalInside, _ => Fixture.SrtpInside };
        var encryption = inside == "optional" ? "srtp" : inside;
        await using var caller = outside == "" ? await CallerAsync(folder) : await SrtpCallerAsync(folder, outside);
        await using var callee = await Baresip.StartAsync(folder, called.Number, called.Endpoint, InsideTone, inside == "" ? null : $"<sip:{called.Number}@{called.Endpoint}>;regint=0;mediaenc={encryption}");
        await caller.DialAsync(Uri(called.Number, "udp"));
        await caller.EstablishedAsync();
        await caller.HearsAsync(callee);
        await callee.HearsAsync(caller);
        var id = (await OnlyAsync("live")).GetProperty("id").GetString();
        var stream = await StreamAsync(id);
        Assert.Equal((outside != "", inside != ""), (stream.TryGetProperty("caller_srtp", out _), stream.TryGetProperty("callee_srtp", out _)));

        // The same keys again, in the middle of the stream: it does not record what it hears then.
        await caller.HoldAsync();
        await caller.ResumeAsync();
        var (fromCaller, fromCallee) = (Packets(await StreamAsync(id), "from_caller"), Packets(await StreamAsync(id), "from_callee"));
        await Eventually.TrueAsync(
            async () => await StreamAsync(id) is var now && Packets(now, "from_caller") > fromCaller + 25 && Packets(now, "from_callee") > fromCallee + 25, text: "packets after the hold");
        Assert.DoesNotContain("failed to decrypt", caller.Output + callee.Output, StringComparison.Ordinal);
        await caller.HangUpAsync();
        await callee.ClosedAsync();
        await HasNoKeyAsync(id!);
    });

    [Fact]
    public Task Srtp_echoes() => Scenario(async folder =>
    {
        await using var caller = await SrtpCallerAsync(folder, "srtp-mand");
        await caller.DialAsync(Uri(Fixture.Echo, "udp"));
        await caller.EstablishedAsync();
        await caller.HearsAsync(OutsideTone);
        await caller.HangUpAsync();
    });

    [Fact]
    public Task Who_must_have_srtp_and_offers_none_is_refused() => Scenario(async folder =>
    {
        await using var caller = await Baresip.StartAsync(folder, "outsider", Ports.Free(Fixture.SrtpOutside), OutsideTone);
        await caller.DialAsync(Uri(Fixture.Udp.Number, "udp"));
        await caller.ClosedAsync();
    });

    private async Task<JsonElement> StreamAsync(string? id)
    {
        using var call = JsonDocument.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{id}"));
        return Assert.Single(call.RootElement.GetProperty("media").EnumerateArray()).Clone();
    }

    /// <summary>That were authentic.</summary>
    private static long Packets(JsonElement stream, string direction) => stream.GetProperty(direction).GetProperty("packets").GetInt64();

    /// <summary>Neither the call's messages nor its captures show one.</summary>
    private async Task HasNoKeyAsync(string id)
    {
        var told = await Fixture.Gateway.GetAsync($"/api/v1/calls/{id}");
        Assert.DoesNotMatch("inline:[^*]", told);
    }
}
