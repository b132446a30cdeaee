using SipAlg.Calls.Legs;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <summary>
/// Where the hosts are that dialogs name in Contact and Record-Route, as far as this lane has met them. A request in a dialog cannot
/// wait: until a name is known it goes where the far side was heard last, which is all but always the same place.
/// </summary>
internal sealed class NextHopTable(CallLane lane)
{
    /// <summary>A lane that meets more names than this forgets them all: they are a question away.</summary>
    internal const int Most = 512;

    private const int MostWaiting = 1000;

    private readonly Dictionary<(SipTarget Target, int Realm), Entry> _entries = [];

    private sealed class Entry
    {
        public SipHops? Hops { get; set; }

        /// <summary>Milliseconds of the lane's clock; while a question is open, never.</summary>
        public long Until { get; set; } = long.MaxValue;

        /// <summary>Who takes the way to it when it is known, if still in the same dialog.</summary>
        public List<(DialogEnd End, Dialog Dialog)> Waiting { get; } = [];
    }

    public int Count => _entries.Count;

    /// <summary>The way to a URI whose host is a name.</summary>
    /// <param name="uri">The next hop.</param>
    /// <param name="known">The way that the far side was heard by; kept where the name has not been found, or leads there too.</param>
    /// <param name="end">Takes the way when the name has been found; null for who does not wait.</param>
    public Flow Find(in SipUri uri, in Flow known, DialogEnd? end)
    {
        if (lane.Room.Names is null || !SipTarget.TryOf(uri, out var target))
        {
            return known;
        }

        var realm = lane.Lane.Group(known.Listener);
        var entry = EntryOf(target, realm);
        if (entry.Hops is { } hops)
        {
            return WayTo(hops, realm, known, end);
        }

        if (end is not null && entry.Until == long.MaxValue && entry.Waiting.Count < MostWaiting)
        {
            entry.Waiting.Add((end, end.Dialog));
        }

        return known;
    }

    private Flow WayTo(SipHops hops, int realm, in Flow known, DialogEnd? end)
    {
        foreach (var hop in hops.All)
        {
            if (hop.Transport == known.Transport && hop.Endpoint == known.Remote)
            {
                return known;
            }
        }

        foreach (var hop in hops.InOrder(lane.Lane.Secrets))
        {
            if (lane.Lane.Network.TryFlow(realm, hop.Transport, hop.Endpoint, out var flow))
            {
                return flow.Towards(flow.Transport != Transport.Tls ? default : end?.Peer is { Far: not 0 } peer ? peer.Far : lane.Lane.Network.Identities.OfHost(hops.Host).Number);
            }
        }

        return known;
    }

    /// <summary>What is known of a name, asked for anew when it has had its time; meanwhile the old holds.</summary>
    private Entry EntryOf(SipTarget target, int realm)
    {
        if (!_entries.TryGetValue((target, realm), out var entry))
        {
            if (_entries.Count >= Most)
            {
                _entries.Clear();
            }

            entry = _entries[(target, realm)] = new Entry();
            Ask(entry, target, realm);
        }
        else if (entry.Until <= lane.Lane.Now)
        {
            Ask(entry, target, realm);
        }

        return entry;
    }

    private void Ask(Entry entry, SipTarget target, int realm)
    {
        entry.Until = long.MaxValue;
        lane.Room.Names!.Find(new Question(this, entry, realm, lane.Lane.Lane, target, lane.Room.Model.Realms[realm].Reach));
    }

    /// <summary>A name that cannot be found keeps the place that it had.</summary>
    private void Take(Entry entry, int realm, SipHops hops)
    {
        entry.Hops = hops.Outcome == HopOutcome.Found ? hops : entry.Hops;
        entry.Until = lane.Lane.Now + (long)Math.Min(hops.Holds.TotalMilliseconds, TimeSpan.FromHours(1).TotalMilliseconds);
        foreach (var (end, dialog) in entry.Waiting)
        {
            // One whose far side has moved meanwhile has asked anew; a connection that stands is kept.
            if (entry.Hops is { } found && end.Dialog == dialog && !end.Flow.IsReliable)
            {
                end.Flow = WayTo(found, realm, end.Flow, end);
            }
        }

        entry.Waiting.Clear();
    }

    private sealed class Question(NextHopTable table, Entry entry, int realm, ILane lane, SipTarget target, HopReach reach) : HopQuestion(lane, target, reach)
    {
        public override void Run(ILaneUser user) => table.Take(entry, realm, Hops);
    }
}
