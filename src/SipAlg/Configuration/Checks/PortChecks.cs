using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Media;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.Configuration.Checks;

/// <summary>Finds two users of one port: listeners, media ranges and the admin server.</summary>
internal static class PortChecks
{
    public static void Run(GatewayOptions options, ProblemList problems)
    {
        CheckShares(options, problems);
        var claims = options.Realms.SelectMany(Listeners).Concat(options.Realms.SelectMany(Media)).Concat(Admin(options.Admin?.Value)).ToList();
        for (var later = 1; later < claims.Count; later++)
        {
            if (claims.Take(later).FirstOrDefault(earlier => earlier.Collides(claims[later])) is { } taken)
            {
                problems.Error(claims[later].At, $"{claims[later].What} takes the same port as {taken.What} in line {taken.At.Line}",
                    claims[later].IsRange ? "give each realm a media.ports range of its own" : "choose another port or address");
            }
        }
    }

    /// <summary>Lanes share a range out: each has every n-th pair of it.</summary>
    private static void CheckShares(GatewayOptions options, ProblemList problems)
    {
        var lanes = options.Sip?.Lanes?.Value ?? 1;
        foreach (var ports in options.Realms.Select(realm => realm.Value.Media?.Ports).OfType<Located<PortRange>>())
        {
            if (Enumerable.Range(0, lanes).Any(lane => !PortPool.HasPairs(new MediaRange(0, ports.Value.First, ports.Value.Last), lane, lanes)))
            {
                problems.Error(ports.At, $"'ports' has no pair of ports for each of {lanes} lanes", $"{(2 * lanes) + 1} ports are always enough");
            }
        }
    }

    private static IEnumerable<Claim> Listeners(Named<RealmOptions> realm) =>
        (realm.Value.Listen?.Value ?? []).Select(listen => new Claim(listen.At, listen.Value.ToString(), listen.Value.Transport == Transport.Udp,
            listen.Value.Endpoint.Address, listen.Value.Endpoint.Port, listen.Value.Endpoint.Port, IsRange: false));

    /// <summary>Without a bound address media may use any of this host's. Of ports that could not be read nobody knows what they would meet.</summary>
    private static IEnumerable<Claim> Media(Named<RealmOptions> realm)
    {
        if (!realm.IsSound && realm.Value.Media?.Ports is null)
        {
            return [];
        }

        var range = realm.Value.Media?.Ports?.Value ?? PortRange.Default;
        var at = realm.Value.Media?.Ports?.At ?? realm.At;
        var bound = realm.Value.Media?.Bind.Select(address => address.Value).ToArray() ?? [];
        return (bound.Length == 0 ? [IpAddress.AnyV4, IpAddress.AnyV6] : bound.Distinct().ToArray())
            .Select(address => new Claim(at, $"media of '{realm.Name}' ({range})", IsUdp: true, address, range.First, range.Last, IsRange: true));
    }

    private static IEnumerable<Claim> Admin(AdminOptions? admin)
    {
        foreach (var (listen, name) in new[] { (admin?.Listen, "admin"), (admin?.Metrics?.Listen, "metrics") })
        {
            if (listen is not null)
            {
                yield return new Claim(listen.At, name, IsUdp: false, listen.Value.Address, listen.Value.Port, listen.Value.Port, IsRange: false);
            }
        }
    }

    private sealed record Claim(SourcePosition At, string What, bool IsUdp, IpAddress Address, int First, int Last, bool IsRange)
    {
        /// <summary>Port 0 takes a free port, which collides with nothing.</summary>
        public bool Collides(Claim other) => IsUdp == other.IsUdp && First <= other.Last && other.First <= Last && First > 0 && Address.IsV4 == other.Address.IsV4 &&
            (Address == other.Address || Address.IsUnspecified || other.Address.IsUnspecified);
    }
}
