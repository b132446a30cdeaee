using System.Collections.Immutable;
using SipAlg.Signaling.Tls;

namespace SipAlg.Tls;

/// <summary>Files of a certificate and its key.</summary>
/// <param name="Chain">The certificate first, then those that lead to its authority; PEM.</param>
/// <param name="Key">Its private key without a password; PEM.</param>
/// <param name="Names">Those who ask for one of these names are shown it; empty: the names in it.</param>
internal sealed record CertificateFiles(string Chain, string Key, ImmutableArray<string> Names);

/// <summary>What the configuration says of TLS in one realm, or towards one peer.</summary>
/// <param name="Realm">Its name.</param>
/// <param name="Peer">Its name; null: it is about the realm.</param>
/// <param name="Certificates">The first is shown to who asks for no name that another has; empty: none, or for a peer the realm's.</param>
/// <param name="Trust">File of the authorities that are trusted; null: those of the system.</param>
/// <param name="IsOnly13">Nothing older than TLS 1.3 is spoken.</param>
/// <param name="Clients">Whether who connects is asked for a certificate.</param>
internal sealed record TlsPlace(string Realm, string? Peer, ImmutableArray<CertificateFiles> Certificates, string? Trust, bool IsOnly13, ClientCertificates Clients)
{
    /// <summary>As log lines call it.</summary>
    public string Name => Peer is null ? $"realm '{Realm}'" : $"peer '{Peer}'";
}
