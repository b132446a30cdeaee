namespace SipAlg.Signaling.Lanes;

/// <summary>
/// How long inputs wait between the wake-up of their loop and the beginning of their turn. One thread observes, any thread reads;
/// a reader may see an observation in one cell and not yet in another.
/// </summary>
public sealed class DelayHistogram
{
    /// <summary>Upper bounds of the buckets in microseconds, inclusive; one more bucket holds what is above the last.</summary>
    public static readonly IReadOnlyList<long> BoundsMicroseconds =
        [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000];

    private readonly long[] _cells = new long[BoundsMicroseconds.Count + 1];
    private readonly long[] _bounds;
    private readonly double _secondsPerTick;
    private long _ticks;

    /// <param name="ticksPerSecond">Frequency of the timestamps that are observed.</param>
    public DelayHistogram(long ticksPerSecond)
    {
        _secondsPerTick = 1.0 / ticksPerSecond;
        _bounds = [.. BoundsMicroseconds.Select(bound => (long)Math.Ceiling(bound * (ticksPerSecond / 1e6)))];
    }

    /// <summary>Sum of all observations.</summary>
    public double Seconds => Volatile.Read(ref _ticks) * _secondsPerTick;

    /// <summary>Observations in one bucket alone (not cumulated), 0 to the number of bounds.</summary>
    public long Bucket(int index) => Volatile.Read(ref _cells[index]);

    internal void Observe(long ticks)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && ticks > _bounds[bucket])
        {
            bucket++;
        }

        Volatile.Write(ref _cells[bucket], _cells[bucket] + 1);
        Volatile.Write(ref _ticks, _ticks + ticks);
    }
}
