using System.Collections.Concurrent;
using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Media;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hosting;

/// <content>Another model while the gateway runs. Each lane takes it between two turns; calls that stand are left alone.</content>
internal sealed partial class Gateway
{
    /// <summary>Removed users whose bindings end in one turn of their lane.</summary>
    private const int MostOfTurn = 100;

    /// <summary>What realms show that are known by a host name, by index.</summary>
    private readonly ConcurrentDictionary<int, AdvertiseRule> _advertised = new();

    /// <summary>By index; of a removed peer what it was.</summary>
    private PeerState[] _places;

    /// <summary>Takes another model. Completes when every lane works with it.</summary>
    /// <param name="model">Built upon <see cref="Model"/>: what stays has its index.</param>
    /// <returns>Places of the listeners that are new.</returns>
    /// <exception cref="ListenerException">An address cannot be had; nothing has changed.</exception>
    public async Task<IReadOnlyList<int>> TakeAsync(GatewayModel model)
    {
        var before = Model;
        await _listening.WaitAsync().ConfigureAwait(false);
        try
        {
            // What can fail comes first.
            using var swap = Network.Prepare(ListenersOf(model));
            await TakeAsync(model with { Realms = [.. model.Realms.Select(realm => realm with { Advertise = Shown(realm) })] }, swap).ConfigureAwait(false);
            return [.. swap.Opened];
        }
        finally
        {
            _listening.Release();
            await EndRemovedAsync(before, Model).ConfigureAwait(false);
        }
    }

    private async Task TakeAsync(GatewayModel model, ListenerSwap swap)
    {
        _places = [.. model.Peers.Select(StateOf)];
        var places = _places;
        PortPool[][][] pools = [.. Enumerable.Range(0, LaneCount).Select(lane => PoolsOf(model, lane, _pools[lane]))];
        await Task.WhenAll(Enumerable.Range(0, LaneCount).Select(number => AskAsync(number, lane =>
        {
            swap.TakeOn(_contexts[number]);
            lane.Take(model, places, pools[number]);
            Post(lane);
            return true;
        }))).ConfigureAwait(false);

        // Readers ask for what every lane has room for, and nothing comes by a listener that they do not know.
        Listeners = swap.Listeners;
        Volatile.Write(ref _pools, pools);
        Volatile.Write(ref _model, model);
        Peers = [.. places.Where(peer => !model.Peers[peer.Peer.Index].IsRemoved).OrderBy(peer => model.Peers[peer.Peer.Index].Rank)];
        swap.Begin();
    }

    /// <summary>The addresses of a host name stay until they are looked up again.</summary>
    private AdvertiseRule Shown(Realm realm) =>
        realm.Advertise.HostName is { } host && _advertised.TryGetValue(realm.Index, out var shown) && shown.HostName == host
            ? realm.Advertise with { V4 = shown.V4, V6 = shown.V6 }
            : realm.Advertise;

    private PeerState StateOf(Peer peer)
    {
        var before = peer.Index < _places.Length ? _places[peer.Index] : null;
        var isSame = before is not null && (peer.IsRemoved || (before.Peer.Fingerprint == peer.Fingerprint && peer.Fingerprint.Length > 0 && before.Peer.Realm == peer.Realm && before.Peer.IsShownCertificate == peer.IsShownCertificate));
        return isSame ? before! : new PeerState(peer, Contacts, before, Tls.Identities);
    }

    /// <summary>Nobody is called by the contacts of a user who is gone, or of a domain that is.</summary>
    private async Task EndRemovedAsync(GatewayModel before, GatewayModel model)
    {
        var domains = DomainsOf(before).ToArray();
        var left = domains.Except(DomainsOf(model)).ToArray();
        var gone = before.Users.Users.Where(user => !user.IsRemoved && (left.Length > 0 || model.Users.Users[user.Index].IsRemoved))
            .SelectMany(user => (model.Users.Users[user.Index].IsRemoved ? domains : left).Select(domain => Encoding.UTF8.GetBytes($"{user.Name}@{domain}")));
        foreach (var some in gone.Chunk(MostOfTurn))
        {
            await AskAsync(LaneNames.Registrations, lane => some.Sum(aor => lane.Registrar!.End(aor))).ConfigureAwait(false);
        }
    }

    private static IEnumerable<string> DomainsOf(GatewayModel model) => model.Realms.Select(realm => realm.Authentication?.Name).OfType<string>().Distinct();
}
