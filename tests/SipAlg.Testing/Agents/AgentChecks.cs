using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Testing.Agents;

/// <summary>What must hold once everything has come to rest: agents and gateway agree, and what has ended has left nothing.</summary>
public static partial class AgentChecks
{
    private static readonly TimeSpan RelayPatience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Each call stands on both sides or on neither. Where it stands, both hold the same session, and the gateway has ports for its
    /// streams and no others.
    /// </summary>
    public static void Agree(AgentScene scene)
    {
        var (standing, streams) = (0, 0);
        foreach (var (caller, callees) in Flows(scene))
        {
            Demand(caller.IsOver || caller.Confirmed is not null, $"{caller.Flow}: the caller waits for ever");
            Demand(callees.TrueForAll(static callee => callee.IsOver || callee.Confirmed is not null), $"{caller.Flow}: a callee waits for ever");
            var confirmed = Standing(caller, callees);
            var isService = callees.Count == 0 && confirmed.Length == 1;
            Demand(confirmed.Length is 0 or 2 || isService, $"{caller.Flow}: {confirmed.Length} stand: {string.Join(" | ", confirmed.AsEnumerable())}");
            if (confirmed.Length == 0)
            {
                continue;
            }

            standing++;
            streams += isService ? 1 : 2 * Shared(confirmed[0], confirmed[1], IsTransferred(caller, callees));
        }

        AgreeOnSubscriptions(scene);
        Demand(scene.Calls.Calls.Count == standing, $"{standing} calls stand, and the gateway has {scene.Calls.Calls.Count}");
        Demand(SpinWait.SpinUntil(() => scene.Calls.PortsInUse == streams, RelayPatience), $"{streams} pairs of ports are needed, and {scene.Calls.PortsInUse} in use");
    }

    /// <summary>Streams of the session, which both hold alike.</summary>
    /// <param name="caller">One end.</param>
    /// <param name="callee">The other.</param>
    /// <param name="isTransferred">They have come together later: each has answered what it was offered of the other, and those marks differ.</param>
    private static int Shared(AgentDialog caller, AgentDialog callee, bool isTransferred)
    {
        var (a, b) = (caller.Session, callee.Session);
        Demand(a.State == AgentSessionState.Stable && b.State == AgentSessionState.Stable, $"An exchange is open: {caller} | {callee}");
        Demand(isTransferred || (a.Local!.Mark == b.Remote!.Mark && a.Remote!.Mark == b.Local!.Mark), $"They hold different sessions: {caller} | {callee}");
        Demand(a.Local!.Direction == b.Remote!.Direction && a.Remote!.Direction == b.Local!.Direction, $"Directions differ: {caller} | {callee}");
        return a.Local!.Media.Zip(a.Remote!.Media).Count(static pair => pair.First.IsOn && pair.Second.IsOn);
    }

    /// <summary>Hangs up what stands.</summary>
    public static void HangUp(AgentScene scene)
    {
        foreach (var (caller, callees) in Flows(scene))
        {
            if (Standing(caller, callees) is [var dialog, ..])
            {
                Demand(dialog.MayHangUp, $"Not acknowledged: {dialog}");
                dialog.HangUp();
            }
        }

        foreach (var subscriber in Subscriptions(scene).Where(static subscription => subscription.IsSubscriber && subscription.State != AgentSubscriptionState.Over))
        {
            Demand(subscriber.MayRefresh, $"Not at rest: {subscriber}");
            subscriber.TakeBack();
        }
    }

    private static AgentDialog[] Standing(AgentCall caller, List<AgentCall> callees) =>
        [.. callees.Prepend(caller).SelectMany(static call => call.Dialogs).Where(static dialog => dialog.State == AgentDialogState.Confirmed)];

    /// <summary>Somebody has asked for a transfer in it, which the gateway may have carried out.</summary>
    private static bool IsTransferred(AgentCall caller, List<AgentCall> callees) => callees.Prepend(caller).SelectMany(static call => call.Dialogs).Any(static dialog => dialog.HasReferred);

    /// <summary>All calls are over, with one record each that tells what the agents saw.</summary>
    public static void Ended(AgentScene scene)
    {
        scene.Calls.End();
        Demand(Subscriptions(scene).TrueForAll(static subscription => subscription.State == AgentSubscriptionState.Over), "A subscription is not over");
        var records = scene.Calls.Journal.Ended;
        var flows = Flows(scene).ToArray();
        Demand(records.Count == flows.Length, $"{records.Count} records of {flows.Length} calls");
        foreach (var (caller, callees) in flows)
        {
            Demand(caller.IsOver && callees.TrueForAll(static callee => callee.IsOver), $"{caller.Flow} is not over");
            var record = records.Find(candidate => candidate.Caller == $"{caller.Agent.Phone.Name}-{caller.Flow}") ?? throw new SceneException($"{caller.Flow} has no record");
            var told = $"{caller.Flow} is told as {record.Cause} {record.Outcome} {record.Status}; the caller got {caller.Final}, the callees {string.Join(',', callees.Select(static callee => callee.Final))}";
            Demand(record.Status == caller.Final, told);
            Demand(record.Outcome == CallOutcome.Answered == caller.Final is >= 200 and < 300, told);
            Demand(Explains(record.Cause, caller, callees) || (scene.IsUnkind && record.Cause == CallCause.SessionExpired) || (IsTransferred(caller, callees) && ExplainsTransferred(record.Cause, caller, callees)), told);
        }

        Demand(scene.Calls.Journal.Faults.Count == 0, "A lane survived a fault");
    }

    private static bool Explains(CallCause cause, AgentCall caller, List<AgentCall> callees) => cause switch
    {
        CallCause.CallerHungUp => HasLeft(caller),
        CallCause.CalleeHungUp => callees.Exists(HasLeft),
        CallCause.CallerCancelled => caller.IsGivenUp,
        CallCause.CalleeRefused => callees.Exists(static callee => callee.Final >= 300),
        CallCause.RedirectUnroutable => callees.Exists(static callee => callee.Final is >= 300 and < 400),
        CallCause.NoAnswer => caller is { IsCancelled: false, Final: >= 300 },
        CallCause.SessionExpired => caller.Habits.Timer is null || callees.Exists(static callee => callee.Habits.Timer is null),
        CallCause.DialogLost => callees.Append(caller).SelectMany(static call => call.Dialogs).Any(static dialog => dialog.WasLost),
        _ => false,
    };

    /// <summary>With somebody else in the place of one side, that one has left; or nobody has come.</summary>
    private static bool ExplainsTransferred(CallCause cause, AgentCall caller, List<AgentCall> callees) => cause switch
    {
        CallCause.CallerHungUp or CallCause.CalleeHungUp => callees.Prepend(caller).Any(HasLeft),
        CallCause.TransferFailed => true,
        _ => false,
    };

    private static bool HasLeft(AgentCall call) =>
        call.Dialogs.Exists(static dialog => dialog.EndedBy is AgentEnd.OwnBye or AgentEnd.Lost or AgentEnd.AckMissing or AgentEnd.Expired);

    /// <summary>Each caller with its callees.</summary>
    private static IEnumerable<(AgentCall Caller, List<AgentCall> Callees)> Flows(AgentScene scene)
    {
        var calls = scene.Agents.SelectMany(static agent => agent.Calls).ToArray();
        return calls.Where(static call => call.IsCaller).Select(caller => (caller, calls.Where(call => !call.IsCaller && call.Flow == caller.Flow).ToList()));
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
        {
            throw new SceneException(what);
        }
    }
}
