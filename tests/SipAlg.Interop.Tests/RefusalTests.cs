using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>What the gateway answers by itself.</summary>
public sealed class RefusalTests(RefusalTests.Gateway gateway) : GatewayTests<RefusalTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Callee { get; }

        public Gateway() => Callee = AddCallee("callee");
    }

    private static SippScenario Refused(int status) => new SippScenario("caller-refused").With("status", $"{status}");

    private Task RefusedAsync(SippScenario scenario, string called, string? from = null, bool isTcp = false) => Scenario(async folder =>
    {
        await using var calling = Fixture.Call(folder, scenario, called, isTcp, from);
        await calling.AllSucceedAsync();
    });

    [Fact]
    public Task A_number_without_a_route_is_not_found() => RefusedAsync(Refused(404), "999");

    [Fact]
    public Task A_number_without_a_route_is_not_found_over_tcp() => RefusedAsync(Refused(404), "999", isTcp: true);

    [Fact]
    public Task A_stranger_is_refused() => RefusedAsync(Refused(403), Fixture.Callee.Number, TwoSides.StrangerAddress);

    [Fact]
    public Task A_source_of_the_other_realm_is_a_stranger_here() => RefusedAsync(Refused(403), Fixture.Callee.Number, TwoSides.CalleeAddress);

    [Fact]
    public Task Without_a_hop_left_a_call_ends_here() => RefusedAsync(Refused(483).With("max_forwards", "0"), Fixture.Callee.Number);

    [Fact]
    public Task An_extension_that_is_required_and_unknown_is_named() =>
        Scenario(async folder =>
        {
            await using var calling = Fixture.Call(folder, Refused(420).With("headers", "Require: x-unheard-of\n"), Fixture.Callee.Number);
            await calling.AllSucceedAsync();
            Assert.Equal(1, calling.Count("Unsupported: x-unheard-of\r\n"));
        });

    [Theory]
    [InlineData("BYE", ";tag=nobody", 481)]
    [InlineData("MESSAGE", ";tag=nobody", 481)]
    [InlineData("CANCEL", "", 481)]
    [InlineData("REGISTER", "", 405)]
    [InlineData("FROBNICATE", "", 501)]
    public Task A_stray_request_is_refused(string method, string toTag, int status) =>
        RefusedAsync(new SippScenario("stray").With("method", method).With("to_tag", toTag).With("status", $"{status}"), "100");

    [Fact]
    public Task Sipsak_gets_its_options_answered() => Scenario(async folder =>
    {
        await using var sipsak = ChildProcess.Start("sipsak", ["-vv", "-s", $"sip:{Fixture.Outside}"], folder);
        Assert.True(await sipsak.ExitAsync(Eventually.Deadline) == 0, sipsak.Output);
        Assert.Contains("SIP/2.0 200 OK", sipsak.Output, StringComparison.Ordinal);
        Assert.Contains("Allow: INVITE", sipsak.Output, StringComparison.Ordinal);
    });
}
