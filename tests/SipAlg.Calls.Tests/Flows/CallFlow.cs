using SipAlg.Testing.Agents;

namespace SipAlg.Calls.Tests.Flows;

/// <summary>
/// A kind of call for <see cref="FlowRun"/>: what the agents are set up to do, and what their users draw from. Another kind is another
/// small class, and a line in <see cref="CallFlows"/>.
/// </summary>
internal abstract class CallFlow
{
    public virtual AgentHabits Caller { get; } = new();
    public virtual AgentHabits Callee { get; } = new();

    /// <summary>A number that the scene routes; null for the other agent.</summary>
    public virtual string? Called => null;
    public virtual bool HasOffer => true;

    /// <summary>Milliseconds in which its users are about.</summary>
    public virtual int Lasting => 30_000;

    /// <summary>What users do, each as likely as the others, as far as it is possible at the time.</summary>
    public abstract IUserAct[] Acts { get; }

    public virtual void Begin(AgentScene scene, string name) => scene.Alice.Invite(Called ?? "bob", name, HasOffer);

    protected static UserAct[] OfCaller(params UserDeed[] deeds) => [.. deeds.Select(deed => new UserAct(UserSide.Caller, deed))];

    protected static UserAct[] OfCallee(params UserDeed[] deeds) => [.. deeds.Select(deed => new UserAct(UserSide.Callee, deed))];

    protected static UserAct[] OfOther(params UserDeed[] deeds) => [.. deeds.Select(deed => new UserAct(UserSide.SecondCallee, deed))];

    /// <summary>Of a callee that forks: in each of its dialogs.</summary>
    protected static UserAct[] OfForks(int forks, params UserDeed[] deeds) =>
        [.. Enumerable.Range(0, forks).SelectMany(fork => deeds.Select(deed => new UserAct(UserSide.Callee, deed, fork)))];

    protected static UserAct[] OfBoth(params UserDeed[] deeds) => [.. OfCaller(deeds), .. OfCallee(deeds)];
}
