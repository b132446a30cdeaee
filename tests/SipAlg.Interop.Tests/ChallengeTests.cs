using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Pbx;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>The gateway in front of a PBX that challenges INVITE and BYE (RFC 3261 §22.3).</summary>
public sealed class ChallengeTests(ChallengeTests.Gateway gateway) : GatewayTests<ChallengeTests.Gateway>(gateway)
{
    public sealed class Gateway : TwoSides
    {
        internal Callee Pbx { get; }
        internal Callee Stranger { get; }

        public Gateway()
        {
            Pbx = AddCallee("pbx", Networks.Inside(50), settings: ", credentials: { username: gateway, realm: pbx.example, password: secret }");
            Stranger = AddCallee("stranger", Networks.Inside(53), settings: ", credentials: { username: gateway, password: wrong }");
        }
    }

    /// <summary>The BYE reaches the telephone only with credentials too.</summary>
    [Fact]
    public Task A_call_is_let_in_and_ended() => Scenario(async folder =>
    {
        var pbx = Fixture.Pbx;
        await using var kamailio = await Kamailio.StartAsync(folder, pbx.Endpoint, challenges: true);
        await using var inside = await Baresip.StartAsync(
            folder, pbx.Number, Ports.Free(Networks.Inside(51)), toneHertz: 1100, $"<sip:{pbx.Number}@{pbx.Endpoint};transport=udp>;regint=60");
        await Eventually.TrueAsync(() => inside.IsRegistered);
        await using var outside = await Baresip.StartAsync(folder, "outsider", Ports.Free(TwoSides.CallerAddress), toneHertz: 500);
        await outside.DialAsync($"sip:{pbx.Number}@{Fixture.Outside};transport=udp");
        await outside.EstablishedAsync();
        await outside.HearsAsync(inside);
        await outside.HangUpAsync();
        await inside.ClosedAsync();
    });

    [Fact]
    public Task A_wrong_password_is_a_failure_of_ours() => Scenario(async folder =>
    {
        await using var kamailio = await Kamailio.StartAsync(folder, Fixture.Stranger.Endpoint, challenges: true);
        await using var calling = Fixture.Call(folder, new SippScenario("caller-refused").With("status", "500"), Fixture.Stranger.Number);
        await calling.AllSucceedAsync();
    });
}
