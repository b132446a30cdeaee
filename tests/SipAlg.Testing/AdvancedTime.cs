namespace SipAlg.Testing;

/// <summary>The system's clock, which a test may put forward: for threads that run by themselves and would have to be waited for.</summary>
public sealed class AdvancedTime : TimeProvider
{
    private long _ahead;

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => System.GetTimestamp() + Ticks(Ahead);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;

    private TimeSpan Ahead => new(Interlocked.Read(ref _ahead));

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ahead, time.Ticks);

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * System.TimestampFrequency);
}
