using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Calls of a gateway that has several lanes: each comes from a port of its own, so that the system spreads them.</summary>
[Trait("Run", "second")]
public sealed partial class SeveralLanesTests(SeveralLanesTests.Gateway gateway) : GatewayTests<SeveralLanesTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(200);

        internal override string SipSettings => ", lanes: 3";

        internal Callee Udp { get; }
        internal Callee Tcp { get; }

        public Gateway() => (Udp, Tcp) = (AddCallee("udp"), AddCallee("tcp", Networks.Inside(21), "tcp"));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public Task Every_call_completes(bool fromTcp, bool toTcp) => Scenario(async folder =>
    {
        const int Calls = 60;
        var callee = toTcp ? Fixture.Tcp : Fixture.Udp;
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), callee.Endpoint) { Calls = Calls, IsTcp = toTcp });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = callee.Number, Calls = Calls, Rate = 30, Pause = 300, IsTcp = fromTcp, HasSocketPerCall = true,
        });
        await SippRun.AllSucceedAsync(calling, answering);

        // Our Call-ID begins with the lane that has the call.
        var lanes = answering.Received("INVITE ").Select(invite => CallIds().Match(invite.Text).Groups[1].Value).Distinct().Order();
        Assert.Equal(["00", "01", "02"], lanes);
    });

    [GeneratedRegex("^Call-ID: ([0-9a-f]{2})", RegexOptions.Multiline)]
    private static partial Regex CallIds();
}
