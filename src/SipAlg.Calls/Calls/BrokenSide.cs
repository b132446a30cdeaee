using SipAlg.Protocol.Addresses;

namespace SipAlg.Calls.Calls;

/// <summary>The side for which the gateway has ended an answered call.</summary>
/// <param name="IsCaller">Else the callee.</param>
/// <param name="At">Where it is.</param>
/// <param name="Shown">What it was shown as our address.</param>
/// <param name="Realm">Its realm.</param>
public readonly record struct BrokenSide(bool IsCaller, IpEndpoint At, IpEndpoint Shown, string Realm)
{
    /// <summary>What it answered; 0 for nothing.</summary>
    public int Status { get; init; }

    /// <summary>It was in the midst of the call, not at its answer, that it did not acknowledge.</summary>
    public bool IsReinvite { get; init; }

    /// <summary>The gateway was to refresh its session, not it.</summary>
    public bool IsRefreshOurs { get; init; }
}
