using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using SipAlg.Signaling.Tests.Transports;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;
using SipAlg.Testing.Tls;

namespace SipAlg.Signaling.Tests.Tls;

/// <summary>A gateway with a TLS listener, its authority, and a stranger's; the far sides are the runtime's own client and server.</summary>
internal sealed class TlsPair : IAsyncDisposable
{
    public const int Realm = 7;
    public const string Name = "gateway.example";

    public TlsPair(Func<TlsParty, TlsParty>? party = null, TlsOptions? options = null, StreamOptions? streams = null)
    {
        Context = new TlsContext { Options = options ?? new TlsOptions(), Troubled = Troubles.Enqueue };
        Change(party ?? (own => own));
        Gateway = new TestGateway(TestGateway.Tls(Context, streams));
    }

    public TestAuthority Authority { get; } = new();
    public TestAuthority Stranger { get; } = new("somebody");
    public TlsContext Context { get; }
    public TestGateway Gateway { get; }
    public ConcurrentQueue<TlsTrouble> Troubles { get; } = new();

    public StreamCounters Counters => Gateway.Network.Connections(0);

    /// <summary>Other keys for handshakes to come.</summary>
    public void Change(Func<TlsParty, TlsParty> party) => Context.Keys = new TlsKeys
    {
        Realms = new Dictionary<int, TlsParty> { [Realm] = party(new TlsParty { Own = Shown(Authority.Issue(Name, [Name])), Anchors = Authority.Anchors }) }.ToFrozenDictionary(),
    };

    public static SslStreamCertificateContext Shown(X509Certificate2 certificate) => SslStreamCertificateContext.Create(certificate, null, offline: true);

    /// <summary>A client's handshake with the gateway.</summary>
    public async Task<SslStream> ConnectAsync(Action<SslClientAuthenticationOptions>? change = null)
    {
        var socket = Gateway.ConnectTcp();
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = Name,
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck },
        };
        options.CertificateChainPolicy.CustomTrustStore.AddRange(Authority.Anchors);
        change?.Invoke(options);
        await stream.AuthenticateAsClientAsync(options, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Authority.Dispose();
        Stranger.Dispose();
    }
}
