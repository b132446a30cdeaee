using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Signaling.Tls;
using SipAlg.Testing.Tls;
using static SipAlg.Tests.Configuration.ConfigurationBench;

namespace SipAlg.Tests.Configuration;

/// <summary>Certificates and their keys, read and judged before anything begins.</summary>
public sealed class TlsLoaderTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-tls").FullName;

    private const string Realm = "realms: { a: { listen: tls://10.0.0.1, certificate: { chain: §good.pem, key: good.key } } }";

    private ConfigurationBench Bench()
    {
        var bench = new ConfigurationBench();
        void Add(string name, string[]? names = null, int from = -1, int until = 365)
        {
            var (chain, key) = _authority.Write(_folder, name, "gateway.example", names ?? ["gateway.example"], from, until);
            (bench.Files[name + ".pem"], bench.Files[name + ".key"]) = (File.ReadAllText(chain), File.ReadAllText(key));
        }

        Add("good");
        Add("other");
        Add("month", until: 20);
        Add("week", until: 5);
        Add("expired", from: -9, until: -1);
        Add("tomorrow", from: 2);
        Add("nobody", names: []);
        bench.Files["empty.pem"] = "";
        bench.Files["locked.key"] = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
        bench.Files["half.pem"] = bench.Files["good.pem"][..100];
        bench.Files["ca.pem"] = _authority.Pem;
        return bench;
    }

    [Theory]
    [InlineData(Realm, "chain: §good.pem", "chain: §none.pem", "'none.pem' cannot be read: there is no such file")]
    [InlineData(Realm, "chain: §good.pem", "chain: §empty.pem", "'empty.pem' holds no certificate")]
    [InlineData(Realm, "chain: §good.pem", "chain: §half.pem", "'half.pem' holds no certificate")]
    [InlineData(Realm, "chain: §good.pem, key: good.key", "chain: good.pem, key: §other.key", "'other.key' is not the key of the certificate")]
    [InlineData(Realm, "chain: §good.pem, key: good.key", "chain: good.pem, key: §good.pem", "'good.pem' holds no private key")]
    [InlineData(Realm, "chain: §good.pem, key: good.key", "chain: good.pem, key: §locked.key", "'locked.key' is protected by a password")]
    [InlineData(Realm, "chain: §good.pem, key: good.key }", "chain: good.pem, key: good.key }, tls: { trust: §empty.pem }", "'empty.pem' holds no certificate")]
    public void What_cannot_be_used_is_one_error_at_its_place(string marked, string from, string to, string message)
    {
        var (text, line, column) = Unmark(marked.Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Single(Errors(Bench().LoadPart(text)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal($"sipalg.yaml:{line}:{column}", error.At.ToString());
        Assert.NotEmpty(error.Hint!);
    }

    [Theory]
    [InlineData("good", null)]
    [InlineData("month", "expires within 30 days")]
    [InlineData("week", "expires within a week")]
    [InlineData("expired", "expired on")]
    [InlineData("tomorrow", "is not valid before")]
    [InlineData("nobody", "names no domain")]
    public void What_is_doubtful_is_a_warning(string name, string? message)
    {
        var result = Bench().LoadPart(Realm.Replace("§good", name, StringComparison.Ordinal).Replace("good", name, StringComparison.Ordinal));
        Assert.Empty(Errors(result));
        if (message is null)
        {
            Assert.Empty(Warnings(result));
        }
        else
        {
            Assert.Contains(message, Assert.Single(Warnings(result)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void For_who_only_checks_one_that_has_expired_is_an_error()
    {
        var bench = Bench();
        bench.Files["sipalg.yaml"] = Complete(Realm.Replace("§good", "expired", StringComparison.Ordinal).Replace("good", "expired", StringComparison.Ordinal));
        var result = new ConfigurationLoader(bench, _ => null, HostFacts.Unknown, new Random(1)) { IsStrict = true }.Load("sipalg.yaml");
        Assert.Contains("expired on", Assert.Single(Errors(result)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_every_user_can_read_is_a_warning()
    {
        var (chain, key) = _authority.Write(_folder, "open", "gateway.example", ["gateway.example"], mayAllRead: true);
        var file = Path.Combine(_folder, "sipalg.yaml");
        File.WriteAllText(Path.Combine(_folder, "d.yaml"), "routes: []");
        File.WriteAllText(file, $"realms: {{ a: {{ listen: 'tls://127.0.0.1', certificate: {{ chain: {Path.GetFileName(chain)}, key: {Path.GetFileName(key)} }} }} }}\ndialplan: d.yaml");
        Assert.Contains(ConfigurationLoader.LoadFile(file).Problems, problem => problem.Severity == Severity.Warning && problem.Message.Contains("can be read by every user", StringComparison.Ordinal));
    }

    [Fact]
    public void Peers_are_known_by_their_names_and_realms_ask_for_certificates_then()
    {
        var bench = Bench();
        var loaded = bench.LoadPart("""
            realms:
              a: { listen: tls://10.0.0.1, certificate: { chain: good.pem, key: good.key }, media: { ports: 10000-10999 } }
              b: { listen: [udp://10.0.0.2, 'tls://10.0.0.2'], certificate: [{ chain: good.pem, key: good.key }, { chain: other.pem, key: other.key, names: Other.Example }], tls: { minimum: '1.3', trust: ca.pem }, media: { ports: 11000-11999 } }
            peers:
              named: { realm: b, address: 'sip:Carrier.Example;transport=tls', domain: carrier.example.org }
              plain: { realm: b, address: 'sip:pbx.example' }
              written: { realm: b, address: 'sips:10.0.0.9', certificate: { chain: other.pem, key: other.key }, tls: { names: [sip.pbx.example], trust: system, client_certificate: required }, accept_from: [] }
            """);
        Assert.Empty(Errors(loaded));
        var (peers, places) = (loaded.Configuration!.Model.Peers, loaded.Configuration.Host.Tls);
        Assert.Equal(["carrier.example carrier.example.org", "", "sip.pbx.example"], peers.Select(peer => string.Join(' ', peer.TlsNames)));
        Assert.Equal([false, false, true], peers.Select(peer => peer.RequiresCertificate));
        Assert.Equal([ClientCertificates.Off, ClientCertificates.Optional], places.Where(place => place.Peer is null).Select(place => place.Clients));
        var written = places.Single(place => place.Peer == "written");
        Assert.Equal((null, true, "other.pem"), (written.Trust, written.IsOnly13, Path.GetFileName(Assert.Single(written.Certificates).Chain)));
        Assert.Equal("other.example", Assert.Single(places[1].Certificates[1].Names));
    }

    [Theory]
    [InlineData("peers: { p: { realm: a, accept_from: [], tls: { client_certificate: §required } } }", "nothing says what it is to name")]
    [InlineData("peers: { p: { realm: b, accept_from: [], tls: { names: p.example, client_certificate: §required } } }", "asks nobody for one")]
    public void Who_has_to_show_a_certificate_can(string marked, string message)
    {
        var (text, _, column) = Unmark(marked);
        var error = Assert.Single(Errors(Bench().LoadPart(text + """

            realms:
              a: { listen: tls://10.0.0.1, certificate: { chain: good.pem, key: good.key }, tls: { client_certificate: optional }, media: { ports: 10000-10999 } }
              b: { listen: tls://10.0.0.2, certificate: { chain: good.pem, key: good.key }, tls: { client_certificate: 'off' }, media: { ports: 11000-11999 } }
            """)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(column, error.At.Column);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
