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

    private readonly Entry[] _entries;
    private readonly NameWatch[] _watches;
    private readonly PeerFound _found;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    private sealed class Entry(PeerState peer, Realm realm, Entry? before)
    {
        public PeerState Peer => peer;
        public string Name => peer.Peer.Name;
        public string Host => peer.Peer.NextHop!.Host;
        public SipTarget Target { get; } = peer.Target;
        public HopReach Reach { get; } = realm.Reach;
        public IReadOnlyList<SipHop> Hops { get; set; } = before?.Hops ?? [];
        public bool IsFailing { get; set; } = before?.IsFailing ?? false;

        /// <summary>From where it may call in, each with the time at which that ends; null while it is one of its places.</summary>
        public Dictionary<IpAddress, long?> Accepted { get; } = before?.Accepted ?? [];
    }

    /// <param name="model">Has the peers' realms.</param>
    /// <param name="peers">Those that have an address are looked for.</param>
    /// <param name="find">Finds the places of a target; does not throw.</param>
    /// <param name="found">Told of each change.</param>
    /// <param name="before">Whose place it takes, and what that one knew of peers with the same address; null for the first.</param>
    public PeerResolver(
        GatewayModel model, IEnumerable<PeerState> peers, Func<SipTarget, HopReach, Task<SipHops>> find, PeerFound found, ILogger log, TimeProvider time, PeerResolver? before = null)
    {
        _entries = Entries(model, peers, before);
        _watches = [.. _entries.Select(entry => new NameWatch(() => find(entry.Target, entry.Reach), hops => Take(entry, hops), time))];
        (_found, _log, _time) = (found, log, time);
    }

    /// <summary>Apart from the constructor, whose lambdas would hold the one before, that one the one before it, and so on.</summary>
    private static Entry[] Entries(GatewayModel model, IEnumerable<PeerState> peers, PeerResolver? before) =>
    [
        .. peers.Where(peer => peer.Peer.NextHop is { Ip.IsNone: true }).Select(peer =>
            new Entry(peer, model.Realms[peer.Peer.Realm], before?._entries.FirstOrDefault(known => known.Peer.Peer.Index == peer.Peer.Index && known.Peer.Peer.NextHop == peer.Peer.NextHop))),
    ];

    /// <summary>Looks up at once, and then again and again.</summary>
    public void Start() => _loops = Task.WhenAll(_watches.Select(watch => Task.Run(() => watch.RunAsync(_stopping.Token))));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Looks every host up once, all at the same time.</summary>
    internal Task LookUpAsync() => Task.WhenAll(_watches.Select(watch => watch.LookUpAsync(_stopping.Token)));

    private void Take(Entry entry, SipHops hops)
    {
        if (hops.Outcome == HopOutcome.Found)
        {
            Find(entry, hops);
        }
        else
        {
            Fail(entry, hops.Outcome);
        }
    }

    /// <summary>Servers give the same addresses in changing order; that is no change to whoever reads the log.</summary>
    private void Find(Entry entry, SipHops hops)
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
        entry.Peer.Hops.Miss();
        if (!entry.IsFailing)
        {
            entry.IsFailing = true;
            HostingLog.NotResolved(_log, entry.Name, entry.Host, NameWatch.Reason(outcome), entry.Hops.Count == 0 ? "it has none" : Text(entry));
        }
    }

    private static string Text(Entry entry) =>
        string.Join(", ", entry.Hops.Select(hop => $"{Signaling.Transports.TransportNames.Text(hop.Transport)} {hop.Endpoint}"));
}
