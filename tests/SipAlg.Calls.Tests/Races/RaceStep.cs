using SipAlg.Testing.Agents;

namespace SipAlg.Calls.Tests.Races;

internal enum RaceStepKind : byte
{
    /// <summary>A message arrives.</summary>
    Arrive,

    /// <summary>Its second copy does.</summary>
    ArriveAgain,

    /// <summary>A user does something.</summary>
    Act,

    /// <summary>The clock goes on to the next timer.</summary>
    Tick,

    /// <summary>What the network does with a message that was just sent: pass, lose, copy.</summary>
    Fate,
}

/// <summary>One step of a path, by the same name on all paths that have it.</summary>
/// <param name="Kind">What.</param>
/// <param name="Place">Where: see <see cref="RaceStep.Gateway"/>; an agent's is its number.</param>
/// <param name="From">Of an arrival: the agent whose message it is, or that it is for. Of an act: its number in the scenario. Of a fate: which.</param>
/// <param name="Number">Of an arrival: the message's.</param>
internal readonly record struct RaceStep(RaceStepKind Kind, int Place, int From, int Number)
{
    public const int Gateway = -1;
    public const int Everywhere = -2;

    public static RaceStep Tick { get; } = new(RaceStepKind.Tick, Everywhere, 0, 0);

    public static RaceStep Arrival(Datagram datagram, int agent, bool isAgain) =>
        new(isAgain ? RaceStepKind.ArriveAgain : RaceStepKind.Arrive, datagram.IsToGateway ? Gateway : agent, agent, datagram.Number);

    /// <summary>
    /// Steps at two places commute: each changes what is there and adds to what is in flight. So only one of their two orders has to
    /// be walked.
    /// </summary>
    public bool Commutes(in RaceStep other) => Place != other.Place && Place != Everywhere && other.Place != Everywhere;
}
