using System.Threading.Channels;

namespace SipAlg.Admin.Events;

/// <summary>One who listens, and what waits for him. Of more than may wait the oldest is dropped, and he is told how many.</summary>
internal sealed class EventListener
{
    private readonly Channel<SentEvent> _queue;
    private int _lost;
    private volatile bool _hasLost;
    private volatile bool _isUnknown;

    public EventListener() => _queue = Channel.CreateBounded<SentEvent>(
        new BoundedChannelOptions(EventFeed.Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Lose(1));

    public void Offer(SentEvent sent) => _queue.Writer.TryWrite(sent);

    /// <param name="events">How many are missing; null if nobody knows.</param>
    public void Lose(int? events)
    {
        Interlocked.Add(ref _lost, events ?? 0);
        _isUnknown |= events is null;
        _hasLost = true;
    }

    /// <summary>Completes when there is something to read.</summary>
    public Task WaitAsync(CancellationToken cancellation) => _hasLost ? Task.CompletedTask : _queue.Reader.WaitToReadAsync(cancellation).AsTask();

    /// <returns>What is missing before what is read next; null if nothing is.</returns>
    public LostEvent? TakeLost()
    {
        if (!_hasLost)
        {
            return null;
        }

        _hasLost = false;
        var events = Interlocked.Exchange(ref _lost, 0);
        var lost = new LostEvent(_isUnknown ? null : events);
        _isUnknown = false;
        return lost;
    }

    public bool TryRead(out SentEvent sent) => _queue.Reader.TryRead(out sent);
}
