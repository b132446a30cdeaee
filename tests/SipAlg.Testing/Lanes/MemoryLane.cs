using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Testing.Lanes;

/// <summary>A lane without a thread: the test drives it.</summary>
public sealed class MemoryLane(int number, int count, ManualTime time, MemoryNetwork network, SourceGate? gate = null) : ILane
{
    private readonly Queue<LaneEvent> _inbox = new();

    public int Number => number;
    public int Count => count;
    public long Now => time.Now;
    public TimerWheel Timers { get; } = new(time.Now, capacity: 64);
    public ISignalingNetwork Network => network;
    public SourceGate? Gate => gate;

    /// <summary>Events for other lanes, in order.</summary>
    public List<(int Lane, LaneEvent Event)> Posted { get; } = [];

    /// <summary>Messages of other lanes, in order.</summary>
    public List<(int Lane, Flow Flow, byte[] Message)> HandedOver { get; } = [];

    public void Post(LaneEvent laneEvent)
    {
        lock (_inbox)
        {
            _inbox.Enqueue(laneEvent);
        }
    }

    public void PostTo(int lane, LaneEvent laneEvent)
    {
        if (lane == number)
        {
            Post(laneEvent);
        }
        else
        {
            Posted.Add((lane, laneEvent));
        }
    }

    public void HandOver(int lane, in Flow flow, ReadOnlySpan<byte> message) => HandedOver.Add((lane, flow, message.ToArray()));

    internal bool TryTake(out LaneEvent laneEvent)
    {
        lock (_inbox)
        {
            return _inbox.TryDequeue(out laneEvent!);
        }
    }
}
