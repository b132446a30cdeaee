using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Configuration.Tables;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;

namespace SipAlg.Configuration.Checks;

/// <summary>What is probably not meant of who is heard in a realm.</summary>
internal static class AccessChecks
{
    public static void Run(GatewayOptions options, AccessLists lists, ProblemList problems)
    {
        foreach (var realm in options.Realms)
        {
            Entries("allow", realm.Value.Allow?.Value ?? [], lists, problems);
            Entries("deny", realm.Value.Deny, lists, problems);
            Methods(realm, problems);
            var deny = lists.SetOf(realm.Value.Deny);
            Conflicts(realm.Value, lists, deny, problems);
            Peers(options, realm, realm.Value.Allow is { } allow ? lists.SetOf(allow.Value) : null, deny, problems);
        }
    }

    private static void Entries(string key, IReadOnlyList<Located<AccessEntry>> entries, AccessLists lists, ProblemList problems)
    {
        for (var index = 0; index < entries.Count; index++)
        {
            var entry = entries[index];
            if (entry.Value.File is { } file)
            {
                if (!lists.BlocksOf(entry.Value).Any())
                {
                    problems.Warn(entry.At, $"'{key}': '{file}' holds no address block", "add one a line, or take the file out");
                }

                continue;
            }

            if (Prefixes.Normalise(entry.Value.Network) is var normal && normal != entry.Value.Network)
            {
                problems.Warn(entry.At, $"{entry.Value.Network} has bits beyond its prefix", $"it is read as {normal}; write a single address without a prefix");
            }

            if (lists.SetOf(entries.Where((_, other) => other != index && (other < index || entries[other].Value != entry.Value))).Covers(normal))
            {
                problems.Warn(entry.At, $"'{key}': {entry.Value.Network} is in the list already", "take it out, or the wider block that holds it");
            }
        }
    }

    private static void Conflicts(RealmOptions realm, AccessLists lists, AddressSet deny, ProblemList problems)
    {
        foreach (var entry in realm.Allow?.Value ?? [])
        {
            if (entry.Value.File is null && deny.Covers(entry.Value.Network))
            {
                problems.Warn(entry.At, $"'allow': {entry.Value.Network} is never heard: 'deny' holds all of it", "'deny' goes before 'allow': narrow it");
            }
        }
    }

    private static void Methods(Named<RealmOptions> realm, ProblemList problems)
    {
        if (realm.Value.Methods is { Count: > 0 } methods && realm.Value.Domain is not null && methods.All(method => method.Value != SipMethod.Register))
        {
            problems.Warn(methods[0].At, $"realm '{realm.Name}' has a domain, and 'methods' leaves REGISTER out: no phone can register", "add REGISTER");
        }
    }

    /// <summary>A peer that is not heard never calls in, and its answers are lost.</summary>
    private static void Peers(GatewayOptions options, Named<RealmOptions> realm, AddressSet? allow, AddressSet deny, ProblemList problems)
    {
        foreach (var peer in options.Peers.Where(peer => peer.Value.Realm?.Value == realm.Name))
        {
            foreach (var source in Sources(peer.Value))
            {
                if (deny.Covers(source.Value))
                {
                    problems.Warn(source.At, $"peer '{peer.Name}' is not heard: {Shown(source.Value)} is in 'deny' of realm '{realm.Name}'", "take it out there");
                }
                else if (allow is not null && !allow.Covers(source.Value))
                {
                    problems.Warn(source.At, $"peer '{peer.Name}' is not heard: {Shown(source.Value)} is outside 'allow' of realm '{realm.Name}'", "add it there");
                }
            }
        }
    }

    private static IEnumerable<Located<IpNetwork>> Sources(PeerOptions peer)
    {
        foreach (var network in peer.AcceptFrom?.Value ?? [])
        {
            yield return new Located<IpNetwork>(Prefixes.Normalise(network.Value), network.At);
        }

        foreach (var address in new[] { peer.Address, peer.OutboundProxy }.OfType<Located<PeerAddress>>().Where(address => !address.Value.Ip.IsNone))
        {
            yield return new Located<IpNetwork>(new IpNetwork(address.Value.Ip, address.Value.Ip.IsV4 ? 32 : 128), address.At);
        }
    }

    private static string Shown(IpNetwork network) => network.PrefixLength == (network.Address.IsV4 ? 32 : 128) ? network.Address.ToString() : network.ToString();
}
