using SipAlg.Media;

namespace SipAlg.Calls.Overload;

/// <inheritdoc cref="MediaRelay.ReadWaits"/>
internal delegate double RelayWaits(Span<long> buckets);

/// <summary>What packets of media have waited for the relay, from one look to the next: nine of ten at the least this long.</summary>
/// <param name="read">Adds to buckets how long packets of one stream in a hundred waited (docs/decisions/0045-arrival-times-of-one-stream-in-a-hundred.md).</param>
internal sealed class RelayWatch(RelayWaits read)
{
    /// <summary>Milliseconds from look to look: those few streams have to say enough.</summary>
    public const int Interval = 1000;

    private const int FewestPackets = 20;

    private readonly long[] _before = new long[RelayDelay.Buckets];
    private int _elapsed;

    /// <summary>Lets time pass; true once in an interval.</summary>
    /// <param name="milliseconds">Since the last call.</param>
    /// <param name="waited">Microseconds: the upper bound of the bucket that a tenth of the packets reaches.</param>
    public bool TryLook(int milliseconds, out long waited)
    {
        waited = 0;
        _elapsed += milliseconds;
        if (_elapsed < Interval)
        {
            return false;
        }

        _elapsed = 0;
        Span<long> buckets = stackalloc long[RelayDelay.Buckets];
        buckets.Clear();
        _ = read(buckets);
        waited = Tenth(buckets);
        return true;
    }

    private long Tenth(Span<long> buckets)
    {
        var total = 0L;
        for (var bucket = 0; bucket < buckets.Length; bucket++)
        {
            (buckets[bucket], _before[bucket]) = (buckets[bucket] - _before[bucket], buckets[bucket]);
            total += buckets[bucket];
        }

        if (total < FewestPackets)
        {
            return 0;
        }

        var seen = 0L;
        for (var bucket = 0; bucket < RelayDelay.Bounds.Length; bucket++)
        {
            seen += buckets[bucket];
            if (seen * 10 >= total)
            {
                return (long)(RelayDelay.Bounds[bucket] * 1e6);
            }
        }

        return (long)(RelayDelay.Bounds[^1] * 1e6);
    }
}
