using SipAlg.Calls.Model;

namespace SipAlg.Calls.Peers;

/// <summary>What a peer is used for now: counted on when its configuration changes, while calls begun before refer to what it was.</summary>
internal sealed class PeerUse
{
    /// <summary>Calls with a leg at it.</summary>
    public int ActiveCalls;

    /// <summary>New calls that it may get at once; changed under the lock of <see cref="Attempts"/>, as <see cref="FilledAt"/> is.</summary>
    public double Tokens;

    /// <summary>When the tokens were counted last; null before the first call.</summary>
    public long? FilledAt;

    public long[] Attempts { get; } = new long[(int)AttemptOutcome.Count];
    public SetupTimes Setup { get; } = new();
    public Allotment Requests { get; } = new(PeerLimits.Requests);
}

/// <summary>How the place stands where a peer is. Each value is written whole.</summary>
internal sealed class PeerStanding
{
    public PeerReach Reach = PeerReach.Unknown;

    /// <summary>A timestamp; 0: it does not rest.</summary>
    public long RestsUntil;

    public PeerHops Hops { get; } = new();
}
