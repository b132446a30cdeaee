using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// What a lane offers to the logic that lives in it. Everything but <see cref="Post"/> and <see cref="PostTo"/> is for the lane's own thread only.
/// </summary>
public interface ILane
{
    /// <summary>0 to <see cref="Count"/> − 1; part of every identifier that the lane mints.</summary>
    int Number { get; }

    /// <summary>How many lanes there are.</summary>
    int Count { get; }

    /// <summary>Milliseconds on the lane's clock, read once a round of the loop; the time base of <see cref="Timers"/>.</summary>
    long Now { get; }

    TimerWheel Timers { get; }

    ISignalingNetwork Network { get; }

    /// <summary>Says who is heard at all; null: everybody.</summary>
    SourceGate? Gate => null;

    /// <summary>Puts an event into this lane's inbox, from any thread. Never blocks, never refuses.</summary>
    void Post(LaneEvent laneEvent);

    /// <summary>Puts an event into another lane's inbox, from any thread.</summary>
    void PostTo(int lane, LaneEvent laneEvent);

    /// <summary>Copies a message that belongs to another lane and gives it to that lane's <see cref="ILaneUser.OnMessage"/>.</summary>
    void HandOver(int lane, in Flow flow, ReadOnlySpan<byte> message);
}
