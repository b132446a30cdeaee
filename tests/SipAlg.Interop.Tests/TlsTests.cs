using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using SipAlg.Interop.Tests.Harness;
using SipAlg.Interop.Tests.Names;
using SipAlg.Interop.Tests.Pbx;
using SipAlg.Interop.Tests.Phones;
using SipAlg.Interop.Tests.Tls;
using SipAlg.Testing.Tls;

namespace SipAlg.Interop.Tests;

/// <summary>TLS with real phones, with OpenSSL, and with Kamailio as a peer that wants and shows certificates.</summary>
[Trait("Run", "second")]
public sealed class TlsTests(TlsTests.Gateway gateway) : GatewayTests<TlsTests.Gateway>(gateway)
{
    private const string Password = "s3cret";

    public sealed class Gateway : GatewayFixture
    {
        private readonly ScenarioFolder _files = ScenarioFolder.Create("certificates");
        private readonly List<TlsServer> _servers = [];

        internal TestAuthority Authority { get; } = new("interop authority");
        internal TestAuthority Stranger { get; } = new("nobody knows this one");
        public string Folder => _files.Path;
        public IPEndPoint Phones { get; } = Ports.Free(Networks.Outside(80));
        public IPEndPoint PhonesByTls { get; } = Ports.Free(Networks.Outside(80));
        public IPEndPoint Core { get; } = Ports.Free(Networks.Inside(80));
        public IPEndPoint Peer { get; } = Ports.Free(Networks.Inside(81));
        public IPEndPoint PeerByTls { get; } = Ports.Free(Networks.Inside(81));
        private IPEndPoint Expired { get; } = Ports.Free(Networks.Inside(82));
        private IPEndPoint Unknown { get; } = Ports.Free(Networks.Inside(82));
        private readonly IPEndPoint _nameServer = Ports.Free(Networks.Inside(53));
        private NameServer? _names;

        internal override string SipSettings => $", dns: ['{_nameServer}']";

        /// <summary>RFC 3263 §4.1: what sips: asks for.</summary>
        private string Records => $"""
            by-naptr NAPTR 20 10 "s" "SIP+D2U" "" _sip._udp.by-naptr
            by-naptr NAPTR 30 10 "s" "SIPS+D2T" "" _secure._tcp.by-naptr
            _secure._tcp.by-naptr SRV 1 1 {PeerByTls.Port} host
            _sips._tcp.by-srv SRV 1 1 {PeerByTls.Port} host
            _sips._tcp.not-its-own SRV 1 1 {PeerByTls.Port} host
            host A {PeerByTls.Address}
            """;

        internal override string Configuration => $$"""
            realms:
              phones:
                listen: ['udp://{{Phones}}', 'tls://{{PhonesByTls}}']
                domain: example.com
                certificate: [{ chain: {{Folder}}/gateway.pem, key: {{Folder}}/gateway.key }, { chain: {{Folder}}/other.pem, key: {{Folder}}/other.key }]
                media: { ports: 20000-21999 }
              core:
                listen: ['tls://{{Core}}']
                certificate: { chain: {{Folder}}/gateway.pem, key: {{Folder}}/gateway.key }
                tls: { trust: {{Folder}}/ca.pem, client_certificate: required }
                media: { ports: 22000-23999 }
            peers:
              caller: { realm: phones, accept_from: {{Networks.Outside(85)}} }
              kamailio: { realm: core, address: 'sip:{{PeerByTls}};transport=tls', tls: { names: peer.example, client_certificate: required } }
              wrong: { realm: core, address: 'sip:{{PeerByTls}};transport=tls', accept_from: [], tls: { names: wrong.example } }
              expired: { realm: core, address: 'sip:{{Expired}};transport=tls', accept_from: [], tls: { names: peer.example } }
              unknown: { realm: core, address: 'sip:{{Unknown}};transport=tls', accept_from: [], tls: { names: peer.example } }
              by-naptr: { realm: core, address: 'sips:by-naptr.example.test', accept_from: [] }
              by-srv: { realm: core, address: 'sips:by-srv.example.test', accept_from: [] }
              not-its-own: { realm: core, address: 'sips:not-its-own.example.test', accept_from: [] }
            users:
              anna: { password: {{Password}}, max_contacts: 1 }
              bert: { password: {{Password}}, max_contacts: 1 }
            """;

        internal override string Dialplan => """
            routes:
              - { name: echo, when: { peer: kamailio }, to: [ { service: echo } ] }
              - { name: kamailio, when: { peer: caller, called: ['700'] }, to: [ { peer: kamailio } ] }
              - { name: wrong, when: { peer: caller, called: ['701'] }, to: [ { peer: wrong } ] }
              - { name: expired, when: { peer: caller, called: ['702'] }, to: [ { peer: expired } ] }
              - { name: unknown, when: { peer: caller, called: ['703'] }, to: [ { peer: unknown } ] }
              - { name: by-naptr, when: { peer: caller, called: ['704'] }, to: [ { peer: by-naptr } ] }
              - { name: by-srv, when: { peer: caller, called: ['705'] }, to: [ { peer: by-srv } ] }
              - { name: not-its-own, when: { peer: caller, called: ['706'] }, to: [ { peer: not-its-own } ] }
              - { name: to a phone, when: { called: '^(?<phone>[a-z]+)$' }, to: [ { registered: '${phone}' } ] }
            """;

        internal override SipProbe Probe => new(IPAddress.Parse(Networks.Outside(85)), Phones);

        public override async Task InitializeAsync()
        {
            Authority.Write(Folder, "gateway", "gateway", ["gateway.example", Phones.Address.ToString(), Core.Address.ToString()]);
            Authority.Write(Folder, "other", "other", ["other.example"]);
            Authority.Write(Folder, "client", "client", ["client.example"]);
            Stranger.Write(Folder, "stranger", "stranger", ["peer.example"]);
            File.WriteAllText(Path.Combine(Folder, "ca.pem"), Authority.Pem);
            _servers.Add(new TlsServer(Expired, Authority.Issue("expired", ["peer.example"], from: -9, until: -1)));
            _servers.Add(new TlsServer(Unknown, Stranger.Issue("unknown", ["peer.example"])));
            _names = await NameServer.StartAsync(_files, _nameServer, Records);
            await base.InitializeAsync();
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            await _names!.DisposeAsync();
            _servers.ForEach(server => server.Dispose());
            Authority.Dispose();
            Stranger.Dispose();
            _files.Delete();
        }

        internal override async Task LeaveAsync()
        {
            using var list = JsonDocument.Parse(await Gateway.GetAsync("/api/v1/registrations"));
            foreach (var aor in list.RootElement.GetProperty("items").EnumerateArray().Select(registration => registration.GetProperty("aor").GetString()).Distinct())
            {
                await Gateway.DeleteAsync($"/api/v1/registrations/{aor}");
            }
        }
    }

    private async Task<Baresip> PhoneAsync(ScenarioFolder folder, string user, bool isSecure, double toneHertz)
    {
        var (gateway, transport) = isSecure ? (Fixture.PhonesByTls, "tls") : (Fixture.Phones, "udp");
        var phone = await Baresip.StartAsync(
            folder, user, Ports.Free("127.0.0.1"), toneHertz, $"<sip:{user}@{gateway};transport={transport}>;auth_pass={Password};regint=60", settings: $"sip_cafile {Fixture.Folder}/ca.pem\n");
        await Eventually.TrueAsync(() => phone.IsRegistered, text: $"{user} registered");
        return phone;
    }

    [Fact]
    public Task A_phone_by_tls_is_called_talks_and_outlives_a_renewed_certificate() => Scenario(async folder =>
    {
        await using var anna = await PhoneAsync(folder, "anna", isSecure: true, toneHertz: 500);
        await using var bert = await PhoneAsync(folder, "bert", isSecure: false, toneHertz: 1100);
        await bert.DialAsync($"sip:anna@{Fixture.Phones}");
        await bert.EstablishedAsync();
        await anna.HearsAsync(bert);
        await bert.HearsAsync(anna);

        Fixture.Authority.Write(Fixture.Folder, "gateway", "renewed", ["gateway.example", Fixture.Phones.Address.ToString(), Fixture.Core.Address.ToString()]);
        await Eventually.TrueAsync(async () => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_certificates_replaced_total") > 0, text: "renewed certificate taken");
        Assert.Contains("subject=CN = renewed", await OpenSslAsync(folder, Fixture.PhonesByTls, "-servername", "gateway.example"), StringComparison.Ordinal);

        await anna.HearsAsync(bert);
        await anna.HangUpAsync();
        await bert.ClosedAsync();
        var metrics = await Fixture.Gateway.MetricsAsync();
        Assert.True(metrics.Sum("sipalg_sip_connections_active", "transport=\"tls\"") >= 1);
        Assert.True(metrics.Sum("sipalg_tls_handshakes_total", "realm=\"phones\",direction=\"in\",result=\"done\"") >= 1);
    });

    [Theory]
    [InlineData("-tls1_2", "TLSv1.2")]
    [InlineData("-tls1_3", "TLSv1.3")]
    public Task Both_versions_are_spoken(string version, string name) => Scenario(async folder =>
        Assert.Contains($"New, {name}", await OpenSslAsync(folder, Fixture.PhonesByTls, version, "-verify_return_error", "-verify_hostname", "gateway.example"), StringComparison.Ordinal));

    [Fact]
    public Task Older_versions_are_not() => Scenario(async folder =>
        Assert.Contains("New, (NONE)", await OpenSslAsync(folder, Fixture.PhonesByTls, "-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"), StringComparison.Ordinal));

    [Fact]
    public Task The_name_that_is_asked_for_decides() => Scenario(async folder =>
        Assert.Contains("subject=CN = other", await OpenSslAsync(folder, Fixture.PhonesByTls, "-servername", "other.example"), StringComparison.Ordinal));

    [Theory]
    [InlineData("client", "done")]
    [InlineData("stranger", "unknown_authority")]
    [InlineData(null, "no_certificate")]
    public Task Where_a_certificate_is_required_only_a_good_one_gets_in(string? shown, string result) => Scenario(async folder =>
    {
        string[] certificate = shown is null ? [] : ["-cert", $"{Fixture.Folder}/{shown}.pem", "-key", $"{Fixture.Folder}/{shown}.key"];
        var before = await HandshakesAsync(result);
        await OpenSslAsync(folder, Fixture.Core, certificate);
        await Eventually.TrueAsync(async () => await HandshakesAsync(result) > before, text: $"handshake {result}");
    });

    private async Task<double> HandshakesAsync(string result) => (await Fixture.Gateway.MetricsAsync()).Sum("sipalg_tls_handshakes_total", $"realm=\"core\",direction=\"in\",result=\"{result}\"");

    [Fact]
    public Task Kamailio_is_a_peer_by_its_certificate_both_ways() => Scenario(async folder =>
    {
        await using var kamailio = await KamailioAsync(folder, "peer.example");
        Assert.Equal("486", await CallAsync("700"));
        Assert.StartsWith("200", await CallAsync("600", Fixture.Peer), StringComparison.Ordinal);
        Assert.Equal("certificate_name_mismatch", await VerdictAsync("701"));
    });

    /// <summary>RFC 3263 §4.1: NAPTR of sips:, and SRV of _sips._tcp; RFC 5922 §4: what the certificate has to name is the domain, whatever host SRV leads to.</summary>
    [Fact]
    public Task A_peer_by_sips_is_found_by_its_records_and_known_by_its_domain() => Scenario(async folder =>
    {
        foreach (var name in new[] { "by-naptr", "by-srv", "not-its-own" })
        {
            await Eventually.TrueAsync(async () => (await Fixture.Gateway.GetAsync($"/api/v1/peers?name={name}")).Contains($"\"tls:{Fixture.PeerByTls}\"", StringComparison.Ordinal), text: $"{name} is found");
        }

        await using var kamailio = await KamailioAsync(folder, "by-naptr.example.test", "by-srv.example.test");
        Assert.Equal(("486", "486"), (await CallAsync("704"), await CallAsync("705")));
        Assert.Equal("certificate_name_mismatch", await VerdictAsync("706"));
    });

    [Theory]
    [InlineData("702", "certificate_expired")]
    [InlineData("703", "certificate_untrusted")]
    public Task A_bad_certificate_is_refused_and_why_is_told(string called, string verdict) => Scenario(async _ => Assert.Equal(verdict, await VerdictAsync(called)));

    private async Task<ChildProcess> KamailioAsync(ScenarioFolder folder, params string[] names)
    {
        Fixture.Authority.Write(folder.Path, "peer", "peer", names);
        folder.Write("ca.pem", Fixture.Authority.Pem);
        return await Kamailio.StartSecureAsync(folder, Fixture.Peer, Fixture.PeerByTls, Fixture.Core);
    }

    /// <summary>What its client says of a handshake.</summary>
    private async Task<string> OpenSslAsync(ScenarioFolder folder, IPEndPoint to, params string[] arguments)
    {
        await using var client = ChildProcess.Start("openssl", ["s_client", "-connect", $"{to}", "-CAfile", $"{Fixture.Folder}/ca.pem", .. arguments], folder);
        await client.ExitAsync(Eventually.Deadline);
        return client.Output;
    }

    private async Task<string> VerdictAsync(string called)
    {
        Assert.Equal("503", await CallAsync(called));
        var verdict = "";
        await Eventually.TrueAsync(async () =>
        {
            using var calls = JsonDocument.Parse(await Fixture.Gateway.GetAsync("/api/v1/calls?state=ended"));
            var call = calls.RootElement.GetProperty("items").EnumerateArray().FirstOrDefault(call => call.GetProperty("called").GetString() == called);
            Assert.Equal("tls", call.ValueKind == JsonValueKind.Undefined ? "tls" : call.GetProperty("to_transport").GetString());
            verdict = call.ValueKind == JsonValueKind.Undefined ? "" : call.GetProperty("verdict").GetProperty("code").GetString()!;
            return verdict.Length > 0;
        });
        return verdict;
    }

    /// <summary>The final status of a call without media by the caller, which ends one that is answered.</summary>
    private async Task<string> CallAsync(string called, IPEndPoint? by = null)
    {
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Parse(Networks.Outside(85)), 0));
        socket.Connect(by ?? Fixture.Phones);
        var (local, id, sequence) = ((IPEndPoint)socket.Client.LocalEndPoint!, Guid.NewGuid().ToString("N"), 0);
        string Request(string method, string number, string to, string route = "", string? uri = null, string body = "") => $"{method} {uri ?? $"sip:{called}@{by ?? Fixture.Phones}"} SIP/2.0\r\nVia: SIP/2.0/UDP {local};branch=z9hG4bK{id}{(method == "ACK" && uri is null ? number : $"{number}{++sequence}")};rport\r\n{route}Max-Forwards: 70\r\nFrom: <sip:caller@{local}>;tag={id}\r\n{to}\r\n" +
            $"Call-ID: {id}\r\nCSeq: {(method == "BYE" ? 2 : 1)} {method}\r\nContact: <sip:caller@{local}>\r\n{(body.Length > 0 ? "Content-Type: application/sdp\r\n" : "")}Content-Length: {body.Length}\r\n\r\n{body}";
        var sdp = $"v=0\r\no=- 1 1 IN IP4 {local.Address}\r\ns=-\r\nc=IN IP4 {local.Address}\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
        var text = Request("INVITE", "", $"To: <sip:{called}@x>", body: sdp);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text));
        while (true)
        {
            var answer = Encoding.ASCII.GetString((await socket.ReceiveAsync().WaitAsync(Eventually.Deadline)).Buffer);
            var lines = answer.Split("\r\n");
            var status = lines[0].Split(' ')[1];
            if (status[0] == '1' || !answer.Contains("CSeq: 1 INVITE", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var to = lines.First(line => line.StartsWith("To:", StringComparison.OrdinalIgnoreCase));
            if (status != "200")
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(Request("ACK", "1", to)));
                return status;
            }

            var target = lines.First(line => line.StartsWith("Contact:", StringComparison.OrdinalIgnoreCase)).Split('<', '>')[1];
            var route = string.Concat(lines.Where(line => line.StartsWith("Record-Route:", StringComparison.OrdinalIgnoreCase)).Reverse().Select(line => line.Replace("Record-Route:", "Route:", StringComparison.OrdinalIgnoreCase) + "\r\n"));
            await socket.SendAsync(Encoding.ASCII.GetBytes(Request("ACK", "a", to, route, target)));
            await socket.SendAsync(Encoding.ASCII.GetBytes(Request("BYE", "b", to, route, target)));
            var ended = Encoding.ASCII.GetString((await socket.ReceiveAsync().WaitAsync(Eventually.Deadline)).Buffer);
            return $"{status} {ended.Split(' ')[1]}";
        }
    }
}
