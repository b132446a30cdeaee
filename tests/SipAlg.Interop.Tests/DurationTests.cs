using SipAlg.Interop.Tests.Flows;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>A gateway whose calls may not last.</summary>
public sealed class DurationTests(DurationTests.Gateway gateway) : GatewayTests<DurationTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Callee { get; }

        public Gateway() => Callee = AddCallee("callee");

        internal override string Configuration => $"{base.Configuration}\ncalls: {{ max_duration: 1s }}\n";
    }

    [Fact]
    public Task Both_are_hung_up_when_its_time_is_over() => Scenario(async folder =>
    {
        var before = await Fixture.Gateway.MetricsAsync();
        var answering = await TwoSides.AnswerAsync(folder, SippScript.Callee().Expect("INVITE").Accept(new Description(7000)).HungUp(), Fixture.Callee);
        await using var flow = new Flow(Fixture.Gateway, before, Fixture.Call(folder, SippScript.Caller().Invite(new Description()).Answered().HungUp(), Fixture.Callee.Number), answering);
        await flow.EndsAsync("max_duration", 200);
        Assert.InRange((await flow.RecordAsync()).GetProperty("duration_seconds").GetDouble(), 0.5, 10);
    });
}
