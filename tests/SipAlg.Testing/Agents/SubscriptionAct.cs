namespace SipAlg.Testing.Agents;

/// <summary>What a user may do about a subscription.</summary>
public enum SubscriptionDeed
{
    Grant,

    /// <summary>Grants it, and the NOTIFY goes out before the 2xx.</summary>
    GrantLate,
    Deny,
    Notify,
    Terminate,
    Refresh,
    TakeBack,
}

/// <summary>A deed that a test allows a user.</summary>
/// <param name="Side">The subscriber is the caller, the notifier a callee.</param>
/// <param name="Deed">What.</param>
/// <param name="Times">How often on one path.</param>
public sealed record SubscriptionAct(UserSide Side, SubscriptionDeed Deed, int Times = 1) : IUserAct
{
    /// <summary>Of a refusal.</summary>
    public int Status { get; init; } = 403;

    /// <summary>What a refresh asks for, in seconds.</summary>
    public int Seconds { get; init; } = 3600;

    public bool IsPossible(AgentScene scene, string flow) => scene.SubscriptionOf(Side, flow) is { } subscription && Deed switch
    {
        SubscriptionDeed.Grant or SubscriptionDeed.GrantLate or SubscriptionDeed.Deny => subscription.MayDecide,
        SubscriptionDeed.Notify or SubscriptionDeed.Terminate => subscription.MayNotify,
        _ => subscription.MayRefresh,
    };

    public void Do(AgentScene scene, string flow)
    {
        var subscription = scene.SubscriptionOf(Side, flow)!;
        switch (Deed)
        {
            case SubscriptionDeed.Grant or SubscriptionDeed.GrantLate:
                subscription.Grant(isLate: Deed == SubscriptionDeed.GrantLate);
                break;
            case SubscriptionDeed.Deny:
                subscription.Deny(Status);
                break;
            case SubscriptionDeed.Notify:
                subscription.Notify();
                break;
            case SubscriptionDeed.Terminate:
                subscription.Terminate("noresource");
                break;
            case SubscriptionDeed.Refresh:
                subscription.Refresh(Seconds);
                break;
            default:
                subscription.TakeBack();
                break;
        }
    }
}
