using SipAlg.Calls.Lanes;

namespace SipAlg.Calls.Peers;

/// <summary>How long a peer's answers took: a histogram that all lanes write, with the bounds of <see cref="CallCounters.SetupBounds"/>.</summary>
public sealed class SetupTimes
{
    private readonly long[] _buckets = new long[CallCounters.SetupBounds.Count + 1];
    private long _milliseconds;

    /// <summary>Of all observations, in seconds.</summary>
    public double Seconds => Volatile.Read(ref _milliseconds) / 1000.0;

    /// <summary>Observations of one bucket alone; the last holds those above all bounds.</summary>
    public long this[int bucket] => Volatile.Read(ref _buckets[bucket]);

    internal void Observe(long milliseconds)
    {
        var bucket = 0;
        while (bucket < CallCounters.SetupBounds.Count && milliseconds > CallCounters.SetupBounds[bucket] * 1000)
        {
            bucket++;
        }

        Interlocked.Increment(ref _buckets[bucket]);
        Interlocked.Add(ref _milliseconds, milliseconds);
    }
}
