using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Lanes;

/// <summary>A lane without its thread, as a deterministic harness drives it.</summary>
public sealed class LaneTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _log = [];
    private readonly LaneGroup _lanes = new(2);
    private readonly Lane _lane;
    private readonly Lane _other;

    public LaneTests()
    {
        _lane = new Lane(_lanes, 0, _time, new NoNetwork(), () => _log.Add("wake"), _ => new LoggingUser(_log));
        _other = new Lane(_lanes, 1, _time, new NoNetwork(), () => { }, _ => new LoggingUser(_log));
    }

    [Fact]
    public void Each_input_is_a_turn_of_its_own()
    {
        _lane.Timers.Schedule(5, 7, 1, 1);
        _lane.Timers.Schedule(5, 8, 1, 1);
        _lane.Post(new Work(() => _log.Add("event")));
        _time.Advance(TimeSpan.FromMilliseconds(5));
        _lane.BeginRound();
        _lane.Receive(default, new byte[3], 1, 2);
        _lane.RunEvents();
        _lane.RunTimers();

        Assert.Equal(["wake", "message 2", "end", "event", "end", "timer 7", "end", "timer 8", "end"], _log);
        Assert.Equal(4, _lane.Turns);
        Assert.Equal(2, Enumerable.Range(0, DelayHistogram.BoundsMicroseconds.Count + 1).Sum(_lane.Delays.Bucket));
    }

    [Fact]
    public void A_fault_ends_its_turn_only()
    {
        _lane.Post(new Work(() => throw new InvalidOperationException("bug")));
        _lane.Post(new Work(() => _log.Add("event")));
        _lane.RunEvents();

        Assert.Equal(["wake", "fault bug", "end", "event", "end"], _log);
        Assert.Equal(1, _lane.Faults);
    }

    [Fact]
    public void Events_posted_by_events_wait_for_the_next_round()
    {
        _lane.Post(new Work(() => _lane.Post(new Work(() => _log.Add("second")))));
        _lane.RunEvents();
        Assert.DoesNotContain("second", _log);
        Assert.Equal(0, _lane.WaitMilliseconds);
        _lane.RunEvents();
        Assert.Contains("second", _log);
    }

    [Fact]
    public void Time_stands_still_within_a_round()
    {
        var before = _lane.Now;
        _time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(before, _lane.Now);
        _lane.BeginRound();
        Assert.Equal(before + 20, _lane.Now);
    }

    [Fact]
    public void Knows_how_long_to_wait()
    {
        Assert.Equal(-1, _lane.WaitMilliseconds);
        _lane.Timers.Schedule(50, 0, 0, 0);
        Assert.Equal(50, _lane.WaitMilliseconds);
        _time.Advance(TimeSpan.FromMilliseconds(60));
        Assert.Equal(0, _lane.WaitMilliseconds);
    }

    [Fact]
    public void Tells_its_age_and_its_delays()
    {
        _lane.BeginRound();
        _time.Advance(TimeSpan.FromMilliseconds(3));
        _lane.Receive(default, [], 0, 0);

        Assert.Equal(TimeSpan.FromMilliseconds(3), _lane.Age);
        Assert.Equal(1, _lane.Delays.Bucket(6));
        Assert.Equal(0.003, _lane.Delays.Seconds, 6);
    }

    [Fact]
    public void Hands_a_message_to_another_lane()
    {
        var octets = "OPTIONS"u8.ToArray();
        _lane.HandOver(1, new Flow(Transport.Udp, 0, default, IpEndpoint.Parse("192.0.2.1:5060")), octets);
        octets.AsSpan().Clear();
        _other.RunEvents();

        Assert.Equal(["message OPTIONS", "end"], _log);
    }

    private sealed class Work(Action action) : LaneEvent
    {
        public override void Run(ILaneUser user) => action();
    }

    private sealed class NoNetwork : ISignalingNetwork
    {
        public SendResult Send(in Flow flow, ReadOnlySpan<byte> message) => SendResult.NoRoute;

        public Signaling.Tls.TlsIdentities Identities { get; } = new();

        public void Alias(ulong connection, in IpEndpoint remote, ushort far)
        {
        }

        public void Close(ulong connection)
        {
        }

        public IpAddress LocalAddressTowards(int listener, in IpEndpoint remote) => default;

        public bool TryFlow(int group, Transport transport, in IpEndpoint remote, out Flow flow)
        {
            flow = default;
            return false;
        }
    }

    private sealed class LoggingUser(List<string> log) : ILaneUser
    {
        public void OnMessage(in Flow flow, byte[] buffer, int offset, int length) =>
            log.Add("message " + (flow.Remote.IsNone ? length.ToString() : System.Text.Encoding.ASCII.GetString(buffer, offset, length)));

        public void OnTimer(byte kind, int slot, uint generation) => log.Add($"timer {kind}");
        public void OnUnreachable(in Flow flow, UnreachableReason reason) => log.Add("unreachable");
        public void OnConnected(in Flow flow) => log.Add("connected");
        public void OnConnectionFailed(in Flow flow, ConnectFailure reason) => log.Add("failed");
        public void OnConnectionClosed(in Flow flow, CloseReason reason) => log.Add("closed");
        public void EndTurn() => log.Add("end");
        public void OnFault(Exception fault) => log.Add($"fault {fault.Message}");
    }
}
