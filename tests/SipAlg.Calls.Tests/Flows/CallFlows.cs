using SipAlg.Calls.Tests.Races;
using SipAlg.Testing.Agents;
using static SipAlg.Testing.Agents.UserDeed;

namespace SipAlg.Calls.Tests.Flows;

/// <summary>The kinds of calls that are drawn.</summary>
internal static class CallFlows
{
    public static CallFlow[] All { get; } =
    [
        new BasicFlow(), new ImpatientFlow(), new BusyFlow(), new SilentFlow(), new EarlyMediaFlow(), new ForkFlow(), new ReliableFlow(), new ReliableForkFlow(),
        new OneSidedReliableFlow(), new DemandingFlow(), new EarlyUpdateFlow(), new PrackOfferFlow(), new DelayedOfferFlow(), new DelayedReliableFlow(), new HoldFlow(),
        new VideoFlow(), new RefusingFlow(), new BareFlow(), new UpdateFlow(), new OtherMethodFlow(), new NextTargetFlow(), new RingFlow(),
        new ReliableRingFlow(), new DelayedRingFlow(), new EchoFlow(),
        new TransferFlow(), new ReferringFlow(), new PassedTransferFlow(), new TimerFlow(true), new TimerFlow(false), new OwnTimerFlow(true), new OwnTimerFlow(false), new LongTimerFlow(),
        new SubscriptionFlow(3600), new SubscriptionFlow(20), new LateNotifyFlow(), new RefusedSubscriptionFlow(), new NextNotifierFlow(),
    ];
}

internal sealed class BasicFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Answer, Answer), .. OfBoth(HangUp)];
}

/// <summary>Callers that give up, by CANCEL or by BYE.</summary>
internal sealed class ImpatientFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Answer), .. OfCaller(Cancel, HangUp)];
}

/// <summary>Callees that refuse, in many ways.</summary>
internal sealed class BusyFlow : CallFlow
{
    private static readonly int[] Statuses = [302, 401, 404, 407, 408, 480, 481, 486, 488, 500, 503, 600, 603];

    public override IUserAct[] Acts { get; } =
        [.. OfCallee(Ring), .. OfCaller(Cancel), .. Statuses.Select(status => new UserAct(UserSide.Callee, Refuse) { Status = status })];
}

/// <summary>Nobody picks up.</summary>
internal sealed class SilentFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = OfCallee(Ring, Progress);
}

internal sealed class EarlyMediaFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { OffersVideo = true };
    public override AgentHabits Callee { get; } = new() { TakesVideo = false };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Progress, Progress, Answer, Refuse), .. OfCaller(Cancel, HangUp)];
}

/// <summary>A next hop that forks.</summary>
internal sealed class ForkFlow : CallFlow
{
    public override AgentHabits Callee { get; } = new() { Forks = 3 };
    public override IUserAct[] Acts { get; } =
        [.. OfForks(3, Ring, Progress, Answer), .. OfCallee(Refuse), .. OfCaller(Cancel, HangUp), new UserAct(UserSide.Caller, HangUp, 1), new UserAct(UserSide.Caller, HangUp, 2)];
}

internal sealed class ReliableFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported };
    public override IUserAct[] Acts { get; } = [.. OfCallee(RingReliably, ProgressReliably, RingReliably, Ring, Answer, Refuse), .. OfCaller(Cancel), .. OfBoth(HangUp)];
}

internal sealed class ReliableForkFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported };
    public override AgentHabits Callee { get; } = new() { Forks = 2 };
    public override IUserAct[] Acts { get; } =
        [.. OfForks(2, RingReliably, ProgressReliably, Ring, Update, Answer), new UserAct(UserSide.Caller, Update), new UserAct(UserSide.Caller, Update, 1), .. OfCaller(Cancel, HangUp)];
}

/// <summary>Only the callee knows reliable responses: the gateway acknowledges them.</summary>
internal sealed class OneSidedReliableFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(RingReliably, ProgressReliably, RingReliably, Ring, Update, Answer), .. OfCaller(Cancel), .. OfBoth(HangUp)];
}

/// <summary>The caller demands reliable responses, and the callee may not know them: the gateway makes them so.</summary>
internal sealed class DemandingFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Required };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Progress, Ring, ProgressReliably, Answer, Refuse), .. OfCaller(Cancel, Update), .. OfBoth(HangUp)];
}

internal sealed class EarlyUpdateFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported };
    public override IUserAct[] Acts { get; } = [.. OfCallee(ProgressReliably, ProgressReliably, Answer, Answer), .. OfBoth(Update, UpdateVideo, HangUp), .. OfCaller(Cancel)];
}

internal sealed class PrackOfferFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported, OffersInPrack = true };
    public override IUserAct[] Acts { get; } = [.. OfCallee(ProgressReliably, ProgressReliably, RingReliably, Answer), .. OfBoth(Update, HangUp), .. OfCaller(Cancel)];
}

/// <summary>The callee offers, in its 2xx.</summary>
internal sealed class DelayedOfferFlow : CallFlow
{
    public override bool HasOffer => false;
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Answer, Answer, Hold), .. OfCaller(Cancel, Hold, AcceptReinvite), .. OfCallee(AcceptReinvite), .. OfBoth(HangUp)];
}

/// <summary>The callee offers, in a reliable provisional response.</summary>
internal sealed class DelayedReliableFlow : CallFlow
{
    public override bool HasOffer => false;
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported };
    public override IUserAct[] Acts { get; } = [.. OfCallee(ProgressReliably, RingReliably, Answer, Refuse), .. OfBoth(Update, HangUp), .. OfCaller(Cancel)];
}

internal sealed class HoldFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(Answer, Answer, Answer), .. OfBoth(Hold, Resume, Hold, AcceptReinvite, AcceptReinvite, AcceptReinvite, CancelReinvite, HangUp)];
}

/// <summary>Streams are added and removed.</summary>
internal sealed class VideoFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { TakesVideo = false };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Answer, Answer, Answer), .. OfBoth(AddVideo, DropVideo, AddVideo, AcceptReinvite, AcceptReinvite, RefuseReinvite, HangUp)];
}

/// <summary>New offers are refused, or taken back.</summary>
internal sealed class RefusingFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(Answer, Answer, Answer), .. OfBoth(AddVideo, Hold, RefuseReinvite, RefuseReinvite, AcceptReinvite, CancelReinvite, HangUp)];
}

/// <summary>Re-INVITEs without an offer.</summary>
internal sealed class BareFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(Answer, Answer, Answer), .. OfBoth(ReinviteBare, ReinviteBare, AcceptReinvite, AcceptReinvite, RefuseReinvite, Update, HangUp)];
}

internal sealed class UpdateFlow : CallFlow
{
    public override AgentHabits Callee { get; } = new() { TakesVideo = false };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Answer, Answer, Answer), .. OfBoth(Update, Update, UpdateVideo, Hold, AcceptReinvite, Inform, HangUp)];
}

internal sealed class OtherMethodFlow : CallFlow
{
    public override IUserAct[] Acts { get; } = [.. OfCallee(Answer, Answer, Answer), .. OfBoth(Inform, Inform, Frobnicate, Hold, AcceptReinvite, HangUp)];
}

/// <summary>Two targets, one after the other.</summary>
internal sealed class NextTargetFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported };
    public override string Called => RaceScenes.OneByOne;
    public override IUserAct[] Acts { get; } =
    [
        .. new[] { Ring, Progress, ProgressReliably, Answer }.Select(deed => new UserAct(UserSide.AnyCallee, deed)), .. OfCaller(Cancel, HangUp), new UserAct(UserSide.Caller, HangUp, 1),
        new UserAct(UserSide.AnyCallee, Refuse) { Status = 503 }, new UserAct(UserSide.AnyCallee, Refuse) { Status = 486 },
    ];
}

/// <summary>Two targets that ring together.</summary>
internal sealed class RingFlow : CallFlow
{
    public override string Called => RaceScenes.Both;
    public override IUserAct[] Acts { get; } =
        [.. OfCallee(Ring, Progress, Answer, Refuse), .. OfOther(Ring, Progress, Answer, Refuse), .. OfCaller(Cancel, HangUp), new UserAct(UserSide.Caller, HangUp, 1), .. OfCallee(HangUp)];
}

/// <summary>Two targets that ring together and are reliable, for a caller that is too.</summary>
internal sealed class ReliableRingFlow : CallFlow
{
    public override string Called => RaceScenes.Both;
    public override AgentHabits Caller { get; } = new() { Reliability = Reliability.Supported };
    public override IUserAct[] Acts { get; } =
        [.. OfCallee(RingReliably, ProgressReliably, Answer), .. OfOther(RingReliably, ProgressReliably, Update, Answer), .. OfCaller(Cancel, Update), new UserAct(UserSide.Caller, Update, 1), .. OfBoth(Hold, AcceptReinvite, HangUp)];
}

/// <summary>Two targets that ring together for a call without an offer, one of which may be redirected or be nowhere.</summary>
internal sealed class DelayedRingFlow : CallFlow
{
    public override string Called => RaceScenes.Both;
    public override bool HasOffer => false;
    public override IUserAct[] Acts { get; } =
    [
        .. OfCallee(Ring, Answer), .. OfOther(Ring, Answer), .. OfCaller(Cancel, HangUp),
        .. new[] { 302, 480, 503, 603 }.Select(status => new UserAct(UserSide.SecondCallee, Refuse) { Status = status }),
    ];
}

/// <summary>The gateway answers by itself.</summary>
internal sealed class EchoFlow : CallFlow
{
    public override string Called => "echo";
    public override IUserAct[] Acts { get; } = OfCaller(Cancel, Hold, Resume, AddVideo, HangUp, HangUp);
}

/// <summary>The caller sends the callee to somebody else, or the callee the caller; the gateway carries it out.</summary>
internal sealed class TransferFlow : CallFlow
{
    public override IUserAct[] Acts { get; } =
        [.. OfCallee(Answer, Answer, AcceptReinvite, Hold), .. OfCaller(Refer, Refer, AcceptReinvite), .. OfOther(Ring, Answer, Refuse, HangUp, AcceptReinvite), .. OfBoth(HangUp)];
}

/// <summary>Both transfer, among holds; who is sent may refuse.</summary>
internal sealed class ReferringFlow : CallFlow
{
    public override IUserAct[] Acts { get; } =
        [.. OfCallee(Answer, Answer), .. OfBoth(Refer, Hold, Resume, AcceptReinvite, AcceptReinvite, RefuseReinvite, Inform), .. OfOther(Progress, Answer, Answer, Hold, AcceptReinvite), .. OfCaller(HangUp)];
}

/// <summary>Who is sent calls by itself.</summary>
internal sealed class PassedTransferFlow : CallFlow
{
    public override AgentHabits Caller { get; } = new() { TakesRefer = true };
    public override AgentHabits Callee { get; } = new() { TakesRefer = true };
    public override IUserAct[] Acts { get; } =
        [.. OfCallee(Answer, Answer, Refer), .. OfCaller(Refer, Refer), .. OfOther(Ring, Answer, Answer, Refuse, HangUp), .. OfBoth(Hold, AcceptReinvite, Inform, HangUp)];
}

/// <summary>Sessions that the sides ask to be refreshed.</summary>
internal sealed class TimerFlow(bool byUpdate) : CallFlow
{
    public override int Lasting => 240_000;
    public override AgentHabits Caller { get; } = new() { Timer = new AgentTimer(90, "uac", byUpdate) };
    public override AgentHabits Callee { get; } = new() { Timer = new AgentTimer(0, "uas", !byUpdate) };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Answer, Answer), .. OfBoth(Hold, Resume, Update, AcceptReinvite, AcceptReinvite, Inform), .. OfCaller(HangUp)];
}

/// <summary>Sessions that the gateway refreshes.</summary>
internal sealed class OwnTimerFlow(bool byUpdate) : CallFlow
{
    public override int Lasting => 240_000;
    public override AgentHabits Caller { get; } = new() { Timer = new AgentTimer(100, "uas", byUpdate) };
    public override AgentHabits Callee { get; } = new() { Timer = new AgentTimer(0, "uac", !byUpdate) };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Answer, Answer), .. OfBoth(Hold, Resume, ReinviteBare, AddVideo, AcceptReinvite, AcceptReinvite), .. OfCallee(HangUp)];
}

/// <summary>The callee takes no session as short as the caller's.</summary>
internal sealed class LongTimerFlow : CallFlow
{
    public override int Lasting => 240_000;
    public override AgentHabits Caller { get; } = new() { Timer = new AgentTimer(90) };
    public override AgentHabits Callee { get; } = new() { Timer = new AgentTimer(0, "uac", false) { Least = 120 } };
    public override IUserAct[] Acts { get; } = [.. OfCallee(Ring, Answer, Answer, Refuse), .. OfCaller(Cancel), .. OfBoth(Hold, Resume, AcceptReinvite), .. OfCallee(HangUp)];
}
