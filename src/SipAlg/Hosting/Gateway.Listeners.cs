using SipAlg.Calls.Model;
using SipAlg.Media;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hosting;

/// <content>Its sockets: listeners and media ports, which a reload may change.</content>
internal sealed partial class Gateway
{
    /// <summary>Who changes the listeners, or closes one, does so alone.</summary>
    private readonly SemaphoreSlim _listening = new(1);

    private IReadOnlyList<ListenerOptions> _listeners = [];

    /// <summary>In the places by which the network knows them: as configured, and behind them what was added later. One that is gone keeps its place.</summary>
    public IReadOnlyList<ListenerOptions> Listeners
    {
        get => Volatile.Read(ref _listeners);
        private set => Volatile.Write(ref _listeners, value);
    }

    /// <summary>Places in <see cref="Listeners"/> of a realm's.</summary>
    public IEnumerable<int> ListenersOf(int realm) => Enumerable.Range(0, Listeners.Count).Where(listener => Listeners[listener].Group == realm);

    /// <summary>Places of those that are configured no more and whose sockets are still open.</summary>
    public IEnumerable<int> ClosingListeners => Enumerable.Range(0, Listeners.Count).Where(listener => Network.State(listener) == ListenerState.Closing);

    /// <summary>Those of the configuration, and those that are gone but have calls, or listeners that are not closed.</summary>
    public IEnumerable<Realm> Realms => Model.Realms.Where(realm => !realm.IsRemoved || IsInUse(realm.Index));

    /// <summary>Closes a listener, unless it has come back.</summary>
    /// <returns>False: it has.</returns>
    public async Task<bool> TryCloseAsync(int listener)
    {
        await _listening.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Network.State(listener) != ListenerState.Closing)
            {
                return false;
            }

            await Network.CloseAsync(listener).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _listening.Release();
        }
    }

    private bool IsInUse(int realm) =>
        ListenersOf(realm).Any(listener => Network.State(listener) != ListenerState.Closed) || Enumerable.Range(0, LaneCount).Any(lane => Pools(lane, realm).Any(pool => pool.InUse > 0));

    private static ListenerOptions[] ListenersOf(GatewayModel model) => [.. model.Realms.Where(realm => !realm.IsRemoved).SelectMany(realm => realm.Listen.Select(
        listen => new ListenerOptions(realm.Name, realm.Index, listen.Transport, listen.Endpoint)))];

    /// <summary>A lane's pools by realm and set: those that there are, and new ones where the model has more.</summary>
    private PortPool[][] PoolsOf(GatewayModel model, int lane, PortPool[][] before) => [.. model.Realms.Select(realm =>
    {
        PortPool[] known = realm.Index < before.Length ? before[realm.Index] : [];
        var missing = realm.IsRemoved ? 0 : Math.Max(realm.Media.Sets - known.Length, 0);
        return (PortPool[])[.. known, .. Enumerable.Range(0, missing).Select(_ => Relay.OpenPool(realm.Media.RangeOf(realm.Index), lane, LaneCount))];
    })];
}
