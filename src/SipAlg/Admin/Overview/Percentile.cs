namespace SipAlg.Admin.Overview;

/// <summary>What a histogram that only ever grows has seen between two looks.</summary>
internal sealed class Percentile(IReadOnlyList<double> bounds)
{
    private const double Share = 0.99;

    private readonly long[] _before = new long[bounds.Count + 1];

    /// <param name="buckets">As they are now, one more than bounds.</param>
    /// <returns>The bound, in seconds, that 99 of 100 new observations kept to; 0 if there were none.</returns>
    public double Next(ReadOnlySpan<long> buckets)
    {
        Span<long> since = stackalloc long[buckets.Length];
        long count = 0;
        for (var index = 0; index < buckets.Length; index++)
        {
            count += since[index] = buckets[index] - _before[index];
            _before[index] = buckets[index];
        }

        var bucket = 0;
        for (var within = since[0]; within < count * Share && bucket < bounds.Count - 1; within += since[bucket])
        {
            bucket++;
        }

        return count == 0 ? 0 : bounds[bucket];
    }
}
