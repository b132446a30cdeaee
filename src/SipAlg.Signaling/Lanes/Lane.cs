using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// A lane without its thread: the turns, the clock, the timers and the inbox. <see cref="LaneThread"/> drives it from epoll, a test
/// harness from an in-memory network and a clock of its own; both call it from one thread, except where stated.
/// </summary>
public sealed partial class Lane : ILane, ITimerSink
{
    private readonly LaneClock _clock;
    private readonly LaneInbox _inbox;
    private readonly ILaneUser _user;
    private readonly LaneGroup _group;
    private readonly HandOvers _handOvers = new();
    private long _roundBegan;
    private long _waitingSince;
    private long _restedSince = long.MaxValue;
    private long _turns;
    private long _faults;

    /// <param name="group">The lanes, of which this becomes one.</param>
    /// <param name="wake">Called from any thread when the inbox is no longer empty.</param>
    /// <param name="user">Makes the logic, given this lane; it may keep the lane and schedule timers, not send yet.</param>
    /// <param name="gate">Says who is heard; null: everybody.</param>
    public Lane(LaneGroup group, int number, TimeProvider time, ISignalingNetwork network, Action wake, Func<ILane, ILaneUser> user, SourceGate? gate = null)
    {
        (_group, Number, Network, Gate) = (group, number, network, gate);
        _clock = new LaneClock(time);
        _inbox = new LaneInbox(wake);
        Timers = new TimerWheel(0);
        Delays = new DelayHistogram(_clock.TicksPerSecond);
        BeginRound();
        _user = user(this);
        group.Add(this);
    }

    public int Number { get; }
    public int Count => _group.Count;
    public long Now { get; private set; }
    public TimerWheel Timers { get; }
    public ISignalingNetwork Network { get; }
    public SourceGate? Gate { get; }

    /// <summary>Delays of datagrams and events, readable from any thread.</summary>
    public DelayHistogram Delays { get; }

    /// <summary>Turns run, readable from any thread.</summary>
    public long Turns => Volatile.Read(ref _turns);

    /// <summary>Turns that threw, readable from any thread.</summary>
    public long Faults => Volatile.Read(ref _faults);

    /// <summary>Messages that other lanes had for this one and that found no room, readable from any thread.</summary>
    public long HandOversDropped => _handOvers.Dropped;

    /// <summary>How long ago the loop last came round; from any thread. An idle lane comes round once a second.</summary>
    public TimeSpan Age => _clock.Since(Volatile.Read(ref _roundBegan));

    /// <summary>Milliseconds until there is something to do without input: 0 when events wait; −1: nothing.</summary>
    public int WaitMilliseconds
    {
        get
        {
            if (!_inbox.IsEmpty)
            {
                return 0;
            }

            var due = Timers.NextDue;
            return due == long.MaxValue ? -1 : (int)Math.Clamp(due - _clock.Milliseconds(_clock.Timestamp), 0, int.MaxValue);
        }
    }

    /// <summary>Begins a round of turns: the time is read here, and stands still until the next round.</summary>
    public void BeginRound()
    {
        var timestamp = _clock.Timestamp;
        Volatile.Write(ref _roundBegan, timestamp);
        Now = _clock.Milliseconds(timestamp);
        _waitingSince = Math.Min(_restedSince, timestamp);
        _restedSince = long.MaxValue;
        _sourceSince = _waitingSince;
    }

    /// <summary>The thread rests until the next round: what comes meanwhile waits from now on.</summary>
    public void BeginRest() => _restedSince = _clock.Timestamp;

    /// <summary>When this round began, in units of <see cref="TicksPerSecond"/>.</summary>
    public long RoundBegan => _roundBegan;

    public long TicksPerSecond => _clock.TicksPerSecond;

    /// <summary>Whether a datagram is looked at; before anything else, so that one that is not costs next to nothing.</summary>
    public bool Hears(in Flow flow) => Gate is not { } gate || gate.Admits(flow.Listener, flow.Remote.Address, GateCharge.Packet, Now);

    /// <summary>A turn: something was received, from a source that is heard.</summary>
    public void Receive(in Flow flow, byte[] buffer, int offset, int length)
    {
        Observe();
        try
        {
            _user.OnMessage(flow, buffer, offset, length);
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        EndTurn();
    }

    /// <summary>A turn: ICMP says that something sent did not arrive.</summary>
    public void Unreachable(in Flow flow, UnreachableReason reason)
    {
        try
        {
            _user.OnUnreachable(flow, reason);
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        EndTurn();
    }

    /// <summary>Runs the events that are in the inbox now, each a turn; those posted meanwhile wait for the next round.</summary>
    public void RunEvents()
    {
        for (var current = _inbox.TakeAll(); current is not null;)
        {
            var next = current.Next;
            current.Next = null;
            Run(current);
            current = next;
        }
    }

    /// <summary>Fires the timers that are due by <see cref="Now"/>, each a turn.</summary>
    public void RunTimers() => Timers.Advance(Now, this);

    /// <inheritdoc/>
    public void Post(LaneEvent laneEvent)
    {
        laneEvent.PostedAt = _clock.Timestamp;
        _inbox.Post(laneEvent);
    }

    /// <inheritdoc/>
    public void PostTo(int lane, LaneEvent laneEvent) => _group[lane].Post(laneEvent);

    /// <inheritdoc/>
    public void HandOver(int lane, in Flow flow, ReadOnlySpan<byte> message)
    {
        var room = _group[lane]._handOvers;
        if (room.TryEnter())
        {
            PostTo(lane, new HandedMessage(flow, message, room));
        }
    }

    void ITimerSink.OnTimer(byte kind, int slot, uint generation)
    {
        try
        {
            _user.OnTimer(kind, slot, generation);
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        EndTurn();
    }

    private void Run(LaneEvent laneEvent)
    {
        BeginPosted(laneEvent);
        Observe();
        try
        {
            laneEvent.Run(_user);
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        EndTurn();
        laneEvent.TurnEnded();
    }

    /// <summary>Runs also after a fault, so that events raised before it do not leak into the next turn.</summary>
    private void EndTurn()
    {
        Volatile.Write(ref _turns, _turns + 1);
        try
        {
            _user.EndTurn();
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }

    private void Report(Exception fault)
    {
        Volatile.Write(ref _faults, _faults + 1);
        try
        {
            _user.OnFault(fault);
        }
        catch (Exception)
        {
            // Counted above and by this; there is nobody left to tell.
            Volatile.Write(ref _faults, _faults + 1);
        }
    }
}
