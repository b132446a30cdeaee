using SipAlg.Calls.Model;

namespace SipAlg.Calls.Peers;

/// <summary>What the users of a realm may have at once, together.</summary>
public sealed class UserAllotments
{
    /// <summary>Subscriptions with an end at a user.</summary>
    public Allotment Subscriptions { get; } = new(PeerLimits.UsualSubscriptions);

    /// <summary>Requests outside a dialog that wait for their answer.</summary>
    public Allotment Requests { get; } = new(PeerLimits.Requests);

    internal Allotment Of(bool isSubscription) => isSubscription ? Subscriptions : Requests;
}
