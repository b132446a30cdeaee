using System.Collections.Immutable;
using SipAlg.Signaling.Resolution;

namespace SipAlg.Calls.Peers;

/// <summary>What pings say of a peer (RFC 3261 §11). Immutable: the lane that pings it puts another one in its place.</summary>
/// <param name="IsDown">None of its places answers.</param>
/// <param name="Since">Of the last change; null while nothing has changed since the start.</param>
/// <param name="Reason">Why it is down.</param>
/// <param name="Silent">Places that do not answer.</param>
public sealed record PeerReach(bool IsDown, DateTimeOffset? Since, PingLoss Reason, ImmutableArray<SipHop> Silent)
{
    /// <summary>A peer is up until it is known not to be.</summary>
    public static PeerReach Unknown { get; } = new(false, null, PingLoss.None, []);
}

/// <summary>Why a ping is lost.</summary>
public enum PingLoss : byte
{
    None,

    /// <summary>Nothing came back in time.</summary>
    NoAnswer,

    /// <summary>The network could not deliver it, or there is no way there.</summary>
    Unreachable,

    /// <summary>408: a proxy on the way had no answer.</summary>
    TimedOut,

    /// <summary>503.</summary>
    Unavailable,
}

/// <summary>The words of the log and the API for <see cref="PingLoss"/>.</summary>
public static class PingLosses
{
    public static string Text(PingLoss loss) => loss switch
    {
        PingLoss.NoAnswer => "no answer",
        PingLoss.Unreachable => "unreachable",
        PingLoss.TimedOut => "408 Request Timeout",
        PingLoss.Unavailable => "503 Service Unavailable",
        _ => "",
    };
}
