using System.Diagnostics;
using System.Globalization;
using System.Net;
using SipAlg.Interop.Tests.Audio;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Sipp;
using SipAlg.Testing.Tls;
using Xunit.Abstractions;

namespace SipAlg.Interop.Tests;

/// <summary>
/// Reloads, sound ones and broken ones, while calls begin and end and others talk: none fails, no packet is lost. Each changes something: routes, a
/// table, a peer, a realm with its listeners and ports, the listeners and ports of one that has calls, a certificate. Two phones, one by TLS, register
/// before the first and talk until after the last. A few seconds; <c>SIPALG_LONG=1</c> makes it a thousand reloads under some 200 calls a second with
/// media, and some of SIPp.
/// </summary>
public sealed class ReloadTests(ReloadTests.Gateway gateway, ITestOutputHelper output) : GatewayTests<ReloadTests.Gateway>(gateway)
{
    /// <summary>Octets: what the collector keeps for a rush of calls comes and goes.</summary>
    private const double MostGrowth = 64e6;

    /// <summary>Between two reloads, of each direction: a tenth of a second.</summary>
    private const int Spacing = 5;

    private const string Password = "s3cret";

    private const string Broken = "routes: [ { to: [ { peer: nobody } ] } ]";

    public sealed class Gateway : TwoSides
    {
        public override TimeSpan T1 => TimeSpan.FromMilliseconds(100);

        internal Callee Callee { get; }
        internal Callee Voice { get; }

        /// <summary>Comes and goes, with all that is in it.</summary>
        internal IPEndPoint Other { get; } = Ports.Free(Networks.Outside(2));

        /// <summary>A second listener of a realm with calls.</summary>
        internal IPEndPoint Second { get; } = Ports.Free(Networks.Outside(3));

        internal IPEndPoint Phones { get; } = Ports.Free(Networks.Outside(4));
        internal IPEndPoint PhonesByTls { get; } = Ports.Free(Networks.Outside(4));
        private readonly ScenarioFolder _files = ScenarioFolder.Create("reload");
        private TestAuthority Authority { get; } = new("reload authority");

        public Gateway() => (Callee, Voice) = (AddCallee("callee"), AddCallee("voice", Networks.Inside(21)));

        internal string TrustFile => _files["ca.pem"];

        internal override string Configuration => base.Configuration.Replace("realms:\n", $$"""
            realms:
              phones:
                listen: ['udp://{{Phones}}', 'tls://{{PhonesByTls}}']
                domain: example.com
                certificate: { chain: {{_files["gateway.pem"]}}, key: {{_files["gateway.key"]}} }
                media: { ports: 19000-19999 }

            """, StringComparison.Ordinal) + $"\nusers: {{ anna: {{ password: {Password} }}, bert: {{ password: {Password} }} }}\n";

        internal override string Dialplan => base.Dialplan + "  - { name: phones, when: { realm: phones, called: '^(?<phone>[a-z]+)$' }, to: [ { registered: '${phone}' } ] }\n";

        public override async Task InitializeAsync()
        {
            _files.Write("ca.pem", Authority.Pem);
            Renew("first");
            await base.InitializeAsync();
        }

        /// <summary>Another certificate in place of the one that runs.</summary>
        internal void Renew(string subject) => Authority.Write(_files.Path, "gateway", subject, ["gateway.example", Phones.Address.ToString()]);

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Authority.Dispose();
            _files.Delete();
        }

        internal override async Task LeaveAsync()
        {
            foreach (var user in new[] { "anna", "bert" })
            {
                await Gateway.DeleteAsync($"/api/v1/registrations/{user}@example.com");
            }
        }
    }

    private static bool IsLong => Environment.GetEnvironmentVariable("SIPALG_LONG") == "1";

    [Fact]
    public Task No_call_fails_and_no_packet_is_lost() => Scenario(async folder =>
    {
        var (rate, calls, reloads, pairs, packets) = IsLong ? (20, 2400, 1000, 120, 25) : (50, 200, 30, 8, 75);
        await using var anna = await PhoneAsync(folder, "anna", $"{Fixture.PhonesByTls};transport=tls", toneHertz: 500);
        await using var bert = await PhoneAsync(folder, "bert", $"{Fixture.Phones};transport=udp", toneHertz: 1100);
        await bert.DialAsync($"sip:anna@{Fixture.Phones}");
        await bert.EstablishedAsync();
        await anna.HearsAsync(bert);
        await using var talkers = new Talkers(Fixture.Outside, IPAddress.Parse(TwoSides.CallerAddress), Fixture.Voice.Number, Fixture.Voice.Endpoint, pairs, packets);
        await using var answering = await SippRun.AnswerAsync(folder, new SippOptions(new SippScenario("callee"), Fixture.Callee.Endpoint) { Calls = calls, KeepsMessages = false });
        await using var calling = SippRun.Call(folder, new SippOptions(new SippScenario("caller"), Ports.Free(TwoSides.CallerAddress))
        {
            Remote = Fixture.Outside, Called = Fixture.Callee.Number, Calls = calls, Rate = rate, Pause = 500, KeepsMessages = false,
        });

        var began = Stopwatch.StartNew();
        await ReloadAsync(talkers, 2L * Spacing * pairs, 0, reloads / 5);
        var before = await MemoryAsync();
        await ReloadAsync(talkers, 2L * Spacing * pairs, reloads / 5, reloads);
        var (after, took) = (await MemoryAsync(), began.Elapsed);

        var deadline = TimeSpan.FromSeconds(60 + (calls / rate));
        await SippRun.AllSucceedAsync(deadline, [calling, answering]);
        await talkers.EndAsync();
        await anna.HearsAsync(bert);
        await bert.HearsAsync(anna);
        await anna.HangUpAsync();
        await bert.ClosedAsync();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{reloads} reloads in {took.TotalSeconds:0.0} s; {calls} calls of SIPp and {talkers.Calls} with media in {began.Elapsed.TotalSeconds:0.0} s, {talkers.Sent} packets sent, {talkers.Received} received; resident {before / 1e6:0} MB, then {after / 1e6:0} MB"));
        Assert.InRange(talkers.Calls, pairs, long.MaxValue);
        Assert.Equal(talkers.Sent, talkers.Received);
        Assert.InRange(after - before, double.MinValue, MostGrowth);
        var metrics = await Fixture.Gateway.MetricsAsync();
        Assert.Equal(0, metrics.Sum("sipalg_calls_total", "outcome=\"failed\""));
        Assert.InRange(metrics.Sum("sipalg_certificates_replaced_total"), 1, double.MaxValue);
        Assert.Equal(1, metrics.Sum("sipalg_sip_connections_active", "transport=\"tls\""));
        Assert.Equal(0, metrics.Sum("sipalg_sip_connections_closed_total", "realm=\"phones\""));
        Assert.Equal(0, metrics.Sum("sipalg_lane_faults_total"));
        Assert.Equal(0, metrics.Sum("sipalg_media_ports_leaked_total"));
    });

    private async Task<Baresip> PhoneAsync(ScenarioFolder folder, string user, string gateway, double toneHertz)
    {
        var phone = await Baresip.StartAsync(
            folder, user, Ports.Free("127.0.0.1"), toneHertz, $"<sip:{user}@{gateway}>;auth_pass={Password};regint=60", settings: $"sip_cafile {Fixture.TrustFile}\n", seconds: IsLong ? 600 : 60);
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{user} registered");
        return phone;
    }

    [Fact]
    public Task At_length_the_removed_listeners_are_closed() => Scenario(async _ =>
    {
        Restore();
        Assert.Equal(200, await Fixture.Gateway.ReloadAsync());
        await Eventually.TrueAsync(async () => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_listeners", "state=\"closing\"") == 0, text: "no listener is closing");
        Assert.Equal(7, (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_listeners"));
    });

    /// <summary>Every fifth is broken and changes nothing. Before each the talkers send some packets more.</summary>
    private async Task ReloadAsync(Talkers talkers, long packets, int from, int to)
    {
        for (var reload = from; reload < to; reload++)
        {
            var heard = talkers.Progress;
            await Eventually.TrueAsync(() => talkers.Progress >= heard + packets, text: "the talkers talk");
            var isBroken = reload % 5 == 4;
            if (reload % 10 == 0)
            {
                Fixture.Renew($"renewed {reload}");
            }

            Fixture.Gateway.WriteFile("numbers.csv", $"number\n9{reload}\n");
            Fixture.Gateway.Configure(configuration => Changed(configuration, reload));
            Fixture.Gateway.Write(isBroken && reload % 2 == 0 ? Broken : $"{Fixture.Dialplan}{Routes(reload)}");
            Assert.True(await Fixture.Gateway.ReloadAsync() == (isBroken ? 422 : 200), $"reload {reload}");
            var metrics = await Fixture.Gateway.MetricsAsync();
            Assert.Equal(isBroken ? 0 : 1, metrics.Sum("sipalg_config_last_reload_success"));
            Assert.Equal(2, metrics.Sum("sipalg_registrations_active", "realm=\"phones\""));
        }
    }

    private static string Routes(int reload) =>
        $"  - {{ name: reload {reload}, when: {{ realm: outside, called: ['r{reload}'] }}, reject: {{ status: 403 }} }}\n" +
        "  - { name: table, when: { realm: outside, called: { in: numbers } }, reject: { status: 404 } }\n";

    /// <summary>What comes with one reload goes with another, in ever other company.</summary>
    private string Changed(string configuration, int reload)
    {
        var text = $"{configuration}\ntables: {{ numbers: {{ file: numbers.csv, key: number }} }}\n";
        if (reload % 2 == 1)
        {
            text = text.Replace("peers:\n", "peers:\n  guest: { realm: outside, accept_from: 192.0.2.7 }\n", StringComparison.Ordinal);
        }

        // For a hundred reloads, so that it is closed, and opened again.
        if (reload % 3 == 1 && reload / 100 % 2 == 0)
        {
            text = text.Replace("realms:\n", $"realms:\n  other: {{ listen: ['udp://{Fixture.Other}', 'tcp://{Fixture.Other}'], media: {{ ports: 32000-{32099 + (2 * (reload % 7))} }} }}\n", StringComparison.Ordinal);
        }

        if (reload % 4 < 2)
        {
            text = text.Replace($"'tcp://{Fixture.Outside}'", $"'tcp://{Fixture.Outside}', 'udp://{Fixture.Second}'", StringComparison.Ordinal);
        }

        if (reload % 3 == 2)
        {
            text = text.Replace("ports: 20000-23999", "ports: 21000-22999", StringComparison.Ordinal).Replace("ports: 24000-27999", "ports: 25000-27999, reserve: 10", StringComparison.Ordinal);
        }

        // An address that this host does not have.
        return reload % 10 == 9 ? text.Replace($"'udp://{Fixture.Inside}'", $"'udp://{Fixture.Inside}', 'udp://192.0.2.99:5060'", StringComparison.Ordinal) : text;
    }

    private void Restore()
    {
        Fixture.Gateway.Configure(configuration => configuration);
        Fixture.Gateway.Write(Fixture.Dialplan);
    }

    private async Task<double> MemoryAsync() => (await Fixture.Gateway.MetricsAsync()).Sum("process_resident_memory_bytes");
}
