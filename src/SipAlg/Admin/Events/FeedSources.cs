using SipAlg.Calls.Peers;
using SipAlg.Hosting;

namespace SipAlg.Admin.Events;

/// <summary>What no lane tells of and is looked at instead, once a second while somebody listens: peers, and how a reload went.</summary>
internal sealed class FeedSources(Gateway gateway, Reloader reloader, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private Dictionary<string, PeerView>? _peers;
    private LastReload? _reload;
    private long _lookedAt;

    private readonly record struct PeerView(bool IsUp, bool? IsRegistered, string? Reason);

    public string RealmName(int realm) => realm >= 0 && realm < gateway.Model.Realms.Length ? gateway.Model.Realms[realm].Name : "";

    /// <summary>What was seen is old.</summary>
    public void Forget()
    {
        _peers = Peers();
        _reload = reloader.Last;
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>Tells what is new since the last look.</summary>
    public void Look(EventFeed feed)
    {
        if (_peers is null || time.GetElapsedTime(_lookedAt) < Period)
        {
            return;
        }

        _lookedAt = time.GetTimestamp();
        if (reloader.Last is var last && last != _reload)
        {
            _reload = last;
            feed.Send(EventTypes.Reload, new ReloadEvent(last.IsSuccess ? "done" : "refused", last.At), AdminJson.Default.ReloadEvent);
        }

        var (before, now) = (_peers, Peers());
        _peers = now;
        foreach (var (name, view) in now)
        {
            Compare(feed, name, before.TryGetValue(name, out var known) ? known : null, view);
        }

        foreach (var name in before.Keys.Where(name => !now.ContainsKey(name)))
        {
            Tell(feed, "removed", name);
        }
    }

    private static void Compare(EventFeed feed, string name, PeerView? before, PeerView now)
    {
        if (before is not { } known)
        {
            Tell(feed, "added", name);
            return;
        }

        if (known.IsUp != now.IsUp)
        {
            Tell(feed, now.IsUp ? "up" : "down", name, now.Reason);
        }

        if (known.IsRegistered != now.IsRegistered && now.IsRegistered is { } isRegistered)
        {
            Tell(feed, isRegistered ? "registered" : "unregistered", name);
        }
    }

    private static void Tell(EventFeed feed, string what, string peer, string? reason = null) =>
        feed.Send(EventTypes.Peer, new PeerEvent(what, feed.Now, peer, reason), AdminJson.Default.PeerEvent);

    private Dictionary<string, PeerView> Peers() => gateway.Peers.ToDictionary(peer => peer.Peer.Name, View, StringComparer.Ordinal);

    private PeerView View(PeerState peer)
    {
        var reach = peer.Reach;
        return new PeerView(peer.IsUp(gateway.Time), peer.Registration?.IsRegistered(gateway.Time), reach.IsDown ? PingLosses.Text(reach.Reason) : null);
    }
}
