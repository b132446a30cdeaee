using SipAlg.Media.Sources;

namespace SipAlg.Media;

/// <content>What lanes are told of where streams come from.</content>
public sealed unsafe partial class MediaRelay
{
    private readonly Lock _feeding = new();
    private SourceFeed?[] _feeds = [];

    /// <summary>Lane: wants to be told of the sources of streams whose ports it takes.</summary>
    /// <param name="lane">Its number.</param>
    /// <param name="told">Called on a relay thread when <see cref="TryTakeSource"/> has something: must not wait, throw or allocate.</param>
    public void ListenForSources(int lane, Action told) => FeedOf(lane).Listen(told);

    /// <summary>Lane: the next that became of a source of its streams.</summary>
    public bool TryTakeSource(int lane, out SourceEvent told)
    {
        told = default;
        var feeds = Volatile.Read(ref _feeds);
        return lane < feeds.Length && feeds[lane] is { } feed && feed.TryRead(out told);
    }

    /// <summary>Events that lanes were not told of since they did not keep up; any thread.</summary>
    public long LostSources => Volatile.Read(ref _feeds).Sum(feed => feed?.Lost ?? 0);

    internal SourceFeed FeedOf(int lane)
    {
        lock (_feeding)
        {
            if (lane < _feeds.Length && _feeds[lane] is { } known)
            {
                return known;
            }

            var feeds = new SourceFeed?[Math.Max(_feeds.Length, lane + 1)];
            _feeds.CopyTo(feeds, 0);
            var feed = feeds[lane] = new SourceFeed(Threads);
            Volatile.Write(ref _feeds, feeds);
            return feed;
        }
    }
}
