namespace SipAlg.Testing;

/// <summary>A clock that only the test moves; milliseconds since its start are what lanes call "now".</summary>
/// <param name="start">What the wall clock shows at first.</param>
public sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    public ManualTime()
        : this(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero))
    {
    }

    /// <summary>Milliseconds since the start.</summary>
    public long Now { get; private set; }

    public override long TimestampFrequency => 1000;
    public override long GetTimestamp() => Now;
    public override DateTimeOffset GetUtcNow() => start.AddMilliseconds(Now);

    /// <summary>Moves the clock forward.</summary>
    public void MoveTo(long milliseconds)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(milliseconds, Now);
        Now = milliseconds;
    }
}
