using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Hosting;

/// <summary>Told of where a peer is.</summary>
/// <param name="peer">Which.</param>
/// <param name="hops">Where its calls go.</param>
/// <param name="accepted">From where it may call in, where its configuration does not say.</param>
internal delegate void PeerFound(PeerState peer, SipHops hops, IReadOnlyList<IpAddress> accepted);

/// <summary>
/// Keeps the places of peers that are named by host up to date, each as long as its records hold (RFC 3263). What was found stays
/// when a later look-up fails; only changes are logged.
/// </summary>
internal sealed class PeerResolver : IAsyncDisposable
{
    /// <summary>Where it may call in from does not end with a record: calls and changes of the zone cross each other.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromHours(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>A peer that cannot be found cannot be called: it is looked for more often.</summary>
    private static readonly TimeSpan LongestFailing = TimeSpan.FromSeconds(30);

    private readonly Entry[] _entries;
    private readonly Func<SipTarget, HopReach, Task<SipHops>> _find;
    private readonly PeerFound _found;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    private sealed class Entry(PeerState peer, Realm realm)
    {
        public PeerState Peer => peer;
        public string Name => peer.Peer.Name;
        public string Host => peer.Peer.Address!.Host;
        public SipTarget Target { get; } = new(peer.Peer.Address!.Host, peer.Peer.Address.Port, peer.Peer.Address.Transport, IsSecure: false);
        public HopReach Reach { get; } = realm.Reach;
        public IReadOnlyList<SipHop> Hops { get; set; } = [];
        public bool IsFailing { get; set; }

        /// <summary>From where it may call in, each with the time at which that ends; null while it is one of its places.</summary>
        public Dictionary<IpAddress, long?> Accepted { get; } = [];
    }

    /// <param name="find">Finds the places of a target; does not throw.</param>
    /// <param name="found">Told of each change.</param>
    public PeerResolver(
        GatewayModel model, IEnumerable<PeerState> peers, Func<SipTarget, HopReach, Task<SipHops>> find, PeerFound found, ILogger log, TimeProvider time)
    {
        _entries = [.. peers.Where(peer => peer.Peer.Address is { Ip.IsNone: true }).Select(peer => new Entry(peer, model.Realms[peer.Peer.Realm]))];
        (_find, _found, _log, _time) = (find, found, log, time);
    }

    /// <summary>Looks up at once, and then again and again.</summary>
    public void Start() => _loops = Task.WhenAll(_entries.Select(entry => Task.Run(() => RunAsync(entry))));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Looks every host up once, all at the same time.</summary>
    internal Task LookUpAsync() => Task.WhenAll(_entries.Select(LookUpAsync));

    private async Task RunAsync(Entry entry)
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(await LookUpAsync(entry).ConfigureAwait(false), _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How long to wait before the next time.</returns>
    private async Task<TimeSpan> LookUpAsync(Entry entry)
    {
        SipHops hops;
        try
        {
            hops = await _find(entry.Target, entry.Reach).WaitAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The gateway stops; what was found is needed no more.
            return TimeSpan.Zero;
        }

        if (hops.Outcome == HopOutcome.Found)
        {
            Take(entry, hops);
        }
        else
        {
            Fail(entry, hops.Outcome);
        }

        return Bounded(hops.Holds, entry.IsFailing ? LongestFailing : Longest);
    }

    private static TimeSpan Bounded(TimeSpan holds, TimeSpan most) => holds < Shortest ? Shortest : holds > most ? most : holds;

    /// <summary>Servers give the same addresses in changing order; that is no change to whoever reads the log.</summary>
    private void Take(Entry entry, SipHops hops)
    {
        var hasFailed = entry.IsFailing;
        entry.IsFailing = false;
        Accept(entry, hops);
        _found(entry.Peer, hops, [.. entry.Accepted.Keys]);
        if (!hops.All.ToHashSet().SetEquals(entry.Hops))
        {
            entry.Hops = hops.All;
            HostingLog.Resolved(_log, entry.Name, entry.Host, Text(entry));
        }
        else if (hasFailed)
        {
            HostingLog.ResolvesAgain(_log, entry.Name, entry.Host);
        }
    }

    /// <summary>An address that is none of its places any more may call in for a while longer.</summary>
    private void Accept(Entry entry, SipHops hops)
    {
        var now = _time.GetTimestamp();
        foreach (var (address, until) in entry.Accepted.ToList())
        {
            if (until is null)
            {
                entry.Accepted[address] = now + (long)(Grace.TotalSeconds * _time.TimestampFrequency);
            }
            else if (until <= now)
            {
                entry.Accepted.Remove(address);
            }
        }

        foreach (var hop in hops.All)
        {
            entry.Accepted[hop.Endpoint.Address] = null;
        }
    }

    private void Fail(Entry entry, HopOutcome outcome)
    {
        if (!entry.IsFailing)
        {
            entry.IsFailing = true;
            HostingLog.NotResolved(_log, entry.Name, entry.Host, Reason(outcome), entry.Hops.Count == 0 ? "it has none" : Text(entry));
        }
    }

    private static string Reason(HopOutcome outcome) => outcome switch
    {
        HopOutcome.NoName => "there is no such name",
        HopOutcome.NoAddress => "no address of a family that its realm listens on",
        HopOutcome.NotOffered => "the domain says that it does not offer this",
        HopOutcome.NoTransport => "its realm has no listener of this transport",
        _ => "no name server answers",
    };

    private static string Text(Entry entry) =>
        string.Join(", ", entry.Hops.Select(hop => $"{Signaling.Transports.TransportNames.Text(hop.Transport)} {hop.Endpoint}"));
}
