namespace SipAlg.Signaling.Lanes;

/// <summary>
/// Names one scheduling of a timer. The default value is "none"; the id of a timer that fired or was cancelled is refused
/// by <see cref="TimerWheel.Cancel"/>, also when its entry serves another timer by then.
/// </summary>
public readonly record struct TimerId
{
    internal TimerId(int entry, uint stamp) => (Entry, Stamp) = (entry, stamp);

    internal int Entry { get; }

    /// <summary>Generation of the entry; never 0 for an id that was handed out.</summary>
    internal uint Stamp { get; }

    public bool IsNone => Stamp == 0;
}
