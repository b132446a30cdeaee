using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Wire;
using Capture = SipAlg.Interop.Tests.Wire.Capture;

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
        await using var capture = await CaptureAsync(folder);
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
        await TalkAsync(capture, (transferred, byCaller ? Fixture.Inside : Fixture.Outside), (third, Fixture.Inside));
        Assert.Equal(byGateway ? refers : refers + 1, await RefersAsync());
        await third.HangUpAsync();
        await transferred.ClosedAsync(byGateway ? 1 : 2);
    });

    private Task<Capture> CaptureAsync(ScenarioFolder folder) => Capture.StartAsync(folder, $"{Fixture.Outside.Address}", $"{Fixture.Inside.Address}");

    /// <summary>
    /// The voice of each is sent into the other's network. On the wire, since baresip 1.0 takes the packets of another source for late ones if their numbers begin
    /// below those of the one before.
    /// </summary>
    private static async Task TalkAsync(Capture capture, (Baresip Phone, IPEndPoint Gateway) one, (Baresip Phone, IPEndPoint Gateway) other)
    {
        await new AudioOnWire(capture, one.Gateway.Address).CarriesAsync(other.Phone.ToneHertz);
        await new AudioOnWire(capture, other.Gateway.Address).CarriesAsync(one.Phone.ToneHertz);
    }

    /// <summary>baresip 1.0 has no command for it, but puts into Refer-To what it is told: here with the name of its first call (RFC 3891).</summary>
    [Fact]
    public Task An_attended_transfer_joins_the_two_others() => Scenario(async folder =>
    {
        await using var capture = await CaptureAsync(folder);
        await using var caller = await PhoneAsync(folder, "outsider", Ports.Free(Fixture.SimpleOutside), OutsideTone, Fixture.Outside);
        await using var callee = await PhoneAsync(folder, Fixture.Desk.Number, Fixture.Desk.Endpoint, InsideTone, Fixture.Inside);
        await using var third = await PhoneAsync(folder, Fixture.Third.Number, Fixture.Third.Endpoint, ThirdTone, Fixture.Inside);
        await caller.DialAsync(Uri(callee.User, "udp"));
        await caller.EstablishedAsync();
        await caller.DialAsync(Uri(third.User, "udp"));
        await caller.EstablishedAsync(2);
        var replaced = System.Uri.EscapeDataString(await DialogAsync(capture, callee.User));
        await caller.TransferAsync($"<sip:{callee.User}@{Fixture.Outside}?Replaces={replaced}>");
        await caller.ClosedAsync(2);
        await TalkAsync(capture, (callee, Fixture.Inside), (third, Fixture.Inside));
        await third.HangUpAsync();
        await callee.ClosedAsync();
    });

    /// <summary>The dialog of a call that was placed to this number, as its caller names it to others.</summary>
    private static async Task<string> DialogAsync(Capture capture, string called)
    {
        var answer = "";
        await Eventually.TrueAsync(
            () => (answer = capture.Packets.Select(packet => packet.Text).FirstOrDefault(text => IsAnswer(text, called)) ?? "").Length > 0, text: $"{called} answered on the wire");
        return $"{Find("^Call-ID: *([^\r\n]+)")};to-tag={Find("^To:[^\r\n]*;tag=([^;\r\n]+)")};from-tag={Find("^From:[^\r\n]*;tag=([^;\r\n]+)")}";

        string Find(string pattern) => Regex.Match(answer, pattern, RegexOptions.Multiline).Groups[1].Value;
    }

    private static bool IsAnswer(string message, string called) =>
        message.StartsWith("SIP/2.0 200 ", StringComparison.Ordinal) && Regex.IsMatch(message, $"^To:[^\r\n]*sip:{called}@", RegexOptions.Multiline) && message.Contains(" INVITE", StringComparison.Ordinal);

    private static Task<Baresip> PhoneAsync(ScenarioFolder folder, string user, IPEndPoint endpoint, double tone, IPEndPoint proxy) =>
        Baresip.StartAsync(folder, user, endpoint, tone, $"<sip:{user}@{endpoint}>;regint=0;outbound=\"sip:{proxy}\"");

    /// <summary>How many REFERs the gateway has sent.</summary>
    private async Task<double> RefersAsync() => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_sip_requests_total", "direction=\"out\",method=\"REFER\"");
}
