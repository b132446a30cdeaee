using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Flows;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;
using SipAlg.Interop.Tests.Wire;
using Capture = SipAlg.Interop.Tests.Wire.Capture;

namespace SipAlg.Interop.Tests;

/// <summary>Two telephones talk through the gateway; what each hears is listened to, what is on the wire is read.</summary>
public sealed partial class PhoneTests(PhoneTests.Gateway gateway) : GatewayTests<PhoneTests.Gateway>(gateway)
{
    private const double OutsideTone = 500;
    private const double InsideTone = 1100;
    private const double ServiceTone = 440;

    public sealed partial class Gateway : TwoSides
    {
        internal Callee Udp { get; }
        internal Callee Tcp { get; }
        internal Callee InfoInside { get; }
        internal Callee EventsInside { get; }
        internal string InfoOutside { get; }
        internal string EventsOutside { get; }
        internal string Echo { get; }
        internal string Tone { get; }

        public Gateway()
        {
            Udp = AddCallee("udp");
            Tcp = AddCallee("tcp", Networks.Inside(21), "tcp");
            InfoInside = AddCallee("info_inside", Networks.Inside(22), settings: ", dtmf: info");
            EventsInside = AddCallee("events_inside", Networks.Inside(23), settings: ", dtmf: rfc4733");
            InfoOutside = AddCaller("info_outside", Networks.Outside(40), ", dtmf: info");
            EventsOutside = AddCaller("events_outside", Networks.Outside(41), ", dtmf: rfc4733");
            AddSrtp();
            Echo = AddRoute("service: echo");
            Tone = AddRoute("service: tone");
            AddTransfers();
        }
    }

    private static Task<Baresip> CallerAsync(ScenarioFolder folder) =>
        Baresip.StartAsync(folder, "outsider", Ports.Free(TwoSides.CallerAddress), OutsideTone);

    private static Task<Baresip> CalleeAsync(ScenarioFolder folder, Callee callee) =>
        Baresip.StartAsync(folder, callee.Number, callee.Endpoint, InsideTone);

    private string Uri(string number, string transport) => $"sip:{number}@{Fixture.Outside};transport={transport}";

    [Theory]
    [InlineData("udp", "udp")]
    [InlineData("tcp", "tcp")]
    [InlineData("udp", "tcp")]
    [InlineData("tcp", "udp")]
    public Task Each_hears_the_other_and_neither_sees_the_other(string outside, string inside) => Scenario(async folder =>
    {
        var called = inside == "udp" ? Fixture.Udp : Fixture.Tcp;
        await using var capture = await Capture.StartAsync(folder, $"{Fixture.Outside.Address}", $"{Fixture.Inside.Address}");
        await using var caller = await CallerAsync(folder);
        await using var callee = await CalleeAsync(folder, called);
        await caller.DialAsync(Uri(called.Number, outside));
        await caller.EstablishedAsync();
        await caller.HearsAsync(callee);
        await callee.HearsAsync(caller);
        await caller.HangUpAsync();
        await callee.ClosedAsync();
        HidesEachFromTheOther(await capture.FinishAsync());
    });

    [Fact]
    public Task The_caller_may_hold_and_resume() => Scenario(folder => HoldsAndResumesAsync(folder, (caller, callee) => (caller, callee)));

    [Fact]
    public Task The_callee_may_hold_and_resume() => Scenario(folder => HoldsAndResumesAsync(folder, (caller, callee) => (callee, caller)));

    private async Task HoldsAndResumesAsync(ScenarioFolder folder, Func<Baresip, Baresip, (Baresip Holding, Baresip Held)> roles)
    {
        await using var capture = await Capture.StartAsync(folder, $"{Fixture.Outside.Address}", $"{Fixture.Inside.Address}");
        await using var caller = await CallerAsync(folder);
        await using var callee = await CalleeAsync(folder, Fixture.Udp);
        await caller.DialAsync(Uri(Fixture.Udp.Number, "udp"));
        await caller.EstablishedAsync();
        await caller.HearsAsync(callee);
        var (holding, held) = roles(caller, callee);
        var offers = held.Offers;
        var (outside, inside) = (new AudioOnWire(capture, Fixture.Outside.Address), new AudioOnWire(capture, Fixture.Inside.Address));
        await holding.HoldAsync();
        await outside.FallsSilentAsync();
        await inside.FallsSilentAsync();
        await holding.ResumeAsync();
        Assert.Equal(offers + 2, held.Offers);
        await outside.HoldsAsync(callee.ToneHertz);
        await inside.HoldsAsync(caller.ToneHertz);
        await holding.HangUpAsync();
        await held.ClosedAsync();
    }

    [Fact]
    public Task Keys_that_are_pressed_are_told_to_the_other_side() => Scenario(async folder =>
    {
        var infos = (await InfosAsync("inside", "out")) + (await InfosAsync("outside", "out"));
        await using var caller = await CallerAsync(folder);
        await using var callee = await CalleeAsync(folder, Fixture.Udp);
        await caller.DialAsync(Uri(Fixture.Udp.Number, "udp"));
        await caller.EstablishedAsync();
        await caller.HearsAsync(callee);
        await caller.PressAsync("159#");
        await Eventually.TrueAsync(() => callee.Pressed == "159#", text: "159# pressed");
        await callee.PressAsync("0*");
        await Eventually.TrueAsync(() => caller.Pressed == "0*", text: "0* pressed");
        // RFC 4733, in the audio: no INFO has crossed.
        Assert.Equal(infos, (await InfosAsync("inside", "out")) + (await InfosAsync("outside", "out")));
        await caller.HangUpAsync();
        await callee.ClosedAsync();
    });

    [Fact]
    public Task Keys_are_told_in_info_to_who_has_them_there() => Scenario(async folder =>
    {
        await using var caller = await Baresip.StartAsync(folder, "outsider", Ports.Free(Fixture.EventsOutside), OutsideTone);
        await using var callee = await CalleeAsync(folder, Fixture.InfoInside);
        await caller.DialAsync(Uri(Fixture.InfoInside.Number, "udp"));
        await caller.EstablishedAsync();
        await caller.HearsAsync(callee);
        var infos = await InfosAsync("inside", "out");
        await caller.PressAsync("159#");
        await Eventually.TrueAsync(() => callee.Pressed == "159#", text: "159# pressed");
        Assert.Equal(infos + 4, await InfosAsync("inside", "out"));
        await caller.HangUpAsync();
        await callee.ClosedAsync();
    });

    /// <summary>baresip 1.0 takes keys in INFO and sends none there: SIPp does.</summary>
    [Fact]
    public Task Keys_in_info_are_told_as_events() => Scenario(async folder =>
    {
        await using var callee = await CalleeAsync(folder, Fixture.EventsInside);
        var script = SippScript.Caller().At(Fixture.InfoOutside).Invite(new Description { Payloads = "8" }).Expect(180).Answered();
        foreach (var key in "40*")
        {
            script.Request("INFO", new Body("application/dtmf-relay", $"Signal={key}\nDuration=160\n")).Expect(200, "INFO");
        }

        await using var flow = new Flow(
            Fixture.Gateway, await Fixture.Gateway.MetricsAsync(), Fixture.Call(folder, script.HungUp(), Fixture.EventsInside.Number, from: Fixture.InfoOutside));
        await Eventually.TrueAsync(() => callee.Pressed == "40*", text: "40* pressed");
        await flow.HangUpAsync();
        await flow.EndsAsync("hung_up_by_operator");
        await callee.ClosedAsync();
    });

    private async Task<double> InfosAsync(string realm, string direction) =>
        (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_sip_requests_total", $"realm=\"{realm}\",direction=\"{direction}\",method=\"INFO\"");

    [Fact]
    public Task The_echo_service_returns_what_is_said() => Scenario(async folder =>
    {
        await using var caller = await CallerAsync(folder);
        await caller.DialAsync(Uri(Fixture.Echo, "udp"));
        await caller.EstablishedAsync();
        await caller.HearsAsync(caller.ToneHertz);
        await caller.HangUpAsync();
        await caller.ClosedAsync();
    });

    [Fact]
    public Task The_tone_service_sounds() => Scenario(async folder =>
    {
        await using var capture = await Capture.StartAsync(folder, $"{Fixture.Outside.Address}");
        await using var caller = await CallerAsync(folder);
        await caller.DialAsync(Uri(Fixture.Tone, "udp"));
        await caller.EstablishedAsync();
        await new AudioOnWire(capture, Fixture.Outside.Address).HoldsAsync(ServiceTone);
        await caller.HangUpAsync();
        await caller.ClosedAsync();
    });

    /// <summary>No message of one network names an address, a dialog or a tag of the other.</summary>
    private void HidesEachFromTheOther(IReadOnlyList<CapturedPacket> packets)
    {
        var outside = Messages(packets, Fixture.Outside.Address);
        var inside = Messages(packets, Fixture.Inside.Address);
        Assert.True(outside.Length >= 5 && inside.Length >= 5, $"{outside.Length} messages outside, {inside.Length} inside");
        HoldNone(inside, Secrets(outside, Networks.OutsidePrefix));
        HoldNone(outside, Secrets(inside, Networks.InsidePrefix));
    }

    private static string[] Messages(IReadOnlyList<CapturedPacket> packets, IPAddress gateway) =>
    [
        .. packets.Where(packet => (packet.Source == $"{gateway}" || packet.Destination == $"{gateway}") && packet.Text.Contains("SIP/2.0", StringComparison.Ordinal))
            .Select(packet => packet.Text),
    ];

    private static string[] Secrets(string[] messages, string network) =>
    [
        network,
        .. messages.SelectMany(message => CallIdOrTag().Matches(message)).Select(match => match.Groups[1].Value).Distinct(),
    ];

    private static void HoldNone(string[] messages, string[] secrets)
    {
        foreach (var message in messages)
        {
            Assert.All(secrets, secret => Assert.DoesNotContain(secret, message, StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"(?:^Call-ID: |;tag=|;branch=)([^;\r\n]+)", RegexOptions.Multiline)]
    private static partial Regex CallIdOrTag();
}
