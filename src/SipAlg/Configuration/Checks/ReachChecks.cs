using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Checks;

/// <summary>Finds realms whose SDP would show a private address to a peer with a public one: those of a gateway that is itself behind NAT.</summary>
internal static class ReachChecks
{
    public static void Run(GatewayOptions options, ProblemList problems)
    {
        foreach (var peer in options.Peers)
        {
            var realm = options.Realms.FirstOrDefault(realm => realm.Name == peer.Value.Realm?.Value)?.Value;
            if (realm is not null && PublicAddress(peer.Value) is { } there && Shown(realm, there.Value) is { IsNone: false, IsPrivate: true } here)
            {
                var key = realm.Advertise is null ? "advertise" : "media.advertise";
                problems.Warn(there.At, $"SDP towards {there.Value} would show {here}, which it cannot reach", $"write the public address as realms.{peer.Value.Realm!.Value}.{key}");
            }
        }
    }

    /// <summary>Where the peer is, or may call in from, if that is beyond private networks.</summary>
    private static Located<IpAddress>? PublicAddress(PeerOptions peer)
    {
        if (peer.Address is { Value.Ip: { IsNone: false } ip } address)
        {
            return ip.IsPrivate ? null : new Located<IpAddress>(ip, address.At);
        }

        return (peer.AcceptFrom?.Value ?? []).Where(network => IsPublic(network.Value)).Select(network => new Located<IpAddress>(network.Value.Address, network.At)).FirstOrDefault();
    }

    /// <summary>Whole address families and their like are rather "anybody" than somebody far away.</summary>
    private static bool IsPublic(IpNetwork network) => network.PrefixLength >= 8 && !network.Address.IsPrivate && !network.Address.IsUnspecified;

    /// <summary>What SDP shows to a destination as far as it is written; none when the routes of this host decide.</summary>
    private static IpAddress Shown(RealmOptions realm, IpAddress destination)
    {
        var names = realm.Advertise?.Address ?? [];
        var isExcepted = (realm.Advertise?.Except ?? []).Any(network => network.Value.Contains(destination));
        if (!isExcepted && names.Any(name => !IpAddress.TryParse(name.Value, out _)) && realm.Media?.Advertise.Count is null or 0)
        {
            return default;
        }

        var advertised = names.Where(_ => !isExcepted).Select(name => IpAddress.TryParse(name.Value, out var address) ? address : default);
        var bound = (realm.Media?.Bind ?? []).Select(address => address.Value).Concat((realm.Listen?.Value ?? []).Select(listen => listen.Value.Endpoint.Address));
        return (realm.Media?.Advertise ?? []).Select(address => address.Value).Concat(advertised).Concat(bound)
            .FirstOrDefault(address => !address.IsNone && !address.IsUnspecified && address.IsV4 == destination.IsV4);
    }
}
