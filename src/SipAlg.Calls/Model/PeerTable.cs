using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Model;

/// <summary>
/// Who a source is. The longest prefix of its realm's peers decides, then whose <c>match</c> names the Request-URI's host, then
/// who is written first. Immutable: when a peer's host name resolves to something new, a new table takes its place.
/// </summary>
public sealed class PeerTable
{
    /// <summary>Addresses of one site, at most.</summary>
    private const int NarrowV4 = 24;
    private const int NarrowV6 = 56;

    private readonly ImmutableArray<Peer> _peers;
    private readonly ImmutableDictionary<int, ImmutableArray<IpAddress>> _resolved;
    private readonly FrozenDictionary<int, PrefixLevel[]> _realms;
    private readonly FrozenDictionary<(int Realm, string Name), Peer[]> _names;

    public PeerTable(ImmutableArray<Peer> peers)
        : this(peers, ImmutableDictionary<int, ImmutableArray<IpAddress>>.Empty)
    {
    }

    private PeerTable(ImmutableArray<Peer> peers, ImmutableDictionary<int, ImmutableArray<IpAddress>> resolved)
    {
        _peers = peers;
        _resolved = resolved;
        var known = peers.Where(peer => !peer.IsRemoved).OrderBy(peer => peer.Rank).GroupBy(peer => peer.Realm).ToList();
        _realms = known.ToFrozenDictionary(group => group.Key, group => Levels([.. group]));
        _names = known.SelectMany(group => group.SelectMany(peer => peer.TlsNames.Select(name => (Key: (group.Key, name.ToLowerInvariant()), Peer: peer))))
            .GroupBy(entry => entry.Key).ToFrozenDictionary(group => group.Key, group => group.Select(entry => entry.Peer).ToArray());
    }

    /// <summary>The table of other peers. What the host of one resolved to stays as long as that is its host.</summary>
    /// <param name="peers">Each at the place that it has here, if it is here.</param>
    public PeerTable With(ImmutableArray<Peer> peers) => new(peers, _resolved.RemoveRange(_resolved.Keys.Where(peer => peers[peer].NextHop != _peers[peer].NextHop)));

    /// <summary>The table in which a peer's host name has these addresses; only peers that accept what their address resolves to change.</summary>
    /// <param name="peer">Index of the peer.</param>
    /// <param name="addresses">Replaces what it resolved to before.</param>
    public PeerTable WithResolved(int peer, ImmutableArray<IpAddress> addresses) =>
        _resolved.TryGetValue(peer, out var known) && known.ToHashSet().SetEquals(addresses) ? this : new(_peers, _resolved.SetItem(peer, addresses));

    /// <param name="realm">Index of the realm in which the request arrived: a source known only in another realm is a stranger.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="requestUriHost">Compared with <see cref="Peer.MatchDomains"/>, ignoring case.</param>
    /// <returns>Null for a stranger.</returns>
    public Peer? Find(int realm, IpAddress source, ReadOnlySpan<byte> requestUriHost) =>
        Candidates(realm, source) is { Length: > 0 } candidates ? Choose(candidates, requestUriHost) : null;

    /// <summary>The peer of a realm that a certificate names.</summary>
    /// <param name="realm">Index of the realm in which the connection stands.</param>
    /// <param name="names">In lower case, as proven.</param>
    /// <param name="requestUriHost">As for <see cref="Find"/>, where several peers are known by one name.</param>
    public Peer? FindByName(int realm, ImmutableArray<string> names, ReadOnlySpan<byte> requestUriHost)
    {
        foreach (var name in names)
        {
            if (_names.TryGetValue((realm, name), out var candidates))
            {
                return Choose(candidates, requestUriHost);
            }
        }

        return null;
    }

    /// <summary>Whether a realm has peers that are known by their certificates alone.</summary>
    public bool AsksForCertificates(int realm) => _peers.Any(peer => peer.Realm == realm && peer is { IsRemoved: false, RequiresCertificate: true });

    /// <summary>Whether who is named so may be this peer.</summary>
    public bool MayBeNamed(Peer peer, int realm, ImmutableArray<string> names)
    {
        foreach (var name in names)
        {
            if (_names.TryGetValue((realm, name), out var candidates) && Array.Exists(candidates, candidate => candidate.Index == peer.Index))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a source may be this peer, be it one that several share: a request in a dialog tells by the dialog whose it is.</summary>
    public bool MayBe(Peer peer, int realm, IpAddress source) => Array.Exists(Candidates(realm, source), candidate => candidate.Index == peer.Index);

    /// <summary>
    /// Every block that a peer of the realm calls in from, as a system of its own: who is in a wide network whose callers are not trusted is
    /// judged as anybody else.
    /// </summary>
    public IEnumerable<IpNetwork> SourcesIn(int realm) => _peers.Where(peer => !peer.IsRemoved && peer.Realm == realm).SelectMany(Systems);

    /// <summary>Whether a source may be such a peer, in any realm: a ban of it would hit that. Looks at all of them.</summary>
    public bool IsPeerAt(IpAddress source) => _peers.Any(peer => !peer.IsRemoved && Systems(peer).Any(network => network.Contains(source)));

    private IEnumerable<IpNetwork> Systems(Peer peer) => Sources(peer).Where(network => peer.IsTrusted || IsNarrow(network));

    private static bool IsNarrow(IpNetwork network) => network.PrefixLength >= (network.Address.IsV4 ? NarrowV4 : NarrowV6);

    private Peer[] Candidates(int realm, IpAddress source)
    {
        if (!_realms.TryGetValue(realm, out var levels))
        {
            return [];
        }

        foreach (var level in levels)
        {
            if (level.IsV4 == source.IsV4 && level.Peers.TryGetValue(Prefixes.Mask(source, level.Bits), out var candidates))
            {
                return candidates;
            }
        }

        return [];
    }

    private static Peer Choose(Peer[] candidates, ReadOnlySpan<byte> host)
    {
        Peer? unmatched = null;
        foreach (var peer in candidates)
        {
            foreach (var domain in peer.MatchDomains)
            {
                if (Ascii.EqualsIgnoreCase(host, domain))
                {
                    return peer;
                }
            }

            unmatched ??= peer.MatchDomains.IsEmpty ? peer : null;
        }

        return unmatched ?? candidates[0];
    }

    private PrefixLevel[] Levels(Peer[] peers) =>
        [.. peers.SelectMany(peer => Sources(peer).Select(network => (Network: network, Peer: peer)))
            .GroupBy(entry => (entry.Network.Address.IsV4, entry.Network.PrefixLength))
            .OrderByDescending(level => level.Key.PrefixLength)
            .Select(level => new PrefixLevel(level.Key.IsV4, level.Key.PrefixLength, level
                .GroupBy(entry => Prefixes.Mask(entry.Network.Address, entry.Network.PrefixLength))
                .ToFrozenDictionary(block => block.Key, block => block.Select(entry => entry.Peer).Distinct().ToArray())))];

    private IEnumerable<IpNetwork> Sources(Peer peer)
    {
        if (peer.RequiresCertificate)
        {
            return [];
        }

        if (!peer.AcceptsResolvedAddress)
        {
            return peer.AcceptFrom;
        }

        // With an outbound proxy the host of the address is a domain: only an address in it is somewhere to call in from.
        IEnumerable<IpAddress> written = new[] { peer.Address, peer.OutboundProxy }.OfType<PeerAddress>().Select(address => address.Ip).Where(ip => !ip.IsNone).Distinct();
        var addresses = peer.NextHop is { Ip.IsNone: true } ? written.Concat(_resolved.GetValueOrDefault(peer.Index, [])) : written;
        return addresses.Select(address => new IpNetwork(address, address.IsV4 ? 32 : 128));
    }

    private sealed record PrefixLevel(bool IsV4, int Bits, FrozenDictionary<IpAddress, Peer[]> Peers);
}
