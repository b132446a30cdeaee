namespace SipAlg.Testing;

/// <summary>A clock that stands still until a test puts it forward, for threads that run by themselves: how long a test takes is not in what they measure.</summary>
public sealed class SteppedTime : TimeProvider
{
    private long _now = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + GetElapsedTime(0, GetTimestamp());

    public void Advance(TimeSpan time) => Interlocked.Add(ref _now, (long)(time.TotalSeconds * TimestampFrequency));
}
