using System.Collections.Immutable;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Signaling.Tls;
using SipAlg.Signaling.Transports;
using SipAlg.Tls;

namespace SipAlg.Configuration.Building;

/// <summary>Turns what is written of TLS into settings of files, and into what peers are known by.</summary>
internal static class TlsBuilder
{
    /// <param name="resolve">Makes a path of the file absolute.</param>
    public static ImmutableArray<TlsPlace> Build(GatewayOptions options, Func<string, string> resolve)
    {
        var realms = options.Realms.Where(realm => IsUsed(options, realm)).Select(realm => OfRealm(options, realm, resolve));
        var peers = options.Peers.Where(peer => peer.Value.Certificate is not null || peer.Value.Tls is not null).Select(peer => OfPeer(options, peer, resolve));
        return [.. realms, .. peers];
    }

    /// <summary>Domains that the peer's certificate has to name one of (RFC 5922 §7.3).</summary>
    public static ImmutableArray<string> NamesOf(PeerOptions peer)
    {
        if (peer.Tls?.Names is { Count: > 0 } written)
        {
            return [.. written.Select(name => name.Value)];
        }

        var next = (peer.OutboundProxy ?? peer.Address)?.Value;
        return next is not { IsTls: true } ? [] : [.. new[] { next.Host, peer.Domain?.Value }.OfType<string>().Select(name => name.ToLowerInvariant()).Distinct()];
    }

    /// <summary>The realm's own word, else what its peers want.</summary>
    public static ClientCertificates ClientsOf(GatewayOptions options, Named<RealmOptions> realm) =>
        realm.Value.Tls?.Clients?.Value ?? (options.Peers.Any(peer => peer.Value.Realm?.Value == realm.Name && !NamesOf(peer.Value).IsEmpty) ? ClientCertificates.Optional : ClientCertificates.Off);

    public static bool IsShownCertificate(PeerOptions peer, RealmOptions? realm) => peer.Certificate is not null || realm?.Certificates.Count > 0;

    private static bool IsUsed(GatewayOptions options, Named<RealmOptions> realm) => realm.Value.Certificates.Count > 0 || realm.Value.Tls is not null ||
        (realm.Value.Listen?.Value ?? []).Any(listen => listen.Value.Transport == Transport.Tls) || options.Peers.Any(peer => peer.Value.Realm?.Value == realm.Name && peer.Value.Address?.Value.IsTls == true);

    private static TlsPlace OfRealm(GatewayOptions options, Named<RealmOptions> realm, Func<string, string> resolve) => new(
        realm.Name, null, [.. realm.Value.Certificates.Select(certificate => certificate.Value.Build(resolve))], Trust(realm.Value.Tls?.Trust, resolve), realm.Value.Tls?.IsOnly13?.Value ?? false, ClientsOf(options, realm));

    private static TlsPlace OfPeer(GatewayOptions options, Named<PeerOptions> peer, Func<string, string> resolve)
    {
        var realm = options.Realms.First(realm => realm.Name == peer.Value.Realm!.Value).Value;
        return new TlsPlace(
            peer.Value.Realm!.Value, peer.Name, peer.Value.Certificate is { } own ? [own.Value.Build(resolve)] : [], Trust(peer.Value.Tls?.Trust ?? realm.Tls?.Trust, resolve),
            peer.Value.Tls?.IsOnly13?.Value ?? realm.Tls?.IsOnly13?.Value ?? false, ClientCertificates.Required);
    }

    private static string? Trust(Located<string>? written, Func<string, string> resolve) => written is null or { Value: TlsRuleOptions.SystemTrust } ? null : resolve(written.Value);
}
