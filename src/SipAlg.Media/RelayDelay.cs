namespace SipAlg.Media;

/// <summary>The buckets of the <c>relay_delay_seconds</c> histogram.</summary>
public static class RelayDelay
{
    /// <summary>Upper bounds in seconds, inclusive, rising; one more bucket holds what is above the last.</summary>
    public static ReadOnlySpan<double> Bounds =>
        [0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1];

    public static int Buckets => Bounds.Length + 1;
}
