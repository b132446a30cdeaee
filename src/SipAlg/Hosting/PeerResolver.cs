using System.Net;
using System.Net.Sockets;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Hosting;

/// <summary>
/// Keeps the addresses of peers that are named by host up to date. What was found stays when a later look-up fails; only changes are
/// logged.
/// </summary>
internal sealed class PeerResolver : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly Entry[] _entries;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly Action<PeerState, IReadOnlyList<IpAddress>> _resolved;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loop = Task.CompletedTask;

    private sealed class Entry(PeerState peer, Realm realm)
    {
        public PeerState Peer => peer;
        public string Name => peer.Peer.Name;
        public string Host => peer.Peer.Address!.Host;
        public IReadOnlyList<IpAddress> Addresses { get; set; } = [];
        public bool IsFailing { get; set; }

        /// <summary>Whether the realm has a socket that can reach it.</summary>
        public bool CanReach(IpAddress address) => realm.Listen.Any(listen => listen.Endpoint.Address.IsV4 == address.IsV4);
    }

    /// <param name="lookUp">Asks the system for the addresses of a host.</param>
    /// <param name="resolved">Told of each change.</param>
    public PeerResolver(
        GatewayModel model, IEnumerable<PeerState> peers, Func<string, CancellationToken, Task<IPAddress[]>> lookUp,
        Action<PeerState, IReadOnlyList<IpAddress>> resolved, ILogger log, TimeProvider time)
    {
        _entries = [.. peers.Where(peer => peer.Peer.Address is { Ip.IsNone: true }).Select(peer => new Entry(peer, model.Realms[peer.Peer.Realm]))];
        (_lookUp, _resolved, _log, _time) = (lookUp, resolved, log, time);
    }

    /// <summary>Looks up at once, and then again and again.</summary>
    public void Start() => _loop = _entries.Length == 0 ? Task.CompletedTask : Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stopping.Dispose();
    }

    /// <summary>Looks every host up once, all at the same time.</summary>
    internal Task LookUpAsync() => Task.WhenAll(_entries.Select(ResolveAsync));

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            await LookUpAsync().ConfigureAwait(false);
            await Task.Delay(Period, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ResolveAsync(Entry entry)
    {
        try
        {
            var found = await _lookUp(entry.Host, _stopping.Token).ConfigureAwait(false);
            Take(entry, [.. found.Select(FromManaged).Where(entry.CanReach).Distinct()]);
        }
        catch (SocketException fault)
        {
            Fail(entry, fault.Message);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The gateway stops; what was found is needed no more.
        }
    }

    /// <summary>Servers give the same addresses in changing order; that is no change.</summary>
    private void Take(Entry entry, IReadOnlyList<IpAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            Fail(entry, "no address of a family that its realm listens on");
            return;
        }

        var hasFailed = entry.IsFailing;
        entry.IsFailing = false;
        if (addresses.ToHashSet().SetEquals(entry.Addresses))
        {
            if (hasFailed)
            {
                HostingLog.ResolvesAgain(_log, entry.Name, entry.Host);
            }

            return;
        }

        entry.Addresses = addresses;
        _resolved(entry.Peer, addresses);
        HostingLog.Resolved(_log, entry.Name, entry.Host, string.Join(", ", addresses));
    }

    private void Fail(Entry entry, string reason)
    {
        if (!entry.IsFailing)
        {
            entry.IsFailing = true;
            HostingLog.NotResolved(_log, entry.Name, entry.Host, reason, entry.Addresses.Count == 0 ? "it has none" : string.Join(", ", entry.Addresses));
        }
    }

    private static IpAddress FromManaged(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        address.TryWriteBytes(octets, out var length);
        return IpAddress.FromOctets(octets[..length]);
    }
}
