using SipAlg.Calls.Calls;
using SipAlg.Testing.Calls;

namespace SipAlg.Testing.Agents;

/// <summary>What must hold once everything has come to rest: agents and gateway agree, and what has ended has left nothing.</summary>
public static class AgentChecks
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
            var confirmed = callees.SelectMany(static callee => callee.Dialogs).Where(static dialog => dialog.State == AgentDialogState.Confirmed).ToArray();
            var mine = caller.Confirmed;
            var hasCallee = callees.Count > 0 || mine is null;
            Demand(confirmed.Length == (mine is null || !hasCallee ? 0 : 1), $"{caller.Flow}: {confirmed.Length} callees stand with {mine}: {string.Join(" | ", confirmed.AsEnumerable())}");
            if (mine is null)
            {
                continue;
            }

            standing++;
            streams += hasCallee ? 2 * Shared(mine, confirmed[0]) : 1;
        }

        Demand(scene.Calls.Calls.Count == standing, $"{standing} calls stand, and the gateway has {scene.Calls.Calls.Count}");
        Demand(SpinWait.SpinUntil(() => scene.Calls.PortsInUse == streams, RelayPatience), $"{streams} pairs of ports are needed, and {scene.Calls.PortsInUse} in use");
    }

    /// <summary>Streams of the session, which both hold alike.</summary>
    private static int Shared(AgentDialog caller, AgentDialog callee)
    {
        var (a, b) = (caller.Session, callee.Session);
        Demand(a.State == AgentSessionState.Stable && b.State == AgentSessionState.Stable, $"An exchange is open: {caller} | {callee}");
        Demand(a.Local!.Mark == b.Remote!.Mark && a.Remote!.Mark == b.Local!.Mark, $"They hold different sessions: {caller} | {callee}");
        Demand(a.Local!.Direction == b.Remote!.Direction && a.Remote!.Direction == b.Local!.Direction, $"Directions differ: {caller} | {callee}");
        return a.Local!.Media.Zip(a.Remote!.Media).Count(static pair => pair.First.IsOn && pair.Second.IsOn);
    }

    /// <summary>Hangs up what stands.</summary>
    public static void HangUp(AgentScene scene)
    {
        foreach (var (caller, _) in Flows(scene))
        {
            if (caller.Confirmed is { } dialog)
            {
                Demand(dialog.MayHangUp, $"Not acknowledged: {dialog}");
                dialog.HangUp();
            }
        }
    }

    /// <summary>All calls are over, with one record each that tells what the agents saw.</summary>
    public static void Ended(AgentScene scene)
    {
        scene.Calls.End();
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
            Demand(Explains(record.Cause, caller, callees), told);
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
        CallCause.NoAnswer => callees.TrueForAll(static callee => callee.Final is 0 or >= 300) && !caller.IsCancelled,
        CallCause.DialogLost => callees.Append(caller).SelectMany(static call => call.Dialogs).Any(static dialog => dialog.WasLost),
        _ => false,
    };

    private static bool HasLeft(AgentCall call) => call.Dialogs.Exists(static dialog => dialog.EndedBy is AgentEnd.OwnBye or AgentEnd.Lost or AgentEnd.AckMissing);

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
