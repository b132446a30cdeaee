using System.Net;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>A phone that proves who it is by SHA-256 (RFC 8760), and whose Contact is the GRUU that it was given (RFC 5627).</summary>
public sealed class LinphoneTests
{
    private const string Password = "s3cret";

    private static async Task WithPhoneAsync(string digest, Func<ScenarioFolder, GatewayProcess, Linphone, IPEndPoint, Task> test)
    {
        var phones = Ports.Free(Networks.Outside(64));
        var core = Ports.Free(Networks.Inside(64));
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""
            realms:
              phones: { listen: ['udp://{{phones}}'], domain: example.com, digest: {{digest}}, media: { ports: 22000-22099 } }
              core: { listen: ['udp://{{core}}'], media: { ports: 22100-22199 } }
            peers:
              carrier: { realm: core, address: 'sip:{{Networks.Inside(65)}}' }
            users: { u1: { password: {{Password}} } }
            """,
            "routes: [ { name: in, when: { peer: carrier }, to: [ { registered: u1 } ] } ]",
            new SipProbe(phones.Address, phones));
        await ScenarioFolder.RunAsync(() => gateway.Log, async folder =>
        {
            await using var phone = Linphone.Start(folder, "u1", Password, Ports.Free(Networks.Outside(66)), phones);
            await phone.RegisteredAsync();
            await test(folder, gateway, phone, core);
        });
    }

    [Theory]
    [InlineData("[sha-256]")]
    [InlineData("[sha-256, md5]")]
    public Task It_registers_by_the_stronger_algorithm(string digest) => WithPhoneAsync(digest, async (_, gateway, phone, _) =>
    {
        Assert.Matches("REGISTER sip:example.com[\\s\\S]*Authorization:[^\r\n]*algorithm=SHA-256", phone.Log);
        Assert.Equal(0, (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"wrong\""));
        Assert.Equal(1, (await gateway.MetricsAsync()).Sum("sipalg_registrations_active"));
    });

    [Fact]
    public Task It_takes_a_call_and_is_reached_at_its_gruu_to_the_end() => WithPhoneAsync("[sha-256]", async (folder, _, phone, core) =>
    {
        await using var caller = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(Networks.Inside(65))) { Remote = core, Called = "u1", Pause = 500 });
        await caller.AllSucceedAsync();
        await Eventually.TrueAsync(() => phone.Log.Contains("BYE sip:u1@example.com;gr=urn:uuid:", StringComparison.Ordinal));
    });
}
