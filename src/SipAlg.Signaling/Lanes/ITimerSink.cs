namespace SipAlg.Signaling.Lanes;

/// <summary>Hears the timers of a <see cref="TimerWheel"/>.</summary>
public interface ITimerSink
{
    /// <summary>A timer is due; its id is no longer valid. May schedule and cancel other timers.</summary>
    /// <param name="kind">What the timer was scheduled for, as its owner numbers it.</param>
    /// <param name="slot">The owner's slab slot.</param>
    /// <param name="generation">The owner's generation of that slot, by which it recognises a timer of a former tenant.</param>
    void OnTimer(byte kind, int slot, uint generation);
}
