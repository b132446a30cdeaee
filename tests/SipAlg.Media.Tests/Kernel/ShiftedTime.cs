namespace SipAlg.Media.Tests.Kernel;

/// <summary>The system's clock, set forward by tests.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override long GetTimestamp() => System.GetTimestamp() + (Shift.Ticks * (TimestampFrequency / TimeSpan.TicksPerSecond));

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
