using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;

namespace SipAlg.Interop.Tests;

/// <summary>Phones that register here: SIPp by the thousand, baresip as a phone, a gateway that is killed and starts anew.</summary>
public sealed partial class RegistrationTests
{
    private const string Password = "s3cret";

    private static string Configuration(IPEndPoint listen, string state, int users, string digest) => $$"""
        realms:
          phones: { listen: ['udp://{{listen}}', 'tcp://{{listen}}'], domain: example.com, digest: {{digest}}, registrations: { min_expires: 2s }, media: { ports: 40000-40099 } }
        state: { folder: '{{state}}' }
        users:
        {{string.Join('\n', Enumerable.Range(1, users).Select(number => $"  u{number}: {{ password: {Password} }}"))}}
        """;

    private const string Dialplan = "routes: [ { name: to a phone, when: { called: '^(?<phone>u[0-9]+)$' }, to: [ { registered: '${phone}' } ] } ]";

    private static Task WithGatewayAsync(int users, string digest, Func<ScenarioFolder, GatewayProcess, IPEndPoint, Func<Task<GatewayProcess>>, Task> test)
    {
        GatewayProcess? started = null;
        return ScenarioFolder.RunAsync(() => started?.Log ?? "", async folder =>
        {
            var listen = Ports.Free(Networks.Outside(60));
            async Task<GatewayProcess> StartAsync() => started = await GatewayProcess.StartAsync(Configuration(listen, folder["state"], users, digest), Dialplan, new SipProbe(listen.Address, listen));
            await using var gateway = await StartAsync();
            await test(folder, gateway, listen, StartAsync);
        });
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

    [Theory]
    [InlineData("[sha-256]")]
    [InlineData("[sha-256, md5]")]
    public Task Phones_prove_who_they_are_by_sha_256(string digest) => WithGatewayAsync(20, digest, async (folder, gateway, listen, _) =>
    {
        var challenges = await ChallengesAsync(folder, listen, first: 1, count: 20);
        await using var proving = Once(folder, listen, [.. challenges.Select(challenge => Proofs(challenge, Password, 1))], "[field1]\n", 200);
        await proving.AllSucceedAsync();
        Assert.Equal(20, await ActiveAsync(gateway));
        Assert.Equal(20, (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"accepted\""));

        await using var wrong = Once(folder, listen, [.. challenges.Take(3).Select(challenge => Proofs(challenge, "wrong", 1))], "[field1]\n", 401);
        await wrong.AllSucceedAsync();
    });

    /// <summary>SIPp knows MD5 only: what is proved by SHA-256 is worked out here, from the challenges that it got (RFC 7616 §3.4.1).</summary>
    private static async Task<IReadOnlyList<SippMessage>> ChallengesAsync(ScenarioFolder folder, IPEndPoint gateway, int first, int count)
    {
        await using var asking = Once(folder, gateway, [.. Enumerable.Range(first, count).Select(number => $"u{number};none")], "", 401);
        await asking.AllSucceedAsync();
        var challenges = asking.Received("SIP/2.0 401");
        Assert.Equal(count, challenges.Count);
        return challenges;
    }

    private static SippRun Once(ScenarioFolder folder, IPEndPoint gateway, string[] fields, string headers, int status) =>
        SippRun.Call(folder, new SippOptions(new SippScenario("register-once").With("headers", headers).With("status", $"{status}"), Ports.Free(Networks.Outside(61))) { Remote = gateway, Calls = fields.Length, Rate = 500, Fields = fields });

    /// <summary>A user, and the Authorizations of his next REGISTERs, which answer one challenge.</summary>
    private static string Proofs(SippMessage challenge, string password, int registers)
    {
        var user = Regex.Match(challenge.Text, "To: <sip:(u[0-9]+)@").Groups[1].Value;
        var nonce = Regex.Match(challenge.Text, "realm=\"example.com\"[^\n]*nonce=\"([^\"]+)\"[^\n]*algorithm=SHA-256").Groups[1].Value;
        return string.Join(';', Enumerable.Range(1, registers).Select(Authorization).Prepend(user));

        string Authorization(int count)
        {
            var response = Hash($"{Hash($"{user}:example.com:{password}")}:{nonce}:{count:x8}:c0ffee:auth:{Hash("REGISTER:sip:example.com")}");
            return $"Authorization: Digest username=\"{user}\", realm=\"example.com\", nonce=\"{nonce}\", uri=\"sip:example.com\", response=\"{response}\", algorithm=SHA-256, qop=auth, nc={count:x8}, cnonce=\"c0ffee\"";
        }

        static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>A phone registers, refreshes for another time, adds a second contact, asks, and ends them all.</summary>
    private static RegisterScript Life(bool isChallenged) => new RegisterScript("register-life", isChallenged)
        .Register($"{RegisterScript.Own}Expires: 300\n", Check.Field("Contact", "expires=300"))
        .Register($"{RegisterScript.Own}Expires: 200\n", Check.Field("Contact", "expires=200"))
        .Register("Contact: <sip:[field0]@[local_ip]:9>;q=0.5;expires=120\n", Check.Text("q=0.5"))
        .Register("", Check.Text("expires=1[0-9][0-9]|expires=200"), Check.Text("q=0.5"))
        .Register("Contact: *\nExpires: 0\n", Check.NoField("Contact"));

    [Fact]
    public Task A_phone_refreshes_asks_and_ends_what_it_has() => WithGatewayAsync(20, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phones = Run(Life(isChallenged: true), folder, listen, 20);
        await phones.AllSucceedAsync();
        Assert.Equal(0, await ActiveAsync(gateway));
    });

    /// <summary>
    /// Thousands of phones: one half by MD5, each challenged five times over, one by SHA-256, each by one challenge and counts of its nonce.
    /// Nobody is lost, and nothing is left. Some 800 requests a second: with five thousand a gateway that has just started, on a machine
    /// that others use too, is right to call that overload (503).
    /// </summary>
    [Fact]
    public Task Thousands_of_refreshes_are_answered() => WithGatewayAsync(2000, "[md5, sha-256]", async (folder, gateway, listen, _) =>
    {
        // Where one is registered a thousand may ask before the first of them has proved who it is, which else is called probing.
        await using var first = Register(folder, listen, 1);
        await first.AllSucceedAsync();
        string[] proofs = [.. (await ChallengesAsync(folder, listen, first: 1001, count: 1000)).Select(challenge => Proofs(challenge, Password, 5))];
        await using var proving = SippRun.Call(folder, new SippOptions(Life(isChallenged: false), Ports.Free(Networks.Outside(61))) { Remote = listen, Calls = proofs.Length, Rate = 50, Fields = proofs });
        await using var challenged = Run(Life(isChallenged: true), folder, listen, 1000, rate: 50);
        await SippRun.AllSucceedAsync(TimeSpan.FromMinutes(2), [proving, challenged]);
        Assert.Equal(0, await ActiveAsync(gateway));
        Assert.Equal(1 + (5 * 2000), (await gateway.MetricsAsync()).Sum("sipalg_authentications_total", "outcome=\"accepted\""));
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

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public Task Baresip_registers(string transport) => WithGatewayAsync(1, "md5", async (folder, gateway, listen, _) =>
    {
        await using var phone = await PhoneAsync(folder, listen, "u1", transport, 500);
        var listed = await gateway.GetAsync("/api/v1/registrations");
        Assert.Contains($"\"transport\":\"{transport}\"", listed, StringComparison.Ordinal);
    });

    /// <summary>On the address from which the system sends, so that its media comes from where it says.</summary>
    private static async Task<Baresip> PhoneAsync(ScenarioFolder folder, IPEndPoint gateway, string user, string transport, double toneHertz)
    {
        var phone = await Baresip.StartAsync(
            folder, user, Ports.Free("127.0.0.1"), toneHertz, $"<sip:{user}@{gateway};transport={transport}>;auth_user={user};auth_pass={Password};regint=60");
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{user} registered");
        return phone;
    }
}
