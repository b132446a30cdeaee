using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Requests over 1300 octets (RFC 3261 §18.1.1), and what each peer's <c>large_requests</c> makes of them.</summary>
public sealed class LargeRequestTests(LargeRequestTests.Gateway gateway) : GatewayTests<LargeRequestTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee AlwaysUdp { get; }
        internal Callee AlwaysTcp { get; }
        internal Callee AutoWithTcp { get; }
        internal Callee AutoWithoutTcp { get; }

        public Gateway()
        {
            AlwaysUdp = AddCallee("always_udp", Networks.Inside(31), null, ", large_requests: udp");
            AlwaysTcp = AddCallee("always_tcp", Networks.Inside(32), null, ", large_requests: tcp") with { IsTcp = true };
            AutoWithTcp = AddCallee("auto_with_tcp", Networks.Inside(33), null, ", large_requests: auto") with { IsTcp = true };
            AutoWithoutTcp = AddCallee("auto_without_tcp", Networks.Inside(34), null, ", large_requests: auto");
        }
    }

    private static SippScenario LargeCaller => new SippScenario("caller").With("headers", $"X-Pad: {new string('x', 1400)}\n");

    [Fact]
    public Task Udp_stays_udp() => CrossesAsync(Fixture.AlwaysUdp, "UDP");

    [Fact]
    public Task Tcp_is_used_where_configured() => CrossesAsync(Fixture.AlwaysTcp, "TCP");

    [Fact]
    public Task Auto_takes_tcp_where_it_is_served() => CrossesAsync(Fixture.AutoWithTcp, "TCP");

    [Fact]
    public Task Auto_falls_back_to_udp_where_tcp_is_refused() => CrossesAsync(Fixture.AutoWithoutTcp, "UDP");

    private Task CrossesAsync(Callee callee, string transport) => Scenario(async folder =>
    {
        await using var answering = await TwoSides.AnswerAsync(folder, new SippScenario("callee"), callee);
        await using var calling = Fixture.Call(folder, LargeCaller, callee.Number);
        await SippRun.AllSucceedAsync(calling, answering);
        // Over UDP it may have been repeated.
        Assert.All(answering.Received("INVITE "), invite =>
        {
            Assert.StartsWith($"SIP/2.0/{transport} ", invite.Field("Via"), StringComparison.Ordinal);
            Assert.Equal(new string('x', 1400), invite.Field("X-Pad"));
        });
    });
}
