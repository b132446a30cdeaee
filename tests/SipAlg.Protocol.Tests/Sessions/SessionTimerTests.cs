using SipAlg.Protocol.Sessions;
using Do = SipAlg.Protocol.Sessions.SessionTimerActions;
using Event = SipAlg.Protocol.Sessions.SessionTimerEvent;
using State = SipAlg.Protocol.Sessions.SessionTimerState;

namespace SipAlg.Protocol.Tests.Sessions;

public sealed class SessionTimerTests
{
    private static readonly (State, Do) Ours = (State.Ours, Do.AwaitRefresh);
    private static readonly (State, Do) Theirs = (State.Theirs, Do.AwaitExpiry);
    private static readonly (State, Do) Off = (State.Off, Do.Stop);
    private static readonly (State, Do) Expired = (State.Expired, Do.Expire);

    private static (State, Do) Stays(State state) => (state, Do.None);

    /// <summary>Rows: states; columns: ours agreed, theirs agreed, none agreed, refresh refused, due, ended.</summary>
    private static readonly (State, Do)[][] Table =
    [
        [Ours, Theirs, Off, Stays(State.Off), Stays(State.Off), Off],
        [Ours, Theirs, Off, Stays(State.Ours), (State.Refreshing, Do.AwaitExpiry | Do.Refresh), Off],
        [Ours, Theirs, Off, Stays(State.Refused), Expired, Off],
        [Ours, Theirs, Off, Stays(State.Refused), Expired, Off],
        [Ours, Theirs, Off, Stays(State.Theirs), Expired, Off],
        [.. Enumerable.Repeat(Stays(State.Expired), 6)],
    ];

    [Fact]
    public void Every_event_in_every_state()
    {
        foreach (var state in Enum.GetValues<State>())
        {
            foreach (var happened in Enum.GetValues<Event>())
            {
                var step = SessionTimer.Next(state, happened);
                Assert.Equal((state, happened, Table[(int)state][(int)happened]), (state, happened, (step.State, step.Actions)));
            }
        }
    }

    /// <summary>While a session has a timer, it is always running or has just run out; without one none runs.</summary>
    [Fact]
    public void A_timer_runs_in_every_state_that_waits_for_one()
    {
        var seen = new HashSet<(State, bool)>();
        Walk(State.Off, false);
        Assert.Equal(Enum.GetValues<State>().Length, seen.Count);

        void Walk(State state, bool isRunning)
        {
            if (!seen.Add((state, isRunning)))
            {
                return;
            }

            Assert.Equal(state is not (State.Off or State.Expired), isRunning);
            foreach (var happened in Enum.GetValues<Event>().Where(happened => happened != Event.Due || isRunning))
            {
                var step = SessionTimer.Next(state, happened);
                var starts = (step.Actions & (Do.AwaitRefresh | Do.AwaitExpiry)) != 0;
                Walk(step.State, starts || (isRunning && happened != Event.Due && !step.Actions.HasFlag(Do.Stop)));
            }
        }
    }

    /// <summary>RFC 4028 §10: a third before the end, at most 32 seconds; the refresh at half.</summary>
    [Theory]
    [InlineData(90, 45_000, 60_000)]
    [InlineData(96, 48_000, 64_000)]
    [InlineData(99, 49_500, 67_000)]
    [InlineData(1800, 900_000, 1_768_000)]
    [InlineData(uint.MaxValue, 2_147_483_647_500, 4_294_967_263_000)]
    public void When(uint seconds, long refresh, long expiry)
    {
        Assert.Equal(refresh, SessionTimer.RefreshAfter(seconds));
        Assert.Equal(expiry, SessionTimer.ExpireAfter(seconds));
    }

    [Fact]
    public void Whose_part_it_is() => Assert.Equal([State.Ours, State.Refreshing, State.Refused], Enum.GetValues<State>().Where(SessionTimer.IsOurs));
}
