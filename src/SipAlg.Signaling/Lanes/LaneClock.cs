namespace SipAlg.Signaling.Lanes;

/// <summary>Timestamps of a <see cref="TimeProvider"/> as a lane uses them.</summary>
internal sealed class LaneClock(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();

    public long TicksPerSecond { get; } = time.TimestampFrequency;

    public long Timestamp => time.GetTimestamp();

    /// <summary>Whole milliseconds since this clock was made.</summary>
    public long Milliseconds(long timestamp)
    {
        var (seconds, rest) = Math.DivRem(timestamp - _origin, TicksPerSecond);
        return (seconds * 1000) + (rest * 1000 / TicksPerSecond);
    }

    public TimeSpan Since(long timestamp) => time.GetElapsedTime(timestamp);
}
