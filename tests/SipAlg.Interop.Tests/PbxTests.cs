using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Pbx;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>The gateway in front of a PBX at which a telephone has registered.</summary>
public sealed class PbxTests(PbxTests.Gateway gateway) : GatewayTests<PbxTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Pbx { get; }

        public Gateway() => Pbx = AddCallee("pbx", "127.0.2.50");
    }

    private async Task<Baresip> RegisteredPhoneAsync(ScenarioFolder folder)
    {
        var pbx = Fixture.Pbx;
        var phone = await Baresip.StartAsync(
            folder, pbx.Number, Ports.Free("127.0.2.51"), toneHertz: 1100, $"<sip:{pbx.Number}@{pbx.Endpoint};transport=udp>;regint=60");
        await Eventually.TrueAsync(() => phone.IsRegistered);
        return phone;
    }

    [Fact]
    public Task A_call_from_outside_reaches_a_registered_telephone_with_audio_both_ways() => Scenario(async folder =>
    {
        await using var kamailio = await Kamailio.StartAsync(folder, Fixture.Pbx.Endpoint);
        await using var inside = await RegisteredPhoneAsync(folder);
        await using var outside = await Baresip.StartAsync(folder, "outsider", Ports.Free(TwoSides.CallerAddress), toneHertz: 500);
        await outside.DialAsync($"sip:{Fixture.Pbx.Number}@{Fixture.Outside};transport=udp");
        await outside.EstablishedAsync();
        await outside.HearsAsync(inside);
        await inside.HearsAsync(outside);
        await outside.HangUpAsync();
        await inside.ClosedAsync();
    });

    [Fact]
    public Task A_telephone_that_is_not_registered_is_not_found() => Scenario(async folder =>
    {
        await using var kamailio = await Kamailio.StartAsync(folder, Fixture.Pbx.Endpoint);
        await using var calling = Fixture.Call(folder, new SippScenario("caller-refused").With("status", "404"), Fixture.Pbx.Number);
        await calling.AllSucceedAsync();
    });
}
