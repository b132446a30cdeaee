using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for peers, and what is probably not meant.</summary>
internal static class PeerChecks
{
    public static void Run(GatewayOptions options, HostFacts host, NameTable names, ProblemList problems)
    {
        foreach (var peer in options.Peers)
        {
            if (options.Realms.Count > 0)
            {
                names.Realm(peer.Value.Realm);
            }

            Reachable(peer, problems);
            foreach (var network in (peer.Value.AcceptFrom?.Value ?? []).Concat(peer.Value.MediaFrom))
            {
                Aligned(network, problems);
            }

            foreach (var network in peer.Value.AcceptFrom?.Value ?? [])
            {
                Gateway(network, host, problems);
            }

            PolicyChecks.Peer(peer, problems);
            CredentialChecks.Run(peer.Value, problems);
            TrunkChecks.Run(peer.Value, problems);
            Family(peer.Value, options, problems);
        }

        Distinct(options.Peers, problems);
        TrunkChecks.Distinct(options.Peers, problems);
    }

    private static void Reachable(Named<PeerOptions> peer, ProblemList problems)
    {
        if (peer is { IsSound: true, Value: { Address: null, OutboundProxy: null, AcceptFrom: null } })
        {
            problems.Error(peer.At, $"peer '{peer.Name}' has neither address nor accept_from", "write where it is called, or from where it calls in");
        }
    }

    /// <summary>An address can be called only from a listener of its family (RFC 3263 says it of names: other addresses are left out).</summary>
    private static void Family(PeerOptions peer, GatewayOptions options, ProblemList problems)
    {
        var listeners = options.Realms.FirstOrDefault(realm => realm.Name == peer.Realm?.Value)?.Value.Listen?.Value;
        if ((peer.OutboundProxy ?? peer.Address) is { Value.Ip: { IsNone: false } ip } next && listeners is { Count: > 0 } &&
            listeners.All(listen => listen.IsSound && listen.Value.Endpoint.Address.IsV4 != ip.IsV4))
        {
            problems.Warn(next.At, $"realm '{peer.Realm!.Value}' has no listener of IPv{(ip.IsV4 ? 4 : 6)}, so that {ip} cannot be called", "give the realm one, or the peer another address");
        }
    }

    private static void Aligned(Located<IpNetwork> network, ProblemList problems)
    {
        var normal = Prefixes.Normalise(network.Value);
        if (normal != network.Value)
        {
            problems.Warn(network.At, $"{network.Value} has bits beyond its prefix", $"it is read as {normal}; write a single address without a prefix");
        }
    }

    private static void Gateway(Located<IpNetwork> network, HostFacts host, ProblemList problems)
    {
        if (host.Gateways.FirstOrDefault(network.Value.Contains) is { IsNone: false } gateway)
        {
            problems.Warn(network.At, $"{network.Value} holds the default gateway {gateway}: behind a container's bridge, everybody calls from there",
                "use the host's network, or list the peer's own address");
        }
    }

    /// <summary>Same realm, same block, and neither a registered contact nor a Request-URI host that one has and the other has not.</summary>
    private static void Distinct(IReadOnlyList<Named<PeerOptions>> peers, ProblemList problems)
    {
        for (var later = 1; later < peers.Count; later++)
        {
            if (peers.Take(later).FirstOrDefault(earlier => AreAlike(earlier.Value, peers[later].Value)) is { } twin)
            {
                problems.Warn(peers[later].At, $"peers '{twin.Name}' and '{peers[later].Name}' cannot be told apart: calls from their common source are taken for '{twin.Name}'",
                    "give them different accept_from or match: { domain: … }");
            }
        }
    }

    private static bool AreAlike(PeerOptions left, PeerOptions right) => left.Register is null && right.Register is null && left.Realm is not null && left.Realm.Value == right.Realm?.Value &&
        Sources(left).Intersect(Sources(right)).Any() &&
        (left.MatchDomains.Count == 0 ? right.MatchDomains.Count == 0 : Domains(left).Intersect(Domains(right), StringComparer.OrdinalIgnoreCase).Any());

    private static IEnumerable<string> Domains(PeerOptions peer) => peer.MatchDomains.Select(domain => domain.Value);

    /// <summary>Blocks, or the host that its requests go to: two peers at one host name share whatever it resolves to.</summary>
    private static IEnumerable<string> Sources(PeerOptions peer)
    {
        if (peer.AcceptFrom is not null)
        {
            return peer.AcceptFrom.Value.Select(network => Prefixes.Normalise(network.Value).ToString());
        }

        return (peer.OutboundProxy ?? peer.Address)?.Value switch
        {
            null => [],
            { Ip: { IsNone: false } ip } => [$"{ip}/{(ip.IsV4 ? 32 : 128)}"],
            var address => [address.Host.ToLowerInvariant()],
        };
    }
}
