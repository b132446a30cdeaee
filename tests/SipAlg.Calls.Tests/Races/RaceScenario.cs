using SipAlg.Testing.Agents;
using SipAlg.Testing.Calls;

namespace SipAlg.Calls.Tests.Races;

/// <summary>How far a search goes.</summary>
/// <param name="Depth">Steps of a path: arrivals, deeds of users, and the clock. Behind them the network is reliable.</param>
/// <param name="Losses">Messages lost on a path.</param>
/// <param name="Copies">Messages that arrive twice on a path.</param>
/// <param name="Ticks">Times that the clock goes on to the next timer.</param>
internal sealed record RaceLimits(int Depth, int Losses, int Copies, int Ticks);

/// <summary>How far a call has come, without a race, before the search begins.</summary>
internal enum RaceStart
{
    /// <summary>The caller has sent its INVITE.</summary>
    Calling,

    /// <summary>The caller has heard 180 in each dialog.</summary>
    Ringing,

    /// <summary>The caller has heard a reliable 183 with SDP, and the callee its PRACK.</summary>
    Agreed,

    /// <summary>The callee has its ACK.</summary>
    Answered,

    /// <summary>As that; then half of a session interval of 90 s has gone by: who refreshes does.</summary>
    Refreshing,
}

/// <summary>A call, how far it has come, and what its users may do from there on.</summary>
internal sealed record RaceScenario(string Name, RaceStart Start, params IUserAct[] Acts)
{
    public AgentHabits Caller { get; init; } = new();
    public AgentHabits Callee { get; init; } = new();
    public bool HasOffer { get; init; } = true;

    /// <summary>It is a subscription for so many seconds; 0: a call.</summary>
    public int Subscribes { get; init; }

    /// <summary>The number; the scene routes it.</summary>
    public string Called { get; init; } = "bob";

    /// <summary>How long it is watched in the end; milliseconds.</summary>
    public long Horizon { get; init; } = 600_000;

    /// <summary>How the gateway is set up.</summary>
    public SceneOptions Scene { get; init; } = RaceScenes.Usual;

    /// <summary>How far the usual search goes: deep for the order alone, and less so with losses and copies.</summary>
    public RaceLimits[] Limits { get; init; } = [new(8, 0, 0, 0), new(4, 1, 1, 1)];

    /// <summary>How far it goes with <c>SIPALG_LONG=1</c>.</summary>
    public RaceLimits[] LongLimits { get; init; } = [new(10, 0, 0, 0), new(6, 1, 0, 1), new(6, 0, 1, 1), new(5, 1, 1, 2)];

    public override string ToString() => Name;
}
