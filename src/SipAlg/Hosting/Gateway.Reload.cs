using System.Collections.Concurrent;
using System.Text;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Signaling.Lanes;

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
    private ContactUsers? _contacts;

    /// <summary>Takes another model. Completes when every lane works with it.</summary>
    /// <param name="model">Built upon <see cref="Model"/>: what stays has its index, and the realms are the same.</param>
    /// <param name="contacts">Makes the contacts that are registered with new peers, if none has been made so far.</param>
    public async Task TakeAsync(GatewayModel model, ContactUsers? contacts)
    {
        _contacts ??= contacts;
        var before = Model;
        model = model with { Realms = [.. model.Realms.Select(realm => realm with { Advertise = Shown(realm) })] };
        _places = [.. model.Peers.Select(StateOf)];
        var places = _places;
        await Task.WhenAll(Enumerable.Range(0, LaneCount).Select(number => AskAsync(number, lane =>
        {
            lane.Take(model, places);
            return true;
        }))).ConfigureAwait(false);

        // Readers ask for what every lane has room for.
        Volatile.Write(ref _model, model);
        Peers = [.. places.Where(peer => !model.Peers[peer.Peer.Index].IsRemoved).OrderBy(peer => model.Peers[peer.Peer.Index].Rank)];
        await EndRemovedAsync(before, model).ConfigureAwait(false);
    }

    /// <summary>The addresses of a host name stay until they are looked up again.</summary>
    private AdvertiseRule Shown(Realm realm) =>
        realm.Advertise.HostName is { } host && _advertised.TryGetValue(realm.Index, out var shown) && shown.HostName == host
            ? realm.Advertise with { V4 = shown.V4, V6 = shown.V6 }
            : realm.Advertise;

    private PeerState StateOf(Peer peer)
    {
        var before = peer.Index < _places.Length ? _places[peer.Index] : null;
        var isSame = before is not null && (peer.IsRemoved || (before.Peer.Fingerprint == peer.Fingerprint && peer.Fingerprint.Length > 0 && before.Peer.Realm == peer.Realm));
        return isSame ? before! : new PeerState(peer, _contacts, before);
    }

    /// <summary>Nobody is called by the contacts of a user who is gone.</summary>
    private async Task EndRemovedAsync(GatewayModel before, GatewayModel model)
    {
        var domains = before.Realms.Select(realm => realm.Authentication?.Name).OfType<string>().Distinct().ToArray();
        var gone = before.Users.Users.Where(user => !user.IsRemoved && model.Users.Users[user.Index].IsRemoved);
        foreach (var some in gone.SelectMany(user => domains.Select(domain => Encoding.UTF8.GetBytes($"{user.Name}@{domain}"))).Chunk(MostOfTurn))
        {
            await AskAsync(LaneNames.Registrations, lane => some.Sum(aor => lane.Registrar!.End(aor))).ConfigureAwait(false);
        }
    }
}
