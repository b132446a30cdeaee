namespace SipAlg.Testing.Agents;

/// <summary>A call as one agent has it: the INVITE that opened it, and the dialogs that came of that.</summary>
public sealed partial class AgentCall
{
    internal AgentCall(SipAgent agent, string flow, bool isCaller, string callId)
    {
        (Agent, Flow, IsCaller, CallId) = (agent, flow, isCaller, callId);
        Habits = agent.HabitsIn(flow);
    }

    public SipAgent Agent { get; }
    public AgentHabits Habits { get; }

    /// <summary>The name that both agents know the call by.</summary>
    public string Flow { get; }
    public bool IsCaller { get; }
    public string CallId { get; }

    /// <summary>Of a caller: those that it knows; the first has no tag before an answer came. Of a callee: one for each of its forks.</summary>
    public List<AgentDialog> Dialogs { get; } = [];

    /// <summary>The final answer to the INVITE, as it was received or sent; 408: none came; 0: none yet.</summary>
    public int Final { get; private set; }

    /// <summary>Told of the final answer to the INVITE.</summary>
    internal Action<int> Answered { get; set; } = static _ => { };

    /// <summary>A caller wanted to cancel; a callee was cancelled.</summary>
    public bool IsCancelled { get; private set; }

    public AgentDialog? Confirmed => Dialogs.Find(static dialog => dialog.State == AgentDialogState.Confirmed);

    /// <summary>The caller gave it up before it was answered, by CANCEL or by BYE.</summary>
    public bool IsGivenUp => IsCancelled || Dialogs.Exists(static dialog => dialog is { IsAnswered: false, EndedBy: AgentEnd.OwnBye });

    /// <summary>Nothing more will come of it.</summary>
    public bool IsOver => Final != 0 && Dialogs.TrueForAll(static dialog => dialog.State is AgentDialogState.Ended or AgentDialogState.Lost);

    private void End(AgentDialogState state, AgentDialog? but = null)
    {
        foreach (var dialog in Dialogs)
        {
            if (dialog != but && dialog.State == AgentDialogState.Early)
            {
                dialog.EndEarly(state);
            }
        }
    }
}
