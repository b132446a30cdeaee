namespace SipAlg.Media.Statistics;

/// <summary>The relay's timestamps in the words of people, as of one moment.</summary>
internal readonly struct RelayClock(TimeProvider time)
{
    private readonly DateTimeOffset _now = time.GetUtcNow();
    private readonly long _timestamp = time.GetTimestamp();

    public DateTimeOffset At(long timestamp) => _now - time.GetElapsedTime(timestamp, _timestamp);

    public TimeSpan Span(long timestamps) => time.GetElapsedTime(0, timestamps);
}
