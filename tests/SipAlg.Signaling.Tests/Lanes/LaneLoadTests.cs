using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Tests.Lanes;

/// <summary>What a lane says of how long its inputs wait: a queue that stands is told from one that comes and goes.</summary>
public sealed class LaneLoadTests
{
    private readonly ManualTime _time = new();
    private readonly LaneGroup _lanes = new(2);
    private readonly LoadUser _user = new();
    private readonly Lane _lane;

    public LaneLoadTests()
    {
        _lane = new Lane(_lanes, 0, _time, null!, () => { }, _ => _user);
        _ = new Lane(_lanes, 1, _time, null!, () => { }, _ => new LoadUser());
    }

    private void Advance(double milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private void Receive(int inputs)
    {
        for (var input = 0; input < inputs; input++)
        {
            _lane.Receive(default, [], 0, 0);
        }
    }

    /// <summary>A round in which a socket is served whose first datagram has waited.</summary>
    private void Round(int listener, double waited, double lasts, bool isLosing = false)
    {
        _lane.BeginRound();
        _lane.BeginSocket(listener, (long)(waited * 1e6));
        Receive(3);
        Advance(lasts);
        _lane.EndRound(() => isLosing);
    }

    [Fact]
    public void The_least_wait_of_an_interval_is_told()
    {
        for (var round = 0; round < 12; round++)
        {
            Round(0, 20 + round, 10);
        }

        Assert.Equal(20_000, Assert.Single(_user.Loads).Standing);
        Assert.Equal(20_000, _lane.Standing);
    }

    /// <summary>Who has little to do waits for others, and refusing calls does not help that.</summary>
    [Fact]
    public void A_few_that_waited_are_no_load()
    {
        for (var round = 0; round < 10; round++)
        {
            Round(0, 50, 10);
        }

        _lane.BeginRound();
        _lane.EndRound(() => false);
        Assert.Equal(0, Assert.Single(_user.Loads).Standing);
    }

    [Fact]
    public void One_input_that_did_not_wait_says_that_nothing_stands()
    {
        for (var round = 0; round < 12; round++)
        {
            Round(0, round == 5 ? 0 : 500, 10);
        }

        Assert.Equal(0, Assert.Single(_user.Loads).Standing);
    }

    /// <summary>Sockets are served in turns: a quiet one says nothing of another that is full.</summary>
    [Fact]
    public void The_socket_where_it_is_longest_counts()
    {
        for (var round = 0; round < 12; round++)
        {
            _lane.BeginRound();
            _lane.BeginSocket(3, 30_000_000);
            Receive(3);
            _lane.BeginSocket(1, 0);
            Receive(3);
            Advance(10);
            _lane.EndRound(() => false);
        }

        Assert.Equal(30_000, Assert.Single(_user.Loads).Standing);
    }

    /// <summary>Where strangers have a queue of their own, it may be as long as it likes.</summary>
    [Fact]
    public void A_socket_that_does_not_count_says_nothing()
    {
        for (var round = 0; round < 12; round++)
        {
            _lane.BeginRound();
            _lane.BeginSocket(0, 30_000_000, counts: false);
            Receive(3);
            Advance(10);
            _lane.EndRound(() => false);
        }

        Assert.Equal(0, Assert.Single(_user.Loads).Standing);
        Assert.True(_lane.Delays.Seconds > 0.3);
    }

    /// <summary>Messages of connections, and those of other lanes, come by the inbox.</summary>
    [Fact]
    public void What_is_posted_waits_from_then_on()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var posted = 0; posted < 20; posted++)
            {
                _lane.Post(new Work());
            }

            Advance(50);
            _lane.BeginRound();
            _lane.RunEvents();
            _lane.EndRound(() => false);
        }

        Assert.Equal(50_000, _user.Loads[^1].Standing);
        Assert.Equal(60 * 0.05, _lane.Delays.Seconds, 3);
    }

    [Fact]
    public void An_idle_lane_says_that_nothing_waited()
    {
        Advance(1000);
        _lane.BeginRound();
        _lane.EndRound(() => false);
        Assert.Equal(new LaneLoad(1000, 0, IsLosing: false), Assert.Single(_user.Loads));
    }

    [Fact]
    public void Lost_datagrams_are_asked_for_once_an_interval()
    {
        var asked = 0;
        for (var round = 0; round < 35; round++)
        {
            _lane.BeginRound();
            Advance(10);
            _lane.EndRound(() => ++asked > 0);
        }

        Assert.Equal(asked, _user.Loads.Count);
        Assert.InRange(asked, 3, 4);
        Assert.All(_user.Loads, load => Assert.True(load.IsLosing));
    }

    /// <summary>What one lane receives faster than another serves it is dropped, as it would be at a full socket.</summary>
    [Fact]
    public void Messages_for_another_lane_are_bounded()
    {
        for (var message = 0; message < HandOvers.Most + 10; message++)
        {
            _lane.HandOver(1, default, "x"u8);
        }

        var other = _lanes[1];
        Assert.Equal(10, other.HandOversDropped);
        other.BeginRound();
        other.RunEvents();
        Assert.Equal(HandOvers.Most, other.Turns);
        _lane.HandOver(1, default, "x"u8);
        Assert.Equal(10, other.HandOversDropped);
    }

    private sealed class Work : LaneEvent
    {
        public override void Run(ILaneUser user)
        {
        }
    }

    private sealed class LoadUser : ILaneUser
    {
        public List<LaneLoad> Loads { get; } = [];

        public void OnLoad(in LaneLoad load) => Loads.Add(load);

        public void OnMessage(in Flow flow, byte[] buffer, int offset, int length)
        {
        }

        public void OnUnreachable(in Flow flow, UnreachableReason reason)
        {
        }

        public void OnConnected(in Flow flow)
        {
        }

        public void OnConnectionFailed(in Flow flow, ConnectFailure reason)
        {
        }

        public void OnConnectionClosed(in Flow flow, CloseReason reason)
        {
        }

        public void OnTimer(byte kind, int slot, uint generation)
        {
        }

        public void EndTurn()
        {
        }

        public void OnFault(Exception fault) => throw fault;
    }
}
