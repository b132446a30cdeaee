using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Registrations;

/// <summary>What is known of the flow of a binding behind NAT.</summary>
internal struct KeepAliveState
{
    /// <summary>Of the next ping.</summary>
    public TimerId Timer;

    /// <summary>Number of the ping that waits for its answer, and of the last one.</summary>
    public byte Ping;
    public bool IsOpen;

    /// <summary>It has answered one: not every phone does, and only of who did silence says anything.</summary>
    public bool Answers;

    /// <summary>Pings in a row without an answer.</summary>
    public byte Missed;

    /// <summary>The phone has been heard by another way: what is open does not count any more.</summary>
    public void Heard() => (IsOpen, Missed) = (false, 0);
}
