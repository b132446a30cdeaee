using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SipAlg.Configuration.Building;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;
using SipAlg.Tls;

namespace SipAlg.Configuration.Checks;

/// <summary>Certificates and their keys, and who is reached by TLS.</summary>
/// <param name="files">Where they are read from.</param>
/// <param name="resolve">Their paths, from those of the configuration.</param>
/// <param name="now">Decides what has expired.</param>
/// <param name="isStrict">One that has expired is an error: who only asks is told so. A gateway that starts serves all the rest with it.</param>
internal sealed class TlsChecks(ISourceFiles files, Func<string, string> resolve, DateTimeOffset now, bool isStrict, ProblemList problems)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly TimeSpan VerySoon = TimeSpan.FromDays(7);

    public void Run(GatewayOptions options)
    {
        foreach (var realm in options.Realms)
        {
            realm.Value.Certificates.ToList().ForEach(certificate => Certificate(certificate.Value));
            Trust(realm.Value.Tls?.Trust);
            Listener(options, realm);
        }

        foreach (var peer in options.Peers)
        {
            if (peer.Value.Certificate is { } own)
            {
                Certificate(own.Value);
            }

            Trust(peer.Value.Tls?.Trust);
            Peer(options, peer);
        }
    }

    private void Certificate(CertificateOptions written)
    {
        if (written is not { Chain: { } chain, Key: { } key } || !TryRead(chain, out var chainText) || !TryRead(key, out var keyText))
        {
            return;
        }

        if (!ReadCertificate.TryParse(chainText, keyText, out var read, out var fault))
        {
            var at = fault!.IsOfKey ? key : chain;
            problems.Error(at.At, $"'{at.Value}' {fault.Text}", fault.Hint);
            return;
        }

        Dates(chain, read!);
        Readable(key);
        if (read!.Names.IsEmpty)
        {
            problems.Warn(chain.At, $"'{chain.Value}' names no domain: nobody who checks certificates can tell whose it is", "have it issued with the names as subjectAltName (DNS or URI sip:)");
        }

        Dispose(read);
    }

    private void Dates(Located<string> chain, ReadCertificate read)
    {
        var left = read.Expires - now;
        var until = read.Expires.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
        if (left <= TimeSpan.Zero)
        {
            Report(isError: isStrict, chain, $"'{chain.Value}' expired on {until}: nobody who checks certificates takes it", "renew it; the gateway takes new files by itself");
        }
        else if (read.Begins > now)
        {
            Report(isError: false, chain, $"'{chain.Value}' is not valid before {read.Begins.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)}", "wait until then, or set the clock");
        }
        else if (left < Soon)
        {
            Report(isError: false, chain, $"'{chain.Value}' expires {(left < VerySoon ? "within a week" : "within 30 days")}, on {until}", "renew it; the gateway takes new files by itself");
        }
    }

    private void Report(bool isError, Located<string> where, string text, string hint)
    {
        if (isError)
        {
            problems.Error(where.At, text, hint);
        }
        else
        {
            problems.Warn(where.At, text, hint);
        }
    }

    private void Readable(Located<string> key)
    {
        var path = resolve(key.Value);
        if (!OperatingSystem.IsWindows() && File.Exists(path) && File.GetUnixFileMode(path).HasFlag(UnixFileMode.OtherRead))
        {
            problems.Warn(key.At, $"'{key.Value}' can be read by every user of this host: whoever has it can be taken for the gateway", $"chmod o= '{key.Value}'");
        }
    }

    private void Trust(Located<string>? trust)
    {
        if (trust is null or { Value: TlsRuleOptions.SystemTrust } || !TryRead(trust, out var text))
        {
            return;
        }

        try
        {
            var anchors = new X509Certificate2Collection();
            anchors.ImportFromPem(text);
            if (anchors.Count == 0)
            {
                problems.Error(trust.At, $"'{trust.Value}' holds no certificate", "PEM is wanted: the certificates of the authorities that are trusted, one after another");
            }

            foreach (var anchor in anchors.Where(anchor => anchor.NotAfter.ToUniversalTime() < now.UtcDateTime))
            {
                problems.Warn(trust.At, $"the authority '{anchor.Subject}' in '{trust.Value}' has expired", "ask it for its new certificate; both may stand in the file");
            }
        }
        catch (CryptographicException failed)
        {
            problems.Error(trust.At, $"'{trust.Value}' cannot be read: {failed.Message}", "PEM is wanted");
        }
    }

    private void Listener(GatewayOptions options, Named<RealmOptions> realm)
    {
        var secure = (realm.Value.Listen?.Value ?? []).FirstOrDefault(listen => listen.Value.Transport == Transport.Tls);
        if (secure is null || realm.Value.Certificates.Count > 0)
        {
            return;
        }

        if (options.Peers.Any(peer => peer.Value.Realm?.Value == realm.Name && Next(peer.Value)?.Value.IsTls == true))
        {
            problems.Warn(secure.At, $"realm '{realm.Name}' has no certificate: it opens connections to its peers by TLS, and takes none", "write 'certificate: { chain: …, key: … }' for peers and phones that connect to it");
        }
        else
        {
            problems.Error(secure.At, $"realm '{realm.Name}' listens for TLS and has no certificate", "write 'certificate: { chain: …, key: … }'; certs/make-dev-certs.sh makes one for trying out");
        }
    }

    private void Peer(GatewayOptions options, Named<PeerOptions> peer)
    {
        var realm = options.Realms.FirstOrDefault(realm => realm.Name == peer.Value.Realm?.Value);
        var hasListener = (realm?.Value.Listen?.Value ?? []).Any(listen => listen.Value.Transport == Transport.Tls);
        if (realm is null)
        {
            return;
        }

        if (Next(peer.Value) is { Value.IsTls: true } next && !hasListener)
        {
            problems.Error(next.At, $"peer '{peer.Name}' is reached by TLS, and its realm '{realm.Name}' has no tls:// listener", $"add 'tls://address:5061' to realms.{realm.Name}.listen");
        }

        if (peer.Value.Tls?.Clients is { Value: ClientCertificates.Required } required)
        {
            Known(options, peer, realm, required, hasListener);
        }
    }

    /// <summary>Who has to show a certificate can do so, and there is a name to look for in it.</summary>
    private void Known(GatewayOptions options, Named<PeerOptions> peer, Named<RealmOptions> realm, Located<ClientCertificates> required, bool hasListener)
    {
        if (TlsBuilder.NamesOf(peer.Value).IsEmpty)
        {
            problems.Error(required.At, $"peer '{peer.Name}' has to show a certificate, and nothing says what it is to name", "write tls.names");
        }

        if (!hasListener || TlsBuilder.ClientsOf(options, realm) == ClientCertificates.Off)
        {
            problems.Error(required.At, $"peer '{peer.Name}' has to show a certificate, and realm '{realm.Name}' {(hasListener ? "asks nobody for one" : "has no tls:// listener")}",
                hasListener ? $"take 'client_certificate: off' out of realms.{realm.Name}.tls" : $"add 'tls://address:5061' to realms.{realm.Name}.listen");
        }
    }

    private static Located<Calls.Model.PeerAddress>? Next(PeerOptions peer) => peer.OutboundProxy ?? peer.Address;

    private bool TryRead(Located<string> path, out string text)
    {
        if (files.TryRead(resolve(path.Value), out text, out var fault))
        {
            return true;
        }

        problems.Error(path.At, $"'{path.Value}' cannot be read: {fault}", "the path is relative to this file, and the gateway's user has to be allowed to read it");
        return false;
    }

    private static void Dispose(ReadCertificate read)
    {
        read.Leaf.Dispose();
        foreach (var other in read.Others)
        {
            other.Dispose();
        }
    }
}
