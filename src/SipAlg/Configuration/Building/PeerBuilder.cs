using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Yaml;
using SipAlg.Signaling.Tls;

namespace SipAlg.Configuration.Building;

/// <summary>Turns the options of a peer into its model.</summary>
internal static class PeerBuilder
{
    /// <param name="isShownCertificate">We have a certificate to show to it.</param>
    public static Peer Build(Named<PeerOptions> named, int index, int rank, ImmutableArray<Realm> realms, bool isShownCertificate)
    {
        var peer = named.Value;
        var built = new Peer
        {
            Index = index,
            Name = named.Name,
            Rank = rank,
            Fingerprint = named.Node is { } node ? NodePrint.Of(node) : "",
            Realm = realms.First(realm => realm.Name == peer.Realm!.Value).Index,
            Address = peer.Address?.Value,
            AcceptFrom = [.. (peer.AcceptFrom?.Value ?? []).Select(network => Prefixes.Normalise(network.Value))],
            AcceptsResolvedAddress = peer.AcceptFrom is null,
            MatchDomains = [.. peer.MatchDomains.Select(domain => domain.Value)],
            MediaFrom = [.. peer.MediaFrom.Select(network => Prefixes.Normalise(network.Value))],
            Domain = peer.Domain?.Value,
            OutboundProxy = peer.OutboundProxy?.Value,
            Register = peer.Register?.Build(),
            TlsNames = TlsBuilder.NamesOf(peer),
            RequiresCertificate = peer.Tls?.Clients?.Value == ClientCertificates.Required,
            IsShownCertificate = isShownCertificate,
            Ping = peer.Ping?.Value,
            Credentials = [.. peer.Credentials.Select(entry => entry.Value.Build())],
            Limits = new PeerLimits(peer.Limits?.Calls?.Value, peer.Limits?.CallsPerSecond?.Value),
            LargeRequests = peer.LargeRequests?.Value ?? LargeRequests.Auto,
            CalledFrom = peer.CalledFrom?.Value ?? (peer.Register is null ? CalledSource.RequestUri : CalledSource.BehindContact),
            IsTrusted = peer.Trust?.Value ?? true,
            IsNatAware = peer.Nat?.Value ?? false,
            MergesForks = peer.MergesForks?.Value ?? false,
            Transfer = peer.Transfer?.Value ?? TransferMode.Auto,
            Dtmf = peer.Dtmf?.Value ?? DtmfMode.Pass,
            Srtp = peer.Srtp?.Value,
            Headers = peer.Headers?.Build() ?? HeaderRules.None,
            Codecs = peer.Codecs?.Build() ?? CodecRules.None,
            MapStatus = peer.MapStatus?.Value ?? StatusMap.None,
        };
        return peer.CallerIn.Count == 0 ? built : built with { CallerIn = [.. peer.CallerIn.Select(source => source.Value)] };
    }
}
