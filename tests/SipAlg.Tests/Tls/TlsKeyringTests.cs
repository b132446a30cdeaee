using Microsoft.Extensions.Logging.Abstractions;
using SipAlg.Configuration;
using SipAlg.Signaling.Tls;
using SipAlg.Testing.Tls;
using SipAlg.Tls;

namespace SipAlg.Tests.Tls;

/// <summary>Certificates that become others while the gateway runs.</summary>
public sealed class TlsKeyringTests : IAsyncDisposable, IAsyncLifetime
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new("somebody");
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-tls").FullName;
    private readonly TlsContext _context = new();
    private readonly TlsKeyring _keys;

    public TlsKeyringTests()
    {
        _keys = new TlsKeyring(_context, NullLogger.Instance, TimeProvider.System);
        _authority.Write(_folder, "gateway", "first", ["gateway.example"]);
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), _authority.Pem);
        File.WriteAllText(Path.Combine(_folder, "d.yaml"), "routes: []");
    }

    private string Shown => _context.Keys.Realms[0].Own!.TargetCertificate.Subject;

    private void Take(string realm = "", string peer = "")
    {
        var file = Path.Combine(_folder, "sipalg.yaml");
        File.WriteAllText(file, $"realms: {{ a: {{ listen: 'tls://127.0.0.1', certificate: {{ chain: gateway.pem, key: gateway.key }}{realm} }} }}\ndialplan: d.yaml\npeers: {{ p: {{ realm: a, address: 'sip:p.example;transport=tls'{peer} }} }}");
        var loaded = ConfigurationLoader.LoadFile(file);
        Assert.True(loaded.Configuration is not null, string.Join("\n", loaded.Problems));
        _keys.Take(loaded.Configuration);
    }

    /// <summary>Once to see that something is written, once to see that it is finished.</summary>
    private void LookTwice()
    {
        _keys.Look();
        _keys.Look();
    }

    [Fact]
    public void New_files_are_taken_when_they_are_finished()
    {
        Take();
        Assert.Equal("CN=first", Shown);
        _authority.Write(_folder, "gateway", "second", ["gateway.example"]);
        _keys.Look();
        Assert.Equal("CN=first", Shown);
        _keys.Look();
        Assert.Equal(("CN=second", 1L), (Shown, _keys.Replaced));
        Assert.False(Assert.Single(_keys.Facts).IsBroken);
    }

    [Fact]
    public void A_reload_takes_them_at_once()
    {
        Take();
        Assert.Equal(0, _keys.Replaced);
        _authority.Write(_folder, "gateway", "second", ["gateway.example"]);
        Take();
        Assert.Equal(("CN=second", 1L), (Shown, _keys.Replaced));
        Take();
        LookTwice();
        Assert.Equal(1, _keys.Replaced);
    }

    [Fact]
    public void What_cannot_be_used_leaves_the_old_until_it_is_mended()
    {
        Take();
        var key = File.ReadAllText(Path.Combine(_folder, "gateway.key"));
        _stranger.Write(_folder, "gateway", "stranger", ["gateway.example"]);
        File.WriteAllText(Path.Combine(_folder, "gateway.key"), key);
        LookTwice();
        Assert.Equal(("CN=first", true, 0L), (Shown, Assert.Single(_keys.Facts).IsBroken, _keys.Replaced));

        File.Delete(Path.Combine(_folder, "gateway.pem"));
        LookTwice();
        Assert.Equal(("CN=first", true), (Shown, Assert.Single(_keys.Facts).IsBroken));

        _authority.Write(_folder, "gateway", "third", ["gateway.example"]);
        LookTwice();
        Assert.Equal(("CN=third", false, 1L), (Shown, Assert.Single(_keys.Facts).IsBroken, _keys.Replaced));
    }

    [Fact]
    public void Authorities_become_others_too()
    {
        Take(", tls: { trust: ca.pem }");
        Assert.Equal("CN=test authority", Assert.Single(_context.Keys.Realms[0].Anchors!).Subject);
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), _stranger.Pem);
        LookTwice();
        Assert.Equal("CN=somebody", Assert.Single(_context.Keys.Realms[0].Anchors!).Subject);
        File.WriteAllText(Path.Combine(_folder, "ca.pem"), "nothing");
        LookTwice();
        Assert.Equal("CN=somebody", Assert.Single(_context.Keys.Realms[0].Anchors!).Subject);
        Assert.Equal([false, true], _keys.Facts.Select(known => known.IsBroken));
    }

    [Fact]
    public void A_peer_has_what_it_says_and_the_rest_of_its_realm()
    {
        _authority.Write(_folder, "own", "own", ["own.example"]);
        Take(", tls: { trust: ca.pem, minimum: '1.3' }", ", tls: { trust: system }");
        var towards = _context.Keys.Peers[0];
        Assert.Equal(("CN=first", true, System.Security.Authentication.SslProtocols.Tls13), (towards.Own!.TargetCertificate.Subject, towards.Anchors is null, towards.Versions));

        Take(", tls: { trust: ca.pem }", ", certificate: { chain: own.pem, key: own.key }");
        towards = _context.Keys.Peers[0];
        Assert.Equal(("CN=own", 1), (towards.Own!.TargetCertificate.Subject, towards.Anchors!.Count));
        Assert.Equal("CN=first", Shown);
    }

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    // xUnit disposes of no test class by its ValueTask.
    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _keys.DisposeAsync();
        _authority.Dispose();
        _stranger.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
