using System.Globalization;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;

namespace SipAlg.Interop.Tests;

/// <summary>Telephones that encrypt what they say, whose packets the kernel hands to the gateway past its sockets. As root, as CI is.</summary>
[Trait("Run", "second")]
public sealed class RingTests(RingTests.Gateway gateway) : GatewayTests<RingTests.Gateway>(gateway)
{
    private const double OutsideTone = 500;
    private const double InsideTone = 1100;

    public sealed class Gateway : TwoSides
    {
        internal Callee Plain { get; }
        internal Callee Srtp { get; }
        internal string SrtpOutside { get; }

        public Gateway()
        {
            Plain = AddCallee("plain");
            Srtp = AddCallee("srtp_inside", Networks.Inside(26), settings: ", srtp: required");
            SrtpOutside = AddCaller("srtp_outside", Networks.Outside(47), ", srtp: required");
        }

        internal override string Configuration => $"{base.Configuration}\nmedia: {{ fast_path: required }}\n";
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public Task Tones_are_heard_and_come_past_the_sockets(bool outside, bool inside) => Scenario(async folder =>
    {
        var called = inside ? Fixture.Srtp : Fixture.Plain;
        var from = Ports.Free(outside ? Fixture.SrtpOutside : TwoSides.CallerAddress);
        await using var caller = await Baresip.StartAsync(folder, "outsider", from, OutsideTone, outside ? $"<sip:outsider@{from}>;regint=0;mediaenc=srtp-mand" : null);
        await using var callee = await Baresip.StartAsync(folder, called.Number, called.Endpoint, InsideTone, inside ? $"<sip:{called.Number}@{called.Endpoint}>;regint=0;mediaenc=srtp-mand" : null);
        var before = await MetricAsync("sipalg_rtp_ring_packets_total");
        await caller.DialAsync($"sip:{called.Number}@{Fixture.Outside};transport=udp");
        await caller.EstablishedAsync();
        await caller.HearsAsync(callee);
        await callee.HearsAsync(caller);
        Assert.Equal(2, await MetricAsync("sipalg_rtp_ring_flows"));
        await AwaitMoreAsync(before + 100);

        // The same keys again, in the middle of the stream.
        await caller.HoldAsync();
        await caller.ResumeAsync();
        await AwaitMoreAsync(await MetricAsync("sipalg_rtp_ring_packets_total") + 50);
        Assert.DoesNotContain("failed to decrypt", caller.Output + callee.Output, StringComparison.Ordinal);
        await caller.HangUpAsync();
        await callee.ClosedAsync();
        await Eventually.TrueAsync(async () => await MetricAsync("sipalg_rtp_ring_flows") == 0, text: "the flows are gone");
    });

    private Task AwaitMoreAsync(double packets) =>
        Eventually.TrueAsync(async () => await MetricAsync("sipalg_rtp_ring_packets_total") > packets, text: "packets by the ring");

    private async Task<double> MetricAsync(string name)
    {
        var found = Regex.Match(await Fixture.Gateway.GetAsync("/metrics"), $"^{name} (.+)$", RegexOptions.Multiline);
        return double.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture);
    }
}
