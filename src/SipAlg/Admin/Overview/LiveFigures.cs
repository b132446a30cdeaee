using SipAlg.Calls.Calls;
using SipAlg.Hosting;
using SipAlg.Media;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Admin.Overview;

/// <summary>
/// What the console shows of the last minutes: once a second the cells that metrics are made of are read, and what they said is kept for
/// a quarter of an hour in a ring. No lane is asked.
/// </summary>
internal sealed class LiveFigures : IDisposable
{
    /// <summary>Seconds that are kept.</summary>
    public const int Kept = 900;

    /// <summary>Counts of calls are kept for an hour, one in so many seconds.</summary>
    private const int CountEvery = 10;
    private const int CountsKept = (3600 / CountEvery) + 1;

    private readonly Lock _lock = new();
    private readonly Gateway _gateway;
    private readonly CallTally _tally;
    private readonly TimeProvider _time;
    private readonly FigureSample[] _samples = new FigureSample[Kept];
    private readonly CallCounts[] _counts = new CallCounts[CountsKept];
    private readonly Percentile _relay = new(RelayDelay.Bounds.ToArray());
    private readonly Percentile _lanes = new([.. DelayHistogram.BoundsMicroseconds.Select(bound => bound / 1e6)]);
    private readonly ITimer _timer;
    private long _taken;

    public LiveFigures(Gateway gateway, CallTally tally, TimeProvider time, ILogger log)
    {
        (_gateway, _tally, _time) = (gateway, tally, time);
        Take();
        _timer = time.CreateTimer(_ => AdminRound.Run(Take, log), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>The last samples, oldest first.</summary>
    public FigureSample[] Last(int most)
    {
        lock (_lock)
        {
            var count = (int)Math.Min(Math.Min(most, Kept), _taken);
            var last = new FigureSample[count];
            for (var index = 0; index < count; index++)
            {
                last[index] = _samples[(_taken - count + index) % Kept];
            }

            return last;
        }
    }

    /// <summary>Calls that ended in the last so many seconds, or since the start.</summary>
    public CallCounts Since(int seconds)
    {
        lock (_lock)
        {
            // The first of _counts is of the first second, and says nothing.
            var newest = (_taken - 1) / CountEvery;
            var from = newest - (seconds / CountEvery);
            return _tally.Read() - (from < 0 ? default : _counts[from % CountsKept]);
        }
    }

    public void Dispose() => _timer.Dispose();

    /// <summary>Called once a second.</summary>
    internal void Take()
    {
        lock (_lock)
        {
            if (_taken % CountEvery == 0)
            {
                _counts[_taken / CountEvery % CountsKept] = _tally.Read();
            }

            _samples[_taken++ % Kept] = new FigureSample(
                _time.GetTimestamp(),
                _time.GetUtcNow(),
                _gateway.ActiveCalls,
                _gateway.Calls.Sum(lane => _gateway.Model.Realms.Sum(realm => Ended(lane.Counters, realm.Index))),
                Environment.CpuUsage.TotalTime.TotalSeconds,
                RelayDelayNow(),
                LaneDelayNow(),
                Environment.WorkingSet,
                _gateway.Model.Realms.Sum(realm => _gateway.Registrar.Active(realm.Index)));
        }
    }

    private static long Ended(Calls.Lanes.CallCounters counters, int realm) =>
        counters.Total(realm, CallOutcome.Answered) + counters.Total(realm, CallOutcome.Cancelled) + counters.Total(realm, CallOutcome.Rejected) + counters.Total(realm, CallOutcome.Failed);

    private double RelayDelayNow()
    {
        Span<long> buckets = stackalloc long[RelayDelay.Buckets];
        buckets.Clear();
        _ = _gateway.Relay.ReadDelay(buckets);
        return _relay.Next(buckets);
    }

    private double LaneDelayNow()
    {
        Span<long> buckets = stackalloc long[DelayHistogram.BoundsMicroseconds.Count + 1];
        buckets.Clear();
        for (var lane = 0; lane < _gateway.LaneCount; lane++)
        {
            for (var index = 0; index < buckets.Length; index++)
            {
                buckets[index] += _gateway.Network.Lanes[lane].Delays.Bucket(index);
            }
        }

        return _lanes.Next(buckets);
    }
}

/// <param name="Timestamp">Of the clock that measures.</param>
/// <param name="CallsEnded">Since the start.</param>
/// <param name="CpuSeconds">Since the start.</param>
/// <param name="RelayDelay">In seconds: what 99 of 100 turns of that second kept to.</param>
/// <param name="LaneDelay">Likewise.</param>
internal readonly record struct FigureSample(
    long Timestamp, DateTimeOffset At, int CallsActive, long CallsEnded, double CpuSeconds, double RelayDelay, double LaneDelay, long Memory, int Registrations);
