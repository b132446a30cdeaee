using SipAlg.Testing.Agents;
using static SipAlg.Testing.Agents.SubscriptionDeed;
using static SipAlg.Testing.Agents.UserDeed;

namespace SipAlg.Calls.Tests.Races;

/// <summary>The races that are searched, each with how far.</summary>
internal static class RaceScenarios
{
    private static readonly AgentHabits Reliable = new() { Reliability = Reliability.Supported };
    private static readonly AgentHabits Forking = new() { Forks = 2 };

    /// <summary>For scenarios whose steps bring about many messages.</summary>
    private static readonly RaceLimits[] Shallow = [new(7, 0, 0, 0), new(3, 1, 1, 1)];

    public static RaceScenario[] All { get; } =
    [
        // ---- INVITE and CANCEL
        Of("set-up", RaceStart.Calling, [Caller(Cancel), Callee(Ring), Callee(Answer), Callee(Refuse)]),
        Of("cancel while it rings", RaceStart.Ringing, [Caller(Cancel), Callee(Answer), Callee(Refuse), Callee(HangUp)]),
        Of("bye on an early dialog", RaceStart.Ringing, [Caller(HangUp), Callee(Answer), Callee(Refuse)]),
        Of("offer in the answer", RaceStart.Calling, [Caller(Cancel), Callee(Ring), Callee(Answer), Caller(HangUp)]) with { HasOffer = false },

        // ---- forks
        Of("forks cancelled", RaceStart.Ringing, [Caller(Cancel), Callee(Answer), Callee(Answer, 1)]) with { Callee = Forking },
        Of("forks answer", RaceStart.Calling, [Callee(Ring), Callee(Answer), Callee(Answer, 1), Caller(HangUp)]) with { Callee = Forking },
        Of("bye on one of two early dialogs", RaceStart.Ringing, [Caller(HangUp), Caller(HangUp, 1), Callee(Answer), Callee(Answer, 1)]) with { Callee = Forking },
        Of("forks with early media", RaceStart.Calling, [Callee(Progress), Callee(Progress, 1), Callee(Answer), Callee(Answer, 1)]) with { Callee = Forking },

        // ---- two that ring together, and one after the other
        Of("two ring", RaceStart.Calling, [Callee(Ring), Callee(Answer), Other(Answer), Caller(Cancel)]) with { Called = RaceScenes.Both },
        Of("two that ring answer", RaceStart.Ringing, [Callee(Answer), Other(Answer), Caller(Cancel)]) with { Called = RaceScenes.Both },
        Of("two that ring refuse", RaceStart.Ringing, [Callee(Refuse), Other(Refuse), Other(Answer), Caller(Cancel)]) with { Called = RaceScenes.Both },
        Of("bye on one of two that ring", RaceStart.Ringing, [Caller(HangUp), Caller(HangUp, 1), Callee(Answer), Other(Answer)]) with { Called = RaceScenes.Both },
        Of("two with reliable early media", RaceStart.Calling, [Callee(ProgressReliably), Other(ProgressReliably), Callee(Answer), Other(Answer)]) with { Called = RaceScenes.Both, Caller = Reliable },
        Of("one after the other", RaceStart.Ringing, [Callee(Refuse), Callee(Answer), Other(Ring), Other(Answer), Caller(Cancel)]) with { Called = RaceScenes.OneByOne },

        // ---- reliable provisional responses
        Of("prack end to end", RaceStart.Calling, [Callee(RingReliably), Callee(ProgressReliably), Callee(Answer), Caller(Cancel)]) with { Caller = Reliable },
        Of("prack on the callee's side only", RaceStart.Calling, [Callee(RingReliably), Callee(ProgressReliably), Callee(Answer), Caller(Cancel)]),
        Of("prack on the caller's side only", RaceStart.Calling, [Callee(RingReliably), Callee(ProgressReliably), Callee(Answer), Caller(Cancel)]) with { Caller = new() { Reliability = Reliability.Required } },
        Of("prack with an offer", RaceStart.Calling, [Callee(ProgressReliably), Callee(Answer), Caller(Cancel), Callee(Update)]) with { Caller = Reliable with { OffersInPrack = true } },
        Of("prack with the answer", RaceStart.Calling, [Callee(ProgressReliably), Callee(Answer), Caller(Cancel), Caller(Update)]) with { Caller = Reliable, HasOffer = false },
        Of("prack of forks", RaceStart.Calling, [Callee(ProgressReliably), Callee(ProgressReliably, 1), Callee(Answer), Callee(Answer, 1)]) with { Caller = Reliable, Callee = Forking },

        // ---- early UPDATE
        Of("early updates cross", RaceStart.Agreed, [Caller(Update), Callee(Update), Callee(Answer), Caller(Cancel)]) with { Caller = Reliable },
        Of("early updates of forks", RaceStart.Agreed, [Caller(Update, 1), Callee(Update), Callee(Answer), Callee(Answer, 1)]) with { Caller = Reliable, Callee = Forking },

        // ---- BYE
        Of("byes cross", RaceStart.Answered, [Caller(HangUp), Callee(HangUp)]),
        Of("bye crosses a re-INVITE", RaceStart.Answered, [Caller(Hold), Callee(AcceptReinvite), Callee(HangUp), Caller(HangUp)]),
        Of("bye crosses the callee's re-INVITE", RaceStart.Answered, [Callee(Hold), Caller(AcceptReinvite), Callee(HangUp), Caller(HangUp)]),
        Of("bye crosses an update", RaceStart.Answered, [Caller(Update), Callee(HangUp), Caller(HangUp), Callee(Inform)]),
        Of("bye and a bare re-INVITE", RaceStart.Answered, [Caller(ReinviteBare), Callee(AcceptReinvite), Callee(HangUp), Caller(HangUp)]),

        // ---- re-INVITE and UPDATE
        Of("re-INVITEs cross", RaceStart.Answered, [Caller(Hold), Callee(Hold), Callee(AcceptReinvite), Caller(AcceptReinvite)]),
        Of("a re-INVITE is refused", RaceStart.Answered, [Caller(AddVideo), Callee(RefuseReinvite), Callee(AcceptReinvite), Caller(Hold)]),
        Of("a re-INVITE is cancelled", RaceStart.Answered, [Caller(AddVideo), Caller(CancelReinvite), Callee(AcceptReinvite), Callee(RefuseReinvite)]),
        Of("bare re-INVITEs cross", RaceStart.Answered, [Caller(ReinviteBare), Callee(Hold), Callee(AcceptReinvite), Caller(AcceptReinvite)]),
        Of("updates cross", RaceStart.Answered, [Caller(Update), Callee(Update), Caller(Inform), Callee(Inform)]),
        Of("update crosses a re-INVITE", RaceStart.Answered, [Caller(Update), Callee(Hold), Caller(AcceptReinvite), Caller(Hold), Callee(AcceptReinvite)]),
        Of("a re-INVITE before the ACK", RaceStart.Ringing, [Callee(Answer), Callee(Hold), Caller(Hold), Caller(AcceptReinvite), Callee(AcceptReinvite)]),

        // ---- transfers that the gateway carries out
        Of("a transfer and a bye", RaceStart.Answered, [Caller(Refer), Callee(HangUp), Other(Answer), Callee(AcceptReinvite)]) with { Limits = Shallow },
        Of("a transfer and the transferor's bye", RaceStart.Answered, [Caller(Refer), Caller(HangUp), Other(Answer), Callee(AcceptReinvite)]) with { Limits = Shallow },
        Of("a transfer and a re-INVITE", RaceStart.Answered, [Caller(Refer), Callee(Hold), Caller(AcceptReinvite), Other(Answer)]) with { Limits = Shallow },
        Of("a transfer is refused", RaceStart.Answered, [Caller(Refer), Other(Refuse), Other(Answer), Callee(RefuseReinvite)]) with { Limits = Shallow },
        Of("the callee transfers", RaceStart.Answered, [Callee(Refer), Other(Answer), Caller(AcceptReinvite), Other(HangUp)]) with { Limits = Shallow },
        Of("both transfer", RaceStart.Answered, [Caller(Refer), Callee(Refer), Other(Answer), Other(Refuse)]) with { Limits = Shallow },

        // ---- transfers that are passed
        Of("a transfer that is passed", RaceStart.Answered, [Caller(Refer), Other(Answer), Callee(HangUp)]) with { Callee = new() { TakesRefer = true }, Limits = Shallow },
        Of("a transfer that is passed and a re-INVITE", RaceStart.Answered, [Caller(Refer), Callee(Hold), Caller(AcceptReinvite), Caller(HangUp)]) with { Callee = new() { TakesRefer = true }, Limits = Shallow },

        // ---- subscriptions
        Subscribed("a subscription begins", RaceStart.Calling, [Notifier(Grant), Notifier(Deny), Notifier(Notify), Subscriber(TakeBack)]) with { Limits = Shallow },
        Subscribed("a subscription begins with its notify", RaceStart.Calling, [Notifier(GrantLate), Notifier(Notify), Subscriber(Refresh), Subscriber(TakeBack)]) with { Limits = Shallow },
        Subscribed("notify crosses the end", RaceStart.Answered, [Notifier(Notify), Notifier(Terminate), Subscriber(TakeBack), Subscriber(Refresh)]) with { Limits = Shallow },
        Subscribed("notifies and refreshes", RaceStart.Answered, [Notifier(Notify), new SubscriptionAct(UserSide.Callee, Notify, 2), Subscriber(Refresh), new SubscriptionAct(UserSide.Caller, Refresh, 2)]) with { Limits = Shallow },

        // ---- session timers
        Refreshed("the gateway refreshes by update", Gateways(byUpdate: true), [Caller(Hold), Callee(AcceptReinvite), Callee(HangUp)]) with { Limits = Shallow },
        Refreshed("the gateway refreshes by re-INVITE", Gateways(byUpdate: false), [Caller(Hold), Callee(AcceptReinvite), Caller(AcceptReinvite), Callee(HangUp)]) with { Limits = Shallow },
        Refreshed("the sides refresh by update", Theirs(byUpdate: true), [Caller(Hold), Callee(AcceptReinvite), Callee(Update), Callee(HangUp)]) with { Limits = Shallow },
        Refreshed("the sides refresh by re-INVITE", Theirs(byUpdate: false), [Caller(AcceptReinvite), Callee(AcceptReinvite), Caller(Hold), Callee(HangUp)]) with { Limits = Shallow },
    ];

    private static RaceScenario Subscribed(string name, RaceStart start, IUserAct[] acts) => Of(name, start, acts) with { Subscribes = 3600, Horizon = 150_000 };

    private static SubscriptionAct Notifier(SubscriptionDeed deed) => new(UserSide.Callee, deed);

    private static SubscriptionAct Subscriber(SubscriptionDeed deed) => new(UserSide.Caller, deed);

    private static RaceScenario Refreshed(string name, (AgentTimer Caller, AgentTimer Callee) timers, IUserAct[] acts) => Of(name, RaceStart.Refreshing, acts) with
    {
        Scene = RaceScenes.Timed, Horizon = 150_000, Caller = new() { Timer = timers.Caller }, Callee = new() { Timer = timers.Callee },
    };

    private static (AgentTimer Caller, AgentTimer Callee) Gateways(bool byUpdate) => (new(90, "uas", byUpdate), new(0, "uac", byUpdate));

    private static (AgentTimer Caller, AgentTimer Callee) Theirs(bool byUpdate) => (new(90, "uac", byUpdate), new(0, "uas", byUpdate));

    private static RaceScenario Of(string name, RaceStart start, IUserAct[] acts) =>
        new(name, start, acts);

    private static UserAct Caller(UserDeed deed, int dialog = 0) => new(UserSide.Caller, deed, dialog);

    private static UserAct Callee(UserDeed deed, int dialog = 0) => new(UserSide.Callee, deed, dialog);

    private static UserAct Other(UserDeed deed, int dialog = 0) => new(UserSide.SecondCallee, deed, dialog);
}
