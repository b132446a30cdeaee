namespace SipAlg.Media.Relaying;

/// <summary>
/// Histogram of how long a turn with packets took, from the return of epoll or the rest before it to its last send: an upper bound of
/// what the relay adds to a packet that it finds waiting. Written by the relay thread, read by any.
/// </summary>
internal sealed class DelayCells(long timestampsPerSecond)
{
    private readonly long[] _bounds = [.. RelayDelay.Bounds.ToArray().Select(seconds => (long)(seconds * timestampsPerSecond))];
    private readonly long[] _cells = new long[RelayDelay.Buckets];
    private long _sum;

    public void Observe(long duration)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && duration > _bounds[bucket])
        {
            bucket++;
        }

        _cells[bucket]++;
        _sum += duration;
    }

    /// <summary>Adds to a reader's buckets and returns the sum in seconds.</summary>
    public double AddTo(Span<long> buckets)
    {
        for (var bucket = 0; bucket < _cells.Length; bucket++)
        {
            buckets[bucket] += Volatile.Read(ref _cells[bucket]);
        }

        return (double)Volatile.Read(ref _sum) / timestampsPerSecond;
    }
}
