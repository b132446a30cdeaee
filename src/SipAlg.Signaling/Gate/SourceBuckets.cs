using System.Runtime.CompilerServices;

namespace SipAlg.Signaling.Gate;

/// <summary>
/// What each source has used of late, in a table of fixed size: a place fills by what is taken and empties in the course of time. When the
/// places of a key are taken, who has used least is forgotten: who floods stays. For one thread at a time.
/// </summary>
internal sealed class SourceBuckets(int sets = SourceBuckets.UsualSets)
{
    /// <summary>With <see cref="Ways"/> places each: 16,384 sources, 384 KB a lane.</summary>
    private const int UsualSets = 1 << 12;
    private const int Ways = 4;
    private const int Charges = (int)GateCharge.Connection + 1;

    private readonly Bucket[] _buckets = new Bucket[sets * Ways];

    [InlineArray(Charges)]
    private struct Levels
    {
        private float _first;
    }

    private struct Bucket
    {
        public ulong Key;

        /// <summary>Milliseconds, when the levels were true; wraps round after 49 days.</summary>
        public uint At;
        public Levels Used;
    }

    /// <summary>Takes one from a source's bucket.</summary>
    /// <returns>False: it has had its share.</returns>
    public bool TryTake(ulong key, GateCharge charge, in GateRate rate, long now)
    {
        ref var bucket = ref PlaceOf(key, (uint)now);
        if (bucket.Key != key)
        {
            bucket = new Bucket { Key = key, At = (uint)now };
        }

        return TryTake(ref bucket, charge, rate, now);
    }

    /// <summary>Each charge of a bucket drains at the same pace, that of the charge which is asked for: they are asked for side by side.</summary>
    private static bool TryTake(ref Bucket bucket, GateCharge charge, in GateRate rate, long now)
    {
        var passed = (uint)now - bucket.At;
        if (passed > 0)
        {
            Settle(ref bucket, passed, now);
        }

        // Levels are kept as seconds of the rate, so that what drains is the same for all of them.
        ref var used = ref bucket.Used[(int)charge];
        var one = (float)(1 / rate.PerSecond);
        if (used + one > (float)(rate.AtOnce / rate.PerSecond) + one / 2)
        {
            return false;
        }

        used += one;
        return true;
    }

    private static void Settle(ref Bucket bucket, uint passed, long now)
    {
        var seconds = passed / 1000f;
        for (var charge = 0; charge < Charges; charge++)
        {
            bucket.Used[charge] = Math.Max(0, bucket.Used[charge] - seconds);
        }

        bucket.At = (uint)now;
    }

    /// <summary>The place of the key, or of who has used least.</summary>
    private ref Bucket PlaceOf(ulong key, uint now)
    {
        var set = _buckets.AsSpan((int)(key & ((ulong)sets - 1)) * Ways, Ways);
        ref var least = ref set[0];
        var lightest = float.MaxValue;
        foreach (ref var bucket in set)
        {
            if (bucket.Key == key)
            {
                return ref bucket;
            }

            var weight = bucket.Key == 0 ? -1 : Weight(bucket, now);
            if (weight < lightest)
            {
                least = ref bucket;
                lightest = weight;
            }
        }

        return ref least;
    }

    private static float Weight(in Bucket bucket, uint now) =>
        Math.Max(Math.Max(bucket.Used[0], bucket.Used[1]), bucket.Used[2]) - ((now - bucket.At) / 1000f);
}
