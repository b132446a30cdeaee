using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;

namespace SipAlg.Interop.Tests;

/// <summary>One of two telephones lets the other talk to a third (RFC 5589).</summary>
public sealed partial class PhoneTests
{
    private const double ThirdTone = 1700;

    public sealed partial class Gateway
    {
        /// <summary>Calls by itself whom it is referred to.</summary>
        internal Callee Desk { get; private set; } = null!;

        /// <summary>Has its transfers carried out by the gateway.</summary>
        internal Callee Simple { get; private set; } = null!;

        /// <summary>Likewise, outside.</summary>
        internal string SimpleOutside { get; private set; } = "";

        internal Callee Third { get; private set; } = null!;

        /// <summary>The third's number, as those inside may call it.</summary>
        internal string ThirdFromInside { get; private set; } = "";

        private void AddTransfers()
        {
            Desk = AddCallee("desk", Networks.Inside(24), mayCall: true);
            Simple = AddCallee("simple", Networks.Inside(25), settings: ", transfer: gateway", mayCall: true);
            SimpleOutside = AddCaller("simple_outside", Networks.Outside(42), ", transfer: gateway");
            Third = AddCallee("third", Networks.Inside(26));
            ThirdFromInside = AddRouteFrom("inside", "", "peer: third");
        }
    }

    /// <summary>
    /// Who is transferred follows the REFER itself (<c>transfer: auto</c>, and both phones take REFER), by way of its outbound proxy, or sees none
    /// (<c>gateway</c>).
    /// </summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public Task A_blind_transfer_joins_the_two_others(bool byCaller, bool byGateway) => Scenario(async folder =>
    {
        var called = byGateway && !byCaller ? Fixture.Simple : Fixture.Desk;
        // The dialplan is asked with the rights of the transferor, or of who follows the REFER.
        var number = byGateway == byCaller ? Fixture.Third.Number : Fixture.ThirdFromInside;
        await using var caller = await PhoneAsync(folder, "outsider", Ports.Free(byGateway && byCaller ? Fixture.SimpleOutside : TwoSides.CallerAddress), OutsideTone, Fixture.Outside);
        await using var callee = await PhoneAsync(folder, called.Number, called.Endpoint, InsideTone, Fixture.Inside);
        await using var third = await PhoneAsync(folder, number, Fixture.Third.Endpoint, ThirdTone, Fixture.Inside);
        await caller.DialAsync(Uri(called.Number, "udp"));
        await caller.EstablishedAsync();
        await callee.EstablishedAsync();
        var (transferor, transferred) = byCaller ? (caller, callee) : (callee, caller);
        var refers = await RefersAsync();
        await transferor.TransferAsync($"sip:{number}@{(byCaller ? Fixture.Outside : Fixture.Inside)}");
        await third.EstablishedAsync();
        await transferor.ClosedAsync();
        await transferred.HearsAsync(third);
        await third.HearsAsync(transferred);
        Assert.Equal(byGateway ? refers : refers + 1, await RefersAsync());
        await third.HangUpAsync();
        await transferred.ClosedAsync(byGateway ? 1 : 2);
    });

    private static Task<Baresip> PhoneAsync(ScenarioFolder folder, string user, IPEndPoint endpoint, double tone, IPEndPoint proxy) =>
        Baresip.StartAsync(folder, user, endpoint, tone, $"<sip:{user}@{endpoint}>;regint=0;outbound=\"sip:{proxy}\"");

    /// <summary>How many REFERs the gateway has sent.</summary>
    private async Task<double> RefersAsync() => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_sip_requests_total", "direction=\"out\",method=\"REFER\"");
}
