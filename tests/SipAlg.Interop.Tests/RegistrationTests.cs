using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Phones that register here: SIPp by the thousand, baresip as a phone, a gateway that is killed and starts anew.</summary>
public sealed class RegistrationTests
{
    private const string Password = "s3cret";

    private static string Configuration(IPEndPoint listen, string state, int users, string digest) => $$"""
        realms:
          phones: { listen: ['udp://{{listen}}', 'tcp://{{listen}}'], domain: example.com, digest: {{digest}}, registrations: { min_expires: 2s }, media: { ports: 40000-40099 } }
        state: { folder: '{{state}}' }
        users:
        {{string.Join('\n', Enumerable.Range(1, users).Select(number => $"  u{number}: {{ password: {Password} }}"))}}
        """;

    private static async Task WithGatewayAsync(int users, string digest, Func<ScenarioFolder, GatewayProcess, IPEndPoint, Func<Task<GatewayProcess>>, Task> test)
    {
        var listen = Ports.Free(Networks.Outside(60));
        var folder = ScenarioFolder.Create("registrations");
        Task<GatewayProcess> StartAsync() => GatewayProcess.StartAsync(
            Configuration(listen, folder["state"], users, digest), "routes: [ { name: nothing, reject: { status: 404 } } ]", new SipProbe(listen.Address, listen));
        await using var gateway = await StartAsync();
        await test(folder, gateway, listen, StartAsync);
        folder.Delete();
    }

    private static SippRun Register(ScenarioFolder folder, IPEndPoint gateway, int count, string password = Password, int status = 200, bool isTcp = false) =>
        Run(new SippScenario("register").With("status", $"{status}"), folder, gateway, count, password, isTcp);

    private static SippRun Run(ISippScenario scenario, ScenarioFolder folder, IPEndPoint gateway, int count, string password = Password, bool isTcp = false, int rate = 500) =>
        SippRun.Call(folder, new SippOptions(scenario, Ports.Free(Networks.Outside(61)))
        {
            Remote = gateway, Calls = count, Rate = rate, IsTcp = isTcp,
            Fields = [.. Enumerable.Range(1, count).Select(number => $"u{number};[authentication username=u{number} password={password}]")],
        });

    private static async Task<double> ActiveAsync(GatewayProcess gateway) => (await gateway.MetricsAsync()).Sum("sipalg_registrations_active");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_phone_proves_who_it_is(bool isTcp) => WithGatewayAsync(20, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phones = Register(folder, listen, 20, isTcp: isTcp);
        await phones.AllSucceedAsync();
        Assert.Equal(20, await ActiveAsync(gateway));
        Assert.Contains("\"aor\":\"u7@example.com\"", await gateway.GetAsync("/api/v1/registrations?limit=1000"), StringComparison.Ordinal);
        await gateway.DeleteAsync("/api/v1/registrations/u7@example.com");
        Assert.Equal(19, await ActiveAsync(gateway));
    });

    [Fact]
    public Task A_wrong_password_is_challenged_again() => WithGatewayAsync(3, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phones = Register(folder, listen, 3, password: "wrong", status: 401);
        await phones.AllSucceedAsync();
        Assert.Equal(0, await ActiveAsync(gateway));
        Assert.Equal(3, (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"wrong\""));
    });

    /// <summary>SIPp knows MD5 only: what it proves by SHA-256 is worked out here, from the challenges that it got (RFC 7616 §3.4.1).</summary>
    [Theory]
    [InlineData("[sha-256]")]
    [InlineData("[sha-256, md5]")]
    public Task Phones_prove_who_they_are_by_sha_256(string digest) => WithGatewayAsync(20, digest, async (folder, gateway, listen, _) =>
    {
        string[] nobody = [.. Enumerable.Range(1, 20).Select(number => $"u{number};none")];
        await using var asking = Once(folder, listen, nobody, "", 401);
        await asking.AllSucceedAsync();
        string[] proofs = [.. asking.Received("SIP/2.0 401").Select(challenge => Proof(challenge, Password))];
        Assert.Equal(20, proofs.Length);

        await using var proving = Once(folder, listen, proofs, "[field1]\n", 200);
        await proving.AllSucceedAsync();
        Assert.Equal(20, await ActiveAsync(gateway));
        Assert.Equal(20, (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"accepted\""));

        await using var wrong = Once(folder, listen, [.. asking.Received("SIP/2.0 401").Take(3).Select(challenge => Proof(challenge, "wrong"))], "[field1]\n", 401);
        await wrong.AllSucceedAsync();
    });

    private static SippRun Once(ScenarioFolder folder, IPEndPoint gateway, string[] fields, string headers, int status) =>
        SippRun.Call(folder, new SippOptions(new SippScenario("register-once").With("headers", headers).With("status", $"{status}"), Ports.Free(Networks.Outside(61))) { Remote = gateway, Calls = fields.Length, Rate = 500, Fields = fields });

    /// <summary>A user, and the Authorization that answers its challenge.</summary>
    private static string Proof(SippMessage challenge, string password)
    {
        var user = Regex.Match(challenge.Text, "To: <sip:(u[0-9]+)@").Groups[1].Value;
        var nonce = Regex.Match(challenge.Text, "realm=\"example.com\"[^\r]*nonce=\"([^\"]+)\"[^\r]*algorithm=SHA-256").Groups[1].Value;
        var response = Hash($"{Hash($"{user}:example.com:{password}")}:{nonce}:00000001:c0ffee:auth:{Hash("REGISTER:sip:example.com")}");
        return $"{user};Authorization: Digest username=\"{user}\", realm=\"example.com\", nonce=\"{nonce}\", uri=\"sip:example.com\", response=\"{response}\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"c0ffee\"";

        static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public Task A_phone_refreshes_asks_and_ends_what_it_has() => WithGatewayAsync(20, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phones = Run(new SippScenario("register-life"), folder, listen, 20);
        await phones.AllSucceedAsync();
        Assert.Equal(0, await ActiveAsync(gateway));
    });

    /// <summary>
    /// Thousands of phones, each challenged five times over: nobody is lost, and nothing is left. A thousand requests a second: with five
    /// thousand a gateway that has just started, on a machine that others use too, is right to call that overload (503).
    /// </summary>
    [Fact]
    public Task Thousands_of_refreshes_are_answered() => WithGatewayAsync(2000, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phones = Run(new SippScenario("register-life"), folder, listen, 2000, rate: 100);
        await phones.AllSucceedAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(0, await ActiveAsync(gateway));
        Assert.Equal(5 * 2000, (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"accepted\""));
    });

    /// <summary>sipsak registers, and shows by asking that it is.</summary>
    [Fact]
    public Task Sipsak_registers() => WithGatewayAsync(1, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phone = ChildProcess.Start(
            "sipsak", ["-U", "-i", "-C", $"sip:u1@{Networks.Outside(67)}:5099", "-a", Password, "-u", "u1", "-s", $"sip:u1@{listen}", "-x", "120", "-vvv"], folder);
        Assert.True(await phone.ExitAsync(Eventually.Deadline) == 0, phone.Output);
        Assert.Contains($"\"contact\":\"sip:u1@{Networks.Outside(67)}:5099\"", await gateway.GetAsync("/api/v1/registrations"), StringComparison.Ordinal);
    });

    /// <summary>Its time over, a phone is gone.</summary>
    [Fact]
    public Task Who_does_not_refresh_is_gone() => WithGatewayAsync(1, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phone = ChildProcess.Start(
            "sipsak", ["-U", "-i", "-C", $"sip:u1@{Networks.Outside(67)}:5099", "-a", Password, "-u", "u1", "-s", $"sip:u1@{listen}", "-x", "5"], folder);
        Assert.True(await phone.ExitAsync(Eventually.Deadline) == 0, phone.Output);
        Assert.Equal(1, await ActiveAsync(gateway));
        await Eventually.TrueAsync(async () => await ActiveAsync(gateway) == 0);
    });

    /// <summary>Killed in the middle of a storm: who has an answer is registered when it starts again.</summary>
    [Fact]
    public Task Who_was_answered_is_registered_after_a_kill() => WithGatewayAsync(2000, "md5", async (folder, gateway, listen, startAsync) =>
    {
        await using var phones = Register(folder, listen, 2000);
        await Eventually.TrueAsync(() => phones.Received("SIP/2.0 200").Count > 200);
        await gateway.DisposeAsync();
        var answered = phones.Received("SIP/2.0 200").Select(answer => Regex.Match(answer.Text, "To: <sip:(u[0-9]+)@").Groups[1].Value).ToHashSet();
        Assert.InRange(answered.Count, 200, 1999);
        await using var again = await startAsync();
        var known = await AllAsync(again);
        Assert.Empty(answered.Except(known));
    });

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public Task Baresip_registers(string transport) => WithGatewayAsync(1, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phone = await Baresip.StartAsync(
            folder, "u1", Ports.Free(Networks.Outside(62)), toneHertz: 500, $"<sip:u1@{listen};transport={transport}>;auth_user=u1;auth_pass={Password};regint=60");
        await Eventually.TrueAsync(() => phone.IsRegistered);
        var listed = await gateway.GetAsync("/api/v1/registrations");
        Assert.Contains($"\"transport\":\"{transport}\"", listed, StringComparison.Ordinal);
    });

    private static async Task<HashSet<string>> AllAsync(GatewayProcess gateway)
    {
        HashSet<string> known = [];
        for (var cursor = "0"; cursor.Length > 0;)
        {
            var page = await gateway.GetAsync($"/api/v1/registrations?limit=500&cursor={cursor}");
            known.UnionWith(Regex.Matches(page, "\"aor\":\"([^@\"]+)@").Select(match => match.Groups[1].Value));
            cursor = Regex.Match(page, "\"next\":\"([0-9]+)\"").Groups[1].Value;
        }

        return known;
    }
}
