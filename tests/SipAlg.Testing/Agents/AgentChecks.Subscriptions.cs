namespace SipAlg.Testing.Agents;

/// <content>Subscriptions.</content>
public static partial class AgentChecks
{
    private static List<AgentSubscription> Subscriptions(AgentScene scene) => [.. scene.Agents.SelectMany(static agent => agent.Subscriptions)];

    /// <summary>Each stands at both ends or at neither. Where it stands, what was told last has been heard, and the gateway has it.</summary>
    private static void AgreeOnSubscriptions(AgentScene scene)
    {
        var all = Subscriptions(scene);
        var standing = 0;
        foreach (var subscriber in all.Where(static subscription => subscription.IsSubscriber))
        {
            var notifiers = all.FindAll(other => !other.IsSubscriber && other.Flow == subscriber.Flow && other.State == AgentSubscriptionState.Active);
            var isActive = subscriber.State == AgentSubscriptionState.Active;
            Demand(isActive || subscriber.State == AgentSubscriptionState.Over, $"{subscriber.Flow}: waits for ever: {subscriber}");
            Demand(notifiers.Count == (isActive ? 1 : 0), $"{subscriber.Flow}: {notifiers.Count} notifiers stand with {subscriber}: {string.Join(" | ", notifiers)}");
            if (isActive)
            {
                standing++;
                Demand(notifiers[0].Version == subscriber.Version, $"{subscriber.Flow}: the last NOTIFY was not heard: {subscriber} | {notifiers[0]}");
            }
        }

        Demand(scene.Calls.Calls.Counters.Subscriptions == standing, $"{standing} subscriptions stand, and the gateway has {scene.Calls.Calls.Counters.Subscriptions}");
    }
}
