using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Nat;

namespace SipAlg.Interop.Tests;

/// <summary>A gateway that is itself behind NAT, whose router leads its ports to it: phones outside see what it advertises, those beside it its own address.</summary>
public sealed class GatewayBehindNatTests(GatewayBehindNatTests.Gateway gateway) : NatGatewayTests<GatewayBehindNatTests.Gateway>(gateway)
{
    private const string Advertised = "198.51.100.10";

    public sealed class Gateway : NatGateway
    {
        internal string Address => Networks.AtOne.Address;

        internal override NetworkNamespace Space => Networks.AtOne.Space;

        private protected override string ProbeAddress => Networks.AtOneToo.Address;

        private protected override string Realm =>
            $"listen: udp://{Address}:5060, advertise: {{ address: {Advertised}, except: 192.168.1.0/24 }}, media: {{ ports: {Networks.AtOne.MediaPorts} }}";

        internal override SipProbe Probe => new(IPAddress.Parse(ProbeAddress), new IPEndPoint(IPAddress.Parse(Address), 5060), Networks.AtOneToo.Space);

        private protected override void Prepare() => Networks.One.Translate(NatKind.FullCone);
    }

    [Fact]
    public Task Phones_outside_reach_it_at_what_it_advertises() => NatScenario(async folder =>
    {
        await using var open = await Networks.Public.PhoneAsync(folder, "open", 500, Advertised);
        await using var other = await Networks.AtOther.PhoneAsync(folder, "other", 1100, Advertised);
        await open.DialAsync($"sip:other@{Advertised}");
        await open.EstablishedAsync();
        await NatHost.TalkAsync(open, other);
        await other.HangUpAsync();
        await open.ClosedAsync();
        Assert.DoesNotContain("which cannot reach it", Fixture.Gateway.Log, StringComparison.Ordinal);
    });

    [Fact]
    public Task Phones_beside_it_reach_it_where_it_is() => NatScenario(async folder =>
    {
        await using var too = await Networks.AtOneToo.PhoneAsync(folder, "too", 500, Fixture.Address);
        await using var open = await Networks.Public.PhoneAsync(folder, "open", 1100, Advertised);
        await open.DialAsync($"sip:too@{Advertised}");
        await open.EstablishedAsync();
        await NatHost.TalkAsync(open, too);
        await open.HangUpAsync();
        await too.ClosedAsync();
    });
}
