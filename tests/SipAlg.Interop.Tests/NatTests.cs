using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;
using SipAlg.Interop.Tests.Phones;

namespace SipAlg.Interop.Tests;

/// <summary>Phones behind real NATs, in network namespaces: registered, called, heard, and found again when the NAT forgets.</summary>
public sealed partial class NatTests(NatTests.Gateway gateway) : NatGatewayTests<NatTests.Gateway>(gateway)
{
    private const int FirstMediaPort = 20000;
    private const int LastMediaPort = 20099;

    public sealed class Gateway : NatGateway
    {
        private static readonly IPEndPoint Listen = new(IPAddress.Parse(NatNetworks.GatewayAddress), 5060);

        internal override NetworkNamespace Space => Networks.Gateway;

        private protected override string ProbeAddress => NatNetworks.PublicAddress;

        private protected override string Realm => $"listen: ['udp://{Listen}', 'tcp://{Listen}'], keep_alive: 5s, media: {{ ports: {FirstMediaPort}-{LastMediaPort} }}";

        internal override SipProbe Probe => new(IPAddress.Parse(NatNetworks.PublicAddress), Listen, Networks.Public.Space);
    }

    private Task<Baresip> OneAsync(ScenarioFolder folder, string transport = "udp") => Networks.AtOne.PhoneAsync(folder, "one", 500, NatNetworks.GatewayAddress, transport);

    private Task<Baresip> TooAsync(ScenarioFolder folder) => Networks.AtOneToo.PhoneAsync(folder, "too", 1100, NatNetworks.GatewayAddress);

    private Task<Baresip> OtherAsync(ScenarioFolder folder) => Networks.AtOther.PhoneAsync(folder, "other", 1100, NatNetworks.GatewayAddress);

    private Task<Baresip> OpenAsync(ScenarioFolder folder) => Networks.Public.PhoneAsync(folder, "open", 1100, NatNetworks.GatewayAddress);

    private static async Task CallAsync(Baresip caller, string user)
    {
        await caller.DialAsync($"sip:{user}@{NatNetworks.GatewayAddress}");
        await caller.EstablishedAsync();
    }

    private async Task<double> SourcesAsync(string change) => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_media_sources_total", $"change=\"{change}\"");

    private async Task<double> KeepAlivesAsync(string outcome) => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_keep_alives_total", $"outcome=\"{outcome}\"");

    [Theory]
    [InlineData(NatKind.FullCone, null)]
    [InlineData(NatKind.Symmetric, null)]
    [InlineData(NatKind.FullCone, NatKind.FullCone)]
    [InlineData(NatKind.Symmetric, NatKind.Symmetric)]
    [InlineData(NatKind.FullCone, NatKind.Symmetric)]
    public Task Phones_hear_each_other_whoever_calls(NatKind one, NatKind? other) => NatScenario(async folder =>
    {
        Networks.One.Translate(one);
        Networks.Other.Translate(other ?? NatKind.Symmetric);
        await using var phone = await OneAsync(folder);
        await using var another = await (other is null ? OpenAsync(folder) : OtherAsync(folder));
        foreach (var (calls, (caller, callee)) in new[] { (1, (phone, another)), (2, (another, phone)) })
        {
            await caller.DialAsync($"sip:{callee.User}@{NatNetworks.GatewayAddress}");
            await caller.EstablishedAsync(calls);
            await NatHost.TalkAsync(caller, callee);
            await caller.HangUpAsync();
            await callee.ClosedAsync(calls);
        }
    });

    [Theory]
    [InlineData(NatKind.FullCone)]
    [InlineData(NatKind.Symmetric)]
    public Task Two_phones_behind_one_nat_hear_each_other(NatKind kind) => NatScenario(async folder =>
    {
        Networks.One.Translate(kind);
        await using var one = await OneAsync(folder);
        await using var too = await TooAsync(folder);
        await CallAsync(one, "too");
        await NatHost.TalkAsync(one, too);
        await too.HangUpAsync();
        await one.ClosedAsync();
    });

    [Fact]
    public Task Over_tcp_a_phone_behind_nat_is_called_by_its_connection() => NatScenario(async folder =>
    {
        Networks.One.Translate(NatKind.Symmetric);
        await using var one = await OneAsync(folder, "tcp");
        await using var open = await OpenAsync(folder);
        await CallAsync(open, "one");
        await NatHost.TalkAsync(one, open);
        await one.HangUpAsync();
        await open.ClosedAsync();
    });

    /// <summary>The NAT forgets everything, as when it is started anew: media and signalling come from other ports, or from another address.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_nat_that_rebinds_in_mid_call_ends_no_call(bool isOtherAddress) => NatScenario(async folder =>
    {
        Networks.One.Translate(NatKind.Symmetric);
        Networks.Other.Translate(NatKind.Symmetric);
        await using var one = await OneAsync(folder);
        await using var other = await OtherAsync(folder);
        await CallAsync(one, "other");
        await NatHost.TalkAsync(one, other);
        var before = await SourcesAsync("took_over");
        Networks.One.Translate(NatKind.Symmetric, isOtherAddress);
        await Eventually.TrueAsync(async () => await SourcesAsync("took_over") > before, text: "another source took over");
        await NatHost.TalkAsync(one, other);
        Assert.Contains("before from 198.51.100.10", Fixture.Gateway.Log, StringComparison.Ordinal);
        await (isOtherAddress ? other : one).HangUpAsync();
        await (isOtherAddress ? other : one).ClosedAsync();
        if (!isOtherAddress)
        {
            await other.ClosedAsync();
        }
    });

    /// <summary>The NAT remembers for 7 s, the gateway asks every 5 s: so a phone that has long been silent still rings.</summary>
    [Fact]
    public Task A_phone_behind_nat_is_kept_in_reach() => NatScenario(async folder =>
    {
        Networks.One.Remember(7);
        Networks.One.Translate(NatKind.Symmetric);
        await using var one = await OneAsync(folder);
        var answered = await KeepAlivesAsync("answered");
        // "OPTI", on the wire between phone and NAT.
        var (program, arguments) = Networks.AtOne.Space.Command("tshark", "-i", "lan", "-c", "1", "-f", "udp dst port 5060 and udp[8:4] = 0x4f505449");
        await using var sight = ChildProcess.Start(program, arguments, folder);
        Assert.Equal(0, await sight.ExitAsync(Eventually.Deadline));
        await Eventually.TrueAsync(async () => await KeepAlivesAsync("answered") >= answered + 3, text: "three pings answered");
        await using var open = await OpenAsync(folder);
        await CallAsync(open, "one");
        await NatHost.TalkAsync(open, one);
        await open.HangUpAsync();
        await one.ClosedAsync();
        Networks.One.Remember(120);
    });

    /// <summary>
    /// RTP bleed (CVE-2017-14114): somebody sends media and whatever else to every media port in the middle of a call. Nobody hears of it, and
    /// each packet to a port in use is counted, or stands in what the system says that it dropped.
    /// </summary>
    [Fact]
    public Task Nobody_hears_who_is_not_in_the_call() => NatScenario(async folder =>
    {
        const int Packets = 50;
        const double AttackerTone = 2000;
        Networks.One.Translate(NatKind.Symmetric);
        await using var one = await OneAsync(folder);
        await using var open = await OpenAsync(folder);
        await CallAsync(one, "open");
        await NatHost.TalkAsync(one, open);
        var before = await RefusedAsync();
        var ports = (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_media_ports_in_use");
        var target = IPAddress.Parse(NatNetworks.GatewayAddress);
        Sprayer.Spray(Networks.Attacker, target, FirstMediaPort, LastMediaPort, Packets, AttackerTone);
        await NatHost.TalkAsync(one, open);
        var sent = Packets * ports;
        // RTP at the ports of RTCP is no media; a port that has not settled yet refuses as well.
        await Eventually.TrueAsync(async () => await RefusedAsync() - before == sent, text: "each packet to a port in use counted");

        sent += Sprayer.Flood(Networks.Attacker, target, FirstMediaPort, LastMediaPort, Packets) * ports;
        await NatHost.TalkAsync(one, open);
        await Eventually.TrueAsync(async () => await RefusedAsync() - before == sent, text: "each packet of the flood counted");
        one.HasNotHeard(AttackerTone);
        open.HasNotHeard(AttackerTone);
        Assert.Contains("is dropped, since its source is", Fixture.Gateway.Log, StringComparison.Ordinal);
        await one.HangUpAsync();
        await open.ClosedAsync();
    });

    /// <summary>Dropped as a stranger's, as no media or too short for it, or by the system.</summary>
    private async Task<double> RefusedAsync()
    {
        var metrics = await Fixture.Gateway.MetricsAsync();
        return new[] { "stranger", "not_media", "runt", "kernel" }.Sum(reason => metrics.Sum("sipalg_rtp_dropped_total", $"reason=\"{reason}\""));
    }
}
