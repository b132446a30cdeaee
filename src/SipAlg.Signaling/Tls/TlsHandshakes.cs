using System.Net.Security;
using System.Net.Sockets;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tls;

/// <summary>What became of a handshake.</summary>
/// <param name="Stream">Null unless it is done; the socket is closed then.</param>
/// <param name="Far">Number of the <see cref="TlsIdentity"/> of who was accepted; of who was opened to as it was.</param>
/// <param name="Result">How it ended.</param>
internal readonly record struct TlsOutcome(Stream? Stream, ushort Far, TlsResult Result);

/// <summary>
/// Handshakes, on the pool and never on a lane. Those that others begin are bounded, by source and in all, and every one in time. Nothing of
/// what the far side sends gets further than here before it is over.
/// </summary>
/// <param name="context">Keys and names.</param>
/// <param name="time">Ends those that take too long.</param>
/// <param name="report">Told of faults that are not the network's.</param>
internal sealed class TlsHandshakes(TlsContext context, TimeProvider time, Action<Exception> report)
{
    private readonly AcceptLimits _limits = new(new StreamOptions { MaxAccepted = context.Options.MaxHandshakes, MaxPerSource = context.Options.MaxPerSource, MaxStrangers = context.Options.MaxHandshakes / 4 * 3 });

    /// <summary>As the server of a connection that was accepted.</summary>
    /// <param name="plain">Closed when it fails.</param>
    /// <param name="realm">That it came to.</param>
    /// <param name="remote">Who has connected.</param>
    /// <param name="isStranger">Strangers leave some for those that are known.</param>
    public async Task<TlsOutcome> AcceptAsync(NetworkStream plain, int realm, IpEndpoint remote, bool isStranger)
    {
        var party = context.Keys.OfRealm(realm);
        var proof = new TlsProof(party.Clients);
        if (party.Own is null)
        {
            return Refuse(plain, proof, realm, remote, TlsResult.NoOwnCertificate);
        }

        if (_limits.TryEnter(remote.Address, isStranger) is not null)
        {
            return Refuse(plain, proof, realm, remote, TlsResult.Busy);
        }

        var stream = new SslStream(plain);
        var result = await RunAsync(stream, proof, deadline => stream.AuthenticateAsServerAsync((_, hello, _, _) => new(ServerOptions(party, hello.ServerName, proof)), null, deadline)).ConfigureAwait(false);
        _limits.Leave(remote.Address, isStranger);
        if (result == TlsResult.Done)
        {
            return new TlsOutcome(stream, Identify(proof), result);
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        context.Troubled(new TlsTrouble(realm, false, remote, result, proof.Asked, proof.Detail));
        return new TlsOutcome(null, 0, result);
    }

    /// <summary>As the client of a connection that was opened to somebody.</summary>
    public async Task<TlsOutcome> ConnectAsync(NetworkStream plain, int realm, IpEndpoint remote, ushort far)
    {
        var identity = context.Identities[far];
        var party = context.Keys.Towards(identity.Peer, realm);
        var proof = new TlsProof(identity.Names);
        var stream = new SslStream(plain);
        var result = await RunAsync(stream, proof, deadline => stream.AuthenticateAsClientAsync(ClientOptions(party, identity, proof), deadline)).ConfigureAwait(false);
        if (result == TlsResult.Done)
        {
            return new TlsOutcome(stream, far, result);
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        context.Troubled(new TlsTrouble(realm, true, remote, result, string.Join(" or ", identity.Names), proof.Detail) { Peer = identity.Peer });
        return new TlsOutcome(null, far, result);
    }

    /// <summary>The far side refused a connection that stood: with TLS 1.3 that is when it tells what it thinks of our certificate.</summary>
    public void Alerted(in Flow flow, int realm, bool isOurs)
    {
        var identity = context.Identities[flow.Far];
        context.Troubled(new TlsTrouble(realm, isOurs, flow.Remote, TlsResult.Refused, isOurs ? string.Join(" or ", identity.Names) : null, null) { Peer = identity.Peer });
    }

    private TlsOutcome Refuse(NetworkStream plain, TlsProof proof, int realm, IpEndpoint remote, TlsResult result)
    {
        StreamFaults.Abort(plain.Socket);
        plain.Dispose();
        context.Troubled(new TlsTrouble(realm, false, remote, result, proof.Asked, null));
        return new TlsOutcome(null, 0, result);
    }

    private ushort Identify(TlsProof proof) => proof.Result switch
    {
        TlsResult.Done when !proof.Names.IsDefaultOrEmpty => context.Identities.OfCertificate(proof.Names).Number,
        TlsResult.Done or TlsResult.NoCertificate => 0,
        var fault => context.Identities.OfFault(fault).Number,
    };

    private async Task<TlsResult> RunAsync(SslStream stream, TlsProof proof, Func<CancellationToken, Task> handshake)
    {
        try
        {
            using var deadline = new CancellationTokenSource(context.Options.Timeout, time);
            await handshake(deadline.Token).ConfigureAwait(false);
            return stream.IsAuthenticated ? TlsResult.Done : TlsResult.Protocol;
        }
        catch (Exception fault)
        {
            // Whatever a stranger has sent: it ends here, and its place is given back.
            if (!TlsFaults.IsExpected(fault))
            {
                report(fault);
            }

            proof.Detail ??= TlsFaults.Detail(fault);
            return proof.IsRefused ? proof.Result : TlsFaults.Classify(fault);
        }
    }

    private static SslServerAuthenticationOptions ServerOptions(TlsParty party, string name, TlsProof proof)
    {
        proof.Asked = TlsFaults.Printable(name);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = party.For(name),
            EnabledSslProtocols = party.Versions,
            ClientCertificateRequired = party.Clients != ClientCertificates.Off,
            CertificateChainPolicy = CertificateCheck.Policy(party.Anchors),
            RemoteCertificateValidationCallback = proof.Check,

            // A session that is taken up again would bring back the certificate of then, whatever is trusted now.
            AllowTlsResume = party.Clients == ClientCertificates.Off,
        };
    }

    private static SslClientAuthenticationOptions ClientOptions(TlsParty party, TlsIdentity identity, TlsProof proof) => new()
    {
        TargetHost = identity.Names.IsEmpty ? "" : identity.Names.FirstOrDefault(name => !IpAddress.TryParse(name, out _), identity.Names[0]),
        EnabledSslProtocols = party.Versions,
        ClientCertificateContext = party.Own,
        CertificateChainPolicy = CertificateCheck.Policy(party.Anchors),
        RemoteCertificateValidationCallback = proof.Check,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };
}
