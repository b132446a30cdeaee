using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Configuration.Checks;

/// <summary>Finds realms whose SDP would show a private address to a peer with a public one.</summary>
internal static class ReachChecks
{
    public static void Run(GatewayOptions options, ProblemList problems)
    {
        foreach (var peer in options.Peers)
        {
            var realm = options.Realms.FirstOrDefault(realm => realm.Name == peer.Value.Realm?.Value)?.Value;
            if (realm is not null && peer.Value.Address is { Value.Ip: { IsNone: false, IsPrivate: false } there } address &&
                Shown(realm, there.IsV4) is { IsPrivate: true } here && !here.IsNone)
            {
                problems.Warn(address.At, $"SDP towards {there} would show {here}, which it cannot reach", $"write the public address as realms.{peer.Value.Realm!.Value}.media.advertise");
            }
        }
    }

    /// <summary>What SDP shows in a family as far as it is written; none when the local address decides.</summary>
    private static IpAddress Shown(RealmOptions realm, bool isV4)
    {
        var names = realm.Advertise?.Address ?? [];
        var advertised = names.Select(name => IpAddress.TryParse(name.Value, out var address) ? address : default);
        var shown = (realm.Media?.Advertise ?? []).Select(address => address.Value).Concat(advertised).Concat((realm.Media?.Bind ?? []).Select(address => address.Value));
        return names.Any(name => !IpAddress.TryParse(name.Value, out _)) && realm.Media?.Advertise.Count is null or 0
            ? default
            : shown.FirstOrDefault(address => !address.IsNone && address.IsV4 == isV4);
    }
}
