using System.Net;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Pbx;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Phones before the gateway, and behind it the PBX that registers them, knows their passwords and challenges their calls.</summary>
public sealed class RelayTests
{
    private sealed record Setting(ScenarioFolder Folder, GatewayProcess Gateway, IPEndPoint Phones, Func<Task<GatewayProcess>> StartAsync);

    private static async Task WithPbxAsync(Func<Setting, Task> test, int lanes = 1, string sockets = "per_port")
    {
        var (phones, core, pbx) = (Ports.Free(Networks.Outside(70)), Ports.Free(Networks.Inside(70)), Ports.Free(Networks.Inside(71)));
        var folder = ScenarioFolder.Create("relay");
        var configuration = $$"""
            realms:
              phones: { listen: ['udp://{{phones}}', 'tcp://{{phones}}'], registrations: { relay_to: pbx, upstream_expires: 10m, phone_expires: 60s }, media: { ports: 41000-41099 } }
              core: { listen: 'udp://{{core}}', media: { ports: 41100-41199 } }
            peers:
              pbx: { realm: core, address: 'sip:{{pbx}};transport=udp' }
            sip: { lanes: {{lanes}} }
            media: { sockets: {{sockets}} }
            state: { folder: '{{folder["state"]}}' }
            """;
        await using var kamailio = await Kamailio.StartAsync(folder, pbx, hasPasswords: true);
        Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync(configuration, "routes: []", new SipProbe(core.Address, core));
        await using (var gateway = await StartAsync())
        {
            await test(new Setting(folder, gateway, phones, StartAsync));
        }

        folder.Delete();
    }

    private static async Task<Baresip> PhoneAsync(Setting setting, string user, int host, double tone, string transport)
    {
        var phone = await Baresip.StartAsync(setting.Folder, user, Ports.Free(Networks.Outside(host)), tone,
            $"<sip:{user}@pbx.example;transport={transport}>;outbound=\"sip:{setting.Phones};transport={transport}\";auth_user={user};auth_pass=secret;regint=60");
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{user} registered");
        return phone;
    }

    private static async Task<double> SumAsync(GatewayProcess gateway, string metric, string label = "") => (await gateway.MetricsAsync()).Sum(metric, label);

    /// <summary>Both register with the PBX by the gateway; it challenges the call, and rings the other by the contact that it has. Once each lane's media ports share sockets.</summary>
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public Task Phones_register_with_the_pbx_and_call_each_other_by_it(string transport) => WithPbxAsync(async setting =>
    {
        await using var ann = await PhoneAsync(setting, "ann", 72, 500, transport);
        await using var ben = await PhoneAsync(setting, "ben", 73, 1100, transport);
        Assert.Equal(2, await SumAsync(setting.Gateway, "sipalg_registrations_active", "realm=\"phones\""));
        var listed = await setting.Gateway.GetAsync("/api/v1/registrations");
        Assert.Equal(2, Regex.Count(listed, "\"relayed_to\":\"pbx\""));
        Assert.Contains($"\"transport\":\"{transport}\"", listed, StringComparison.Ordinal);
        await ann.DialAsync("sip:ben@pbx.example");
        await ann.EstablishedAsync();
        await ann.HearsAsync(ben);
        await ben.HearsAsync(ann);
        await ann.HangUpAsync();
        await ben.ClosedAsync();
        await ben.DialAsync("sip:ann@pbx.example");
        await ben.EstablishedAsync(2);
        await ben.HangUpAsync();
        await ann.ClosedAsync(2);
    }, lanes: transport == "tcp" ? 3 : 1, sockets: transport == "tcp" ? "shared" : "per_port");

    /// <summary>The second refresh proves nothing, and the PBX would challenge it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Phones_register_refresh_and_leave(bool isTcp) => WithPbxAsync(async setting =>
    {
        await using var phones = SippRun.Call(setting.Folder, new SippOptions(new SippScenario("register-relayed"), Ports.Free(Networks.Outside(74)))
        {
            Remote = setting.Phones, Calls = 50, IsTcp = isTcp,
            Fields = [.. Enumerable.Range(1, 50).Select(number => $"u{number};[authentication username=u{number} password=secret]")],
        });
        await phones.AllSucceedAsync();
        Assert.Equal(0, await SumAsync(setting.Gateway, "sipalg_registrations_active"));
        var taken = await SumAsync(setting.Gateway, "sipalg_sip_requests_total", "direction=\"in\",method=\"REGISTER\"");
        var passed = await SumAsync(setting.Gateway, "sipalg_sip_requests_total", "direction=\"out\",method=\"REGISTER\"");

        // Whose point for a refresh at the registrar came within that half second (of some minutes) has proved who it is once more.
        var asked = taken - 250;
        Assert.InRange(asked, 0, 5);
        Assert.Equal(200 + (2 * asked), passed);
    });

    [Fact]
    public Task A_killed_gateway_rings_the_phones_when_it_starts_again() => WithPbxAsync(async setting =>
    {
        await using var ann = await PhoneAsync(setting, "ann", 75, 500, "udp");
        await using var ben = await PhoneAsync(setting, "ben", 76, 1100, "udp");
        await setting.Gateway.DisposeAsync();
        await using var again = await setting.StartAsync();
        Assert.Equal(2, await SumAsync(again, "sipalg_registrations_active"));
        await ann.DialAsync("sip:ben@pbx.example");
        await ann.EstablishedAsync();
        await ann.HangUpAsync();
        await ben.ClosedAsync();
    }, lanes: 3);
}
