using System.Globalization;
using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;
using SipAlg.Interop.Tests.Wire;
using Xunit.Abstractions;

namespace SipAlg.Interop.Tests;

/// <summary>Calls over paths that lose datagrams. <c>SIPALG_SEED</c> plays a printed seed again.</summary>
[Trait("Run", "second")]
public sealed class LossTests(LossTests.Gateway gateway, ITestOutputHelper output) : GatewayTests<LossTests.Gateway>(gateway)
{
    private const int Calls = 300;
    private const double Share = 0.05;

    public sealed class Gateway : TwoSides
    {
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(100);

        /// <summary>The end of the callee's link that the gateway sees.</summary>
        internal Callee Link { get; }

        public Gateway() => Link = AddCallee("link", Networks.Inside(40));
    }

    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("SIPALG_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : Random.Shared.Next();

    [Fact]
    public Task With_five_in_a_hundred_datagrams_lost_on_both_sides_every_call_completes()
    {
        var seed = Seed;
        return ScenarioFolder.RunAsync(() => $"SIPALG_SEED={seed}\n{Fixture.Gateway.Log}", folder => LoseAsync(folder, seed));
    }

    private async Task LoseAsync(ScenarioFolder folder, int seed)
    {
        output.WriteLine($"SIPALG_SEED={seed}");
        var plan = new LossPlan(seed, Share);
        var caller = Ports.Free(TwoSides.CallerAddress);
        var callee = Ports.Free(Networks.Inside(42));
        // SIPp's Via has no rport: answers come to the port that it names, at the link's address.
        var callersLink = new IPEndPoint(IPAddress.Parse(Networks.Outside(21)), caller.Port);
        var front = Ports.Free(Networks.Outside(22));
        await using var outside = new LossyLink("outside", plan, front, callersLink, Fixture.Outside);
        await using var inside = new LossyLink("inside", plan, Fixture.Link.Endpoint, Ports.Free(Networks.Inside(41)), callee);
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(
            new SippScenario("callee-answers-at-once").With("contact", $"{Fixture.Link.Endpoint}").With("linger", "4000"), callee) { Calls = Calls });
        // At the gateway's own pace: with 500 ms, 64·T1 of the gateway could pass between two BYEs that come, the first one's 200 lost (RFC 3261 §17.2.2).
        var repeating = new SippScenario("caller").With("t1", $"{Fixture.T1.TotalMilliseconds}");
        await using var calling = SippRun.Call(folder, new SippOptions(repeating, caller)
        {
            Remote = front, Called = Fixture.Link.Number, Calls = Calls, Rate = 50, Pause = 1000,
        });
        await SippRun.AllSucceedAsync(calling, answering);
        output.WriteLine($"lost {plan.Lost} of {plan.Lost + plan.Passed}");
        Assert.InRange(plan.Lost / (double)(plan.Lost + plan.Passed), Share / 2, Share * 2);
    }
}
