using SipAlg.Admin.Events;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Signaling.Transports;

namespace SipAlg.Protection;

/// <summary>Bans and limits of one gateway, with all that is around them.</summary>
internal sealed class GatewayProtection : IAsyncDisposable
{
    private readonly ProtectionStore? _store;
    private Gateway? _gateway;

    /// <summary>Takes over what was kept; who is banned is banned from the first datagram on.</summary>
    public GatewayProtection(HostSettings settings, EventFeed events, ILogger log, TimeProvider time)
    {
        Bans = new BanList(time, settings.Bans.Rules);
        Ledger = new CallLedger(time);
        Kernel = settings.Bans is { InKernel: true, Rules.IsOn: true } ? KernelBans.Open(log, time) : null;
        _store = ProtectionStore.Open(settings.StateFolder, Bans, Ledger, log, time);
        Bans.Take(settings.Bans.Rules);
        var watch = new ProtectionWatch(log, events, Kernel, CloseConnections, time);
        (Bans.Watch, Ledger.Watch) = (watch, watch);
    }

    public BanList Bans { get; }
    public CallLedger Ledger { get; }

    /// <summary>Null: bans are not to be in the kernel.</summary>
    public KernelBans? Kernel { get; }

    /// <summary>The gateway has its listeners.</summary>
    public async Task BeginAsync(Gateway gateway)
    {
        _gateway = gateway;
        if (Kernel is not null)
        {
            await Kernel.BeginAsync(ListenersOf(gateway), Bans.List()).ConfigureAwait(false);
        }
    }

    /// <summary>Another configuration.</summary>
    public void Take(HostSettings settings, Gateway gateway)
    {
        Bans.Take(settings.Bans.Rules);
        Kernel?.Take(ListenersOf(gateway));
    }

    public async ValueTask DisposeAsync()
    {
        if (Kernel is not null)
        {
            await Kernel.DisposeAsync().ConfigureAwait(false);
        }

        _store?.Dispose();
    }

    private static IEnumerable<ListenerOptions> ListenersOf(Gateway gateway) => gateway.Listeners.Index()
        .Where(listener => gateway.Network.State(listener.Index) != ListenerState.Closed)
        .Select(listener => listener.Item with { Address = gateway.Network.Bound(listener.Index) });

    private void CloseConnections(Ban ban) => _gateway?.Network.CloseFrom(ban.Address);
}
