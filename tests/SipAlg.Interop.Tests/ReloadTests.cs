using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>
/// Reloads, sound ones and broken ones, while two telephones talk and calls begin and end: none fails, no packet is lost. A few seconds;
/// <c>SIPALG_LONG=1</c> makes it a thousand reloads under 200 calls a second.
/// </summary>
public sealed class ReloadTests(ReloadTests.Gateway gateway) : GatewayTests<ReloadTests.Gateway>(gateway)
{
    /// <summary>Octets: what the collector keeps for a rush of calls comes and goes.</summary>
    private const double MostGrowth = 64e6;

    private const string Broken = "routes: [ { to: [ { peer: nobody } ] } ]";

    public sealed class Gateway : TwoSides
    {
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(100);

        internal Callee Callee { get; }
        internal Callee Voice { get; }

        public Gateway() => (Callee, Voice) = (AddCallee("callee"), AddCallee("voice", Networks.Inside(21)));
    }

    private static bool IsLong => Environment.GetEnvironmentVariable("SIPALG_LONG") == "1";

    [Fact]
    public Task No_call_fails_and_no_packet_is_lost() => Scenario(async folder =>
    {
        var (rate, calls, reloads) = IsLong ? (200, 20_000, 1000) : (50, 150, 20);
        await using var caller = await Baresip.StartAsync(folder, "outsider", Ports.Free(Networks.Outside(21)), 500);
        await using var callee = await Baresip.StartAsync(folder, Fixture.Voice.Number, Fixture.Voice.Endpoint, 1100);
        await caller.DialAsync($"sip:{Fixture.Voice.Number}@{Fixture.Outside};transport=udp");
        await caller.EstablishedAsync();
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = calls, KeepsMessages = false });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = calls, Rate = rate, Pause = 500, KeepsMessages = false,
        });

        await ReloadAsync(reloads / 5);
        var before = await MemoryAsync();
        await ReloadAsync(reloads - (reloads / 5));
        Assert.InRange(await MemoryAsync() - before, double.MinValue, MostGrowth);

        var deadline = TimeSpan.FromSeconds(60 + (calls / rate));
        await calling.AllSucceedAsync(deadline);
        await answering.AllSucceedAsync(deadline);
        await caller.HearsAsync(callee);
        await callee.HearsAsync(caller);
        await NothingLostAsync();
        await caller.HangUpAsync();
        await callee.ClosedAsync();
    });

    /// <summary>Every fifth is of a broken dialplan, which changes nothing.</summary>
    private async Task ReloadAsync(int reloads)
    {
        for (var reload = 1; reload <= reloads; reload++)
        {
            var isBroken = reload % 5 == 0;
            Fixture.Gateway.Write(isBroken ? Broken : $"{Fixture.Dialplan}  - {{ name: reload {reload}, when: {{ realm: outside, called: ['r{reload}'] }}, reject: {{ status: 403 }} }}\n");
            Assert.Equal(isBroken ? 422 : 200, await Fixture.Gateway.ReloadAsync());
        }

        foreach (var (dialplan, status, isSuccess) in new[] { (Broken, 422, 0), (Fixture.Dialplan, 200, 1) })
        {
            Fixture.Gateway.Write(dialplan);
            Assert.Equal(status, await Fixture.Gateway.ReloadAsync());
            Assert.Equal(isSuccess, (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_config_last_reload_success"));
        }
    }

    private async Task<double> MemoryAsync() => (await Fixture.Gateway.MetricsAsync()).Sum("process_resident_memory_bytes");

    private async Task NothingLostAsync()
    {
        using var list = JsonDocument.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=live"));
        var id = list.RootElement.GetProperty("items").EnumerateArray().Single().GetProperty("id").GetString();
        using var call = JsonDocument.Parse(await Fixture.Gateway.GetAsync($"/api/v1/calls/{id}"));
        foreach (var direction in new[] { "from_caller", "from_callee" })
        {
            var figures = call.RootElement.GetProperty("media")[0].GetProperty(direction);
            Assert.True(figures.GetProperty("packets").GetInt64() > 50, figures.ToString());
            Assert.Equal(0, figures.GetProperty("rtp").GetProperty("lost").GetInt64());
        }

        var metrics = await Fixture.Gateway.MetricsAsync();
        Assert.Equal(0, metrics.Sum("sipalg_calls_total", "outcome=\"failed\""));
        Assert.Equal(0, metrics.Sum("sipalg_lane_faults_total"));
    }
}
