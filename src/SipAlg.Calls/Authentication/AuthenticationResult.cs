using SipAlg.Calls.Model;

namespace SipAlg.Calls.Authentication;

/// <summary>What became of a request's credentials; the metric's label.</summary>
public enum AuthenticationOutcome : byte
{
    Accepted,

    /// <summary>None, or none that answers a challenge of ours: phones send of themselves what another registrar asked for.</summary>
    Missing,

    /// <summary>The nonce is unknown, used or too old. No failure: the password was not looked at.</summary>
    Stale,

    /// <summary>No such user, or not his password.</summary>
    Wrong,

    /// <summary>Not looked at, since there were too many wrong ones. Nobody is told.</summary>
    Held,

    /// <summary>Right, but for somebody else than the Request-URI names (RFC 7616 §3.4.6).</summary>
    OtherUri,

    /// <summary>A challenge was answered, but not so that it could be checked: other realm, algorithm or qop, or something missing.</summary>
    Unusable,
    Count,
}

/// <param name="Outcome">What it was.</param>
/// <param name="User">Who sent the request; null unless it is accepted.</param>
public readonly record struct AuthenticationResult(AuthenticationOutcome Outcome, User? User = null)
{
    public bool IsAccepted => Outcome == AuthenticationOutcome.Accepted;

    /// <summary>The challenge says so.</summary>
    public bool IsStale => Outcome == AuthenticationOutcome.Stale;

    /// <summary>The answer to a request that is not accepted: 401 with challenges, or 400.</summary>
    public int Status => Outcome == AuthenticationOutcome.OtherUri ? 400 : 401;
}
