using SipAlg.Calls.Tests.Races;
using SipAlg.Testing.Agents;
using static SipAlg.Testing.Agents.SubscriptionDeed;

namespace SipAlg.Calls.Tests.Flows;

/// <summary>Alice subscribes.</summary>
/// <param name="seconds">For so long.</param>
internal class SubscriptionFlow(int seconds) : CallFlow
{
    public override int Lasting => 60_000;
    public override IUserAct[] Acts =>
        [.. Notifier(UserSide.Callee, 1, Grant), .. Notifier(UserSide.Callee, 4, Notify, Notify), .. Subscriber(2, seconds, Refresh), .. Notifier(UserSide.Callee, 1, Terminate), .. Subscriber(1, seconds, TakeBack)];

    public override void Begin(AgentScene scene, string name) => scene.Alice.Subscribe(Called ?? "bob", name, seconds);

    protected static IUserAct[] Notifier(UserSide side, int times, params SubscriptionDeed[] deeds) => [.. deeds.Select(deed => new SubscriptionAct(side, deed, times))];

    protected static IUserAct[] Subscriber(int times, int seconds, params SubscriptionDeed[] deeds) => [.. deeds.Select(deed => new SubscriptionAct(UserSide.Caller, deed, times) { Seconds = seconds })];
}

/// <summary>The NOTIFY goes out before the 2xx.</summary>
internal sealed class LateNotifyFlow() : SubscriptionFlow(90)
{
    public override IUserAct[] Acts { get; } = [.. Notifier(UserSide.Callee, 1, GrantLate, GrantLate), .. Notifier(UserSide.Callee, 4, Notify), .. Subscriber(2, 30, Refresh), .. Subscriber(1, 0, TakeBack)];
}

internal sealed class RefusedSubscriptionFlow() : SubscriptionFlow(600)
{
    public override IUserAct[] Acts { get; } =
        [.. new[] { 403, 489, 503, 302 }.Select(status => new SubscriptionAct(UserSide.Callee, Deny) { Status = status }), .. Notifier(UserSide.Callee, 1, Grant, Terminate)];
}

/// <summary>Two targets, one after the other.</summary>
internal sealed class NextNotifierFlow() : SubscriptionFlow(600)
{
    public override string Called => RaceScenes.OneByOne;
    public override IUserAct[] Acts { get; } =
    [
        new SubscriptionAct(UserSide.Callee, Deny) { Status = 503 }, .. Notifier(UserSide.Callee, 1, Grant, GrantLate), .. Notifier(UserSide.Callee, 2, Notify),
        .. Notifier(UserSide.SecondCallee, 1, Grant, GrantLate, Terminate), .. Notifier(UserSide.SecondCallee, 3, Notify), .. Subscriber(1, 600, Refresh, TakeBack),
    ];
}
