using System.Globalization;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using SipAlg.Calls.Calls;
using SipAlg.Journal;

namespace SipAlg.Admin.Events;

/// <summary>
/// What happens, for those who listen at <c>/api/v1/events</c>. While nobody does a lane looks at one flag; else it puts a copy into a
/// queue of so many, and a timer takes out what has gathered, writes it once, keeps it for who comes back, and hands it to each listener.
/// </summary>
internal sealed class EventFeed : ILiveWatch, IDisposable
{
    public const int MostListeners = 32;

    /// <summary>Events that are kept for who lost the connection; also what a listener may be behind.</summary>
    public const int Kept = 1000;

    /// <summary>From the lanes, until the next round.</summary>
    private const int QueueLength = 8192;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    /// <summary>So long after the last listener left events are kept on: a browser comes back in seconds.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Channel<LiveEvent> _queue;
    private readonly List<EventListener> _listeners = [];
    private readonly SentEvent[] _kept = new SentEvent[Kept];
    private readonly ITimer _timer;
    private readonly string _epoch;
    private FeedSources? _sources;
    private long _sent;

    /// <summary>Behind this event nobody listened for a while, and what happened then is not known.</summary>
    private long _gapAfter;
    private int _lost;
    private long _leftAt;
    private volatile bool _isWatched;

    /// <param name="time">Makes the rounds.</param>
    /// <param name="log">Told of a round that fails.</param>
    public EventFeed(TimeProvider time, ILogger log)
    {
        _time = time;
        _queue = Channel.CreateBounded<LiveEvent>(
            new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropWrite }, _ => Interlocked.Increment(ref _lost));
        _epoch = time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x", CultureInfo.InvariantCulture);
        _timer = time.CreateTimer(_ => AdminRound.Run(Pump, log), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Somebody listens, or did a moment ago.</summary>
    public bool IsWatched => _isWatched;

    /// <summary>Begins to look at what no lane tells of. Before that nobody can listen.</summary>
    public void Begin(FeedSources sources) => _sources = sources;

    public void Started(CallRecord call)
    {
        if (_isWatched)
        {
            _queue.Writer.TryWrite(new LiveCallEvent("started", new CallSnapshot(call)));
        }
    }

    public void Answered(CallRecord call)
    {
        if (_isWatched)
        {
            _queue.Writer.TryWrite(new LiveCallEvent("answered", new CallSnapshot(call)));
        }
    }

    /// <summary>Told by the journal, when it has judged the call.</summary>
    public void Ended(JudgedCall call)
    {
        if (_isWatched && call.Record.Refusal is null)
        {
            _queue.Writer.TryWrite(new EndedCallEvent(call));
        }
    }

    /// <summary>Something else has happened.</summary>
    public void Tell(LiveEvent happened)
    {
        if (_isWatched)
        {
            _queue.Writer.TryWrite(happened);
        }
    }

    public void Registered(int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact) => Contact("added", realm, aor, contact);

    public void Unregistered(int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact) => Contact("removed", realm, aor, contact);

    /// <param name="last">The id of the last event that the listener has; null or empty for one that begins.</param>
    /// <returns>Null: there are as many as may be.</returns>
    public EventListener? Listen(string? last)
    {
        lock (_lock)
        {
            if (_listeners.Count >= MostListeners)
            {
                return null;
            }

            var listener = new EventListener();
            if (!_isWatched)
            {
                Wake();
            }

            if (!string.IsNullOrEmpty(last))
            {
                Resume(listener, last);
            }

            _listeners.Add(listener);
            return listener;
        }
    }

    /// <summary>Looks at what happens from now on.</summary>
    private void Wake()
    {
        // What a lane put there in the very moment in which the last round ended.
        while (_queue.Reader.TryRead(out _))
        {
        }

        _gapAfter = _sent;
        _sources?.Forget();
        _isWatched = true;
        _timer.Change(Period, Period);
    }

    public void Leave(EventListener listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
            _leftAt = _time.GetTimestamp();
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>One round: what has gathered goes out.</summary>
    internal void Pump()
    {
        lock (_lock)
        {
            while (_queue.Reader.TryRead(out var happened))
            {
                happened.Tell(this);
            }

            _sources?.Look(this);
            if (Interlocked.Exchange(ref _lost, 0) is > 0 and var lost)
            {
                _listeners.ForEach(listener => listener.Lose(lost));
            }

            if (_listeners.Count == 0 && _time.GetElapsedTime(_leftAt) >= Linger)
            {
                _isWatched = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>In a round: writes an event down, and hands it on.</summary>
    internal void Send<T>(string type, T body, JsonTypeInfo<T> shape)
    {
        var number = ++_sent;
        var sent = new SentEvent(number, ServerSent.Frame($"{_epoch}-{number.ToString(CultureInfo.InvariantCulture)}", type, body, shape));
        _kept[number % Kept] = sent;
        _listeners.ForEach(listener => listener.Offer(sent));
    }

    internal DateTimeOffset Now => _time.GetUtcNow();

    internal string RealmName(int realm) => _sources?.RealmName(realm) ?? "";

    /// <summary>What came since the last event that the listener has; who asks for more than is kept, or for those of another process, is told.</summary>
    private void Resume(EventListener listener, string last)
    {
        var dash = last.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || last[..dash] != _epoch || !long.TryParse(last.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > _sent)
        {
            listener.Lose(null);
            return;
        }

        var oldest = Math.Max(1, _sent - Kept + 1);
        if (number <= _gapAfter)
        {
            listener.Lose(null);
        }
        else if (number + 1 < oldest)
        {
            listener.Lose((int)(oldest - number - 1));
        }

        for (var next = Math.Max(number + 1, oldest); next <= _sent; next++)
        {
            listener.Offer(_kept[next % Kept]);
        }
    }

    private void Contact(string what, int realm, ReadOnlySpan<byte> aor, ReadOnlySpan<byte> contact)
    {
        if (_isWatched)
        {
            _queue.Writer.TryWrite(new LiveContactEvent(what, _time.GetUtcNow(), realm, Encoding.UTF8.GetString(aor), Encoding.UTF8.GetString(contact)));
        }
    }
}

/// <param name="Frame">As it goes over the wire.</param>
internal readonly record struct SentEvent(long Number, byte[] Frame);
