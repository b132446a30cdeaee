namespace SipAlg.Media.Tests;

/// <summary>A clock that only the test moves. Microseconds, as the relay must not assume the system's unit.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _now = 1_000_000;

    public override long TimestampFrequency => 1_000_000;
    public override long GetTimestamp() => Volatile.Read(ref _now);
    public void Advance(TimeSpan by) => Interlocked.Add(ref _now, (long)by.TotalMicroseconds);
    public void AdvanceSeconds(double seconds) => Advance(TimeSpan.FromSeconds(seconds));
}
