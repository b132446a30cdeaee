using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Many basic calls at a rate. Ten seconds by themselves; <c>SIPALG_LONG=1</c> makes it a minute at a higher rate.</summary>
[Trait("Run", "second")]
public sealed class BasicCallTests(BasicCallTests.Gateway gateway) : GatewayTests<BasicCallTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        /// <summary>A callee whose CPU is taken for a moment is not asked twice.</summary>
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(200);

        internal Callee Callee { get; }

        public Gateway() => Callee = AddCallee("callee");
    }

    private static bool IsLong => Environment.GetEnvironmentVariable("SIPALG_LONG") == "1";

    [Fact]
    public Task Every_call_completes() => Scenario(async folder =>
    {
        var (rate, seconds) = IsLong ? (500, 60) : (100, 10);
        var calls = rate * seconds;
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = calls, KeepsMessages = false });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = calls, Rate = rate, Pause = 1000, KeepsMessages = false,
        });
        var deadline = TimeSpan.FromSeconds(seconds + 30);
        var called = await calling.AllSucceedAsync(deadline);
        var answered = await answering.AllSucceedAsync(deadline);
        // What the gateway does not answer, each call repeats (SIPp's T1 is 500 ms); a machine that stands still for a while, some.
        Assert.True(called.Retransmissions + answered.Retransmissions <= calls / 4, $"{called}, {answered}");
    });
}
