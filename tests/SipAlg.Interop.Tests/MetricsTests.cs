using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>What a gateway that has carried calls tells Prometheus.</summary>
public sealed partial class MetricsTests(MetricsTests.Gateway gateway) : GatewayTests<MetricsTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Callee { get; }

        /// <summary>Where messages of calls are sent to.</summary>
        internal IPEndPoint Collector { get; } = Ports.Free(Networks.Inside(60));

        public Gateway() => Callee = AddCallee("callee");

        internal override string Configuration => $"{base.Configuration}\ntrace: {{ hep: 'udp://{Collector}', hep_id: 77, hep_password: s3cret, header: X-Call-Trace }}\n";
    }

    [Fact]
    public Task Promtool_finds_no_fault() => Scenario(async folder =>
    {
        await Fixture.TalkAsync(folder, new SippScenario("caller"), new SippScenario("callee"), Fixture.Callee);
        var file = folder.Write("metrics.txt", (await Fixture.Gateway.MetricsAsync()).Text);
        await using var promtool = ChildProcess.Start("sh", ["-c", $"promtool check metrics < '{file}'"], folder);
        Assert.True(await promtool.ExitAsync(Eventually.Deadline) == 0, promtool.Output);
    });

    [Fact]
    public Task A_call_is_counted_while_it_lasts_and_after() => Scenario(async folder =>
    {
        var before = await Fixture.Gateway.MetricsAsync();
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), Fixture.Callee);
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Pause = 1000,
        });
        await Eventually.TrueAsync(async () => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_calls_active") == 1);
        await Eventually.TrueAsync(async () => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_media_ports_in_use") > 0);
        await SippRun.AllSucceedAsync(calling, answering);
        var after = await Fixture.Gateway.MetricsAsync();
        Assert.Equal(0, after.Sum("sipalg_calls_active"));
        Assert.Equal(before.Sum("sipalg_calls_total", "answered") + 1, after.Sum("sipalg_calls_total", "answered"));
    });
}
