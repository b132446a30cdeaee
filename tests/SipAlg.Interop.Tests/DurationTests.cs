using SipAlg.Interop.Tests.Flows;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>A gateway whose calls may not last, and less so in silence. SIPp sends no media.</summary>
[Trait("Run", "second")]
public sealed class DurationTests(DurationTests.Gateway gateway) : GatewayTests<DurationTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Callee { get; }

        public Gateway() => Callee = AddCallee("callee");

        internal override string Configuration => $"{base.Configuration}\ncalls: {{ max_duration: 2s, media_timeout: 1s }}\n";
    }

    /// <summary>A call that is held may be silent.</summary>
    [Fact]
    public Task Both_are_hung_up_when_its_time_is_over() => EndsAsync("max_duration", "inactive", []);

    [Fact]
    public Task Both_are_hung_up_and_told_why_when_neither_sends_media() =>
        EndsAsync("media_timeout", "sendrecv", [Check.Field("Reason", "SIP;cause=408;text=.Media timeout.")]);

    private Task EndsAsync(string cause, string direction, Check[] bye) => Scenario(async folder =>
    {
        var before = await Fixture.Gateway.MetricsAsync();
        var answering = await TwoSides.AnswerAsync(folder, SippScript.Callee().Expect("INVITE").Accept(new Description(7000) { Direction = direction }).HungUp(bye), Fixture.Callee);
        var calling = Fixture.Call(folder, SippScript.Caller().Invite(new Description { Direction = direction }).Answered().HungUp(bye), Fixture.Callee.Number);
        await using var flow = new Flow(Fixture.Gateway, before, calling, answering);
        await flow.EndsAsync(cause, 200);
        Assert.InRange((await flow.RecordAsync()).GetProperty("duration_seconds").GetDouble(), 0.5, 10);
    });
}
