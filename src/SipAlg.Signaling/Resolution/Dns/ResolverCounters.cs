namespace SipAlg.Signaling.Resolution.Dns;

/// <summary>What became of the questions that went to name servers; read at any time.</summary>
internal sealed class ResolverCounters
{
    private readonly long[] _lookups = new long[(int)DnsOutcome.TimedOut + 1];
    private long _stale;

    public void LookedUp(DnsOutcome outcome) => Interlocked.Increment(ref _lookups[(int)outcome]);

    public void ServedStale() => Interlocked.Increment(ref _stale);

    /// <summary>Each outcome in the metric's words.</summary>
    public IEnumerable<(string Outcome, long Count)> Lookups =>
    [
        ("found", Read(DnsOutcome.Found)), ("no_name", Read(DnsOutcome.NoName)), ("no_data", Read(DnsOutcome.NoData)),
        ("failed", Read(DnsOutcome.Failed)), ("timed_out", Read(DnsOutcome.TimedOut)),
    ];

    /// <summary>Answers given out after their time, since no server gave a new one.</summary>
    public long Stale => Interlocked.Read(ref _stale);

    private long Read(DnsOutcome outcome) => Interlocked.Read(ref _lookups[(int)outcome]);
}
