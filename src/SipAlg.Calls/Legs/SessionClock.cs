using SipAlg.Protocol.Sessions;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Calls.Legs;

/// <summary>The session timer of a leg (RFC 4028): what was agreed on with its far side, and the one timer of it.</summary>
internal struct SessionClock
{
    public SessionTimerState State;

    /// <summary>The far side has no session timer, so that ours serves us alone (RFC 4028 §7.2).</summary>
    public bool IsAlone;

    /// <summary>How often a 422 has made us ask anew since the last agreement.</summary>
    public byte Tries;

    /// <summary>The interval agreed on, in seconds; 0 without one.</summary>
    public uint Interval;

    /// <summary>The highest Min-SE heard of, in seconds, which our requests repeat (RFC 4028 §7.4); 0 without one.</summary>
    public uint Least;

    /// <summary>What their INVITE says that has no final answer of ours yet.</summary>
    public SessionRequest Asked;

    /// <summary>When the interval began; milliseconds of the lane's clock.</summary>
    public long Began;
    public TimerId Timer;
}
