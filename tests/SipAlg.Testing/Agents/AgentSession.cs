using SipAlg.Testing.Calls;

namespace SipAlg.Testing.Agents;

public enum AgentSessionState
{
    None,
    LocalOffer,
    RemoteOffer,
    Stable,
}

/// <summary>Offer and answer of one dialog (RFC 3264 §4), as the agent that has it sees them.</summary>
public sealed class AgentSession
{
    private AgentDescription? _offer;

    /// <summary>What is agreed, or is offered for the first time.</summary>
    public AgentDescription? Local { get; private set; }
    public AgentDescription? Remote { get; private set; }
    public AgentSessionState State { get; private set; }

    /// <summary>Another dialog of the same INVITE: the same offer (RFC 3261 §13.2.1).</summary>
    public AgentSession Fork() => (AgentSession)MemberwiseClone();

    public AgentDescription Offer(AgentDescription offer)
    {
        Demand(State is AgentSessionState.None or AgentSessionState.Stable, "An agent offers out of turn");
        (_offer, State) = (offer, AgentSessionState.LocalOffer);
        return offer;
    }

    public void TakeOffer(AgentDescription offer)
    {
        Demand(State is AgentSessionState.None or AgentSessionState.Stable, "An offer that may not be");
        (_offer, State) = (offer, AgentSessionState.RemoteOffer);
    }

    /// <summary>What <see cref="Answer"/> will say, without saying it: SDP in an unreliable 18x.</summary>
    public AgentDescription Preview(string mark, bool takesVideo)
    {
        Demand(State == AgentSessionState.RemoteOffer, "An agent answers out of turn");
        return _offer!.AnsweredBy(mark, takesVideo);
    }

    /// <summary>Answers the offer that was taken; one that is what was agreed already, as a refresh is, with what was agreed.</summary>
    public AgentDescription Answer(string mark, bool takesVideo)
    {
        Demand(State == AgentSessionState.RemoteOffer, "An agent answers out of turn");
        var isRepeated = _offer!.Mark == Remote?.Mark;
        Remote = _offer;
        Local = _offer.AnsweredBy(isRepeated ? Local!.Mark : mark, takesVideo);
        (_offer, State) = (null, AgentSessionState.Stable);
        return Local;
    }

    public void TakeAnswer(AgentDescription answer)
    {
        Demand(State == AgentSessionState.LocalOffer, "An answer to no offer");
        Demand(answer.Media.Length == _offer!.Media.Length, "An answer with other m= lines than the offer");
        (Local, Remote, _offer, State) = (_offer, answer, null, AgentSessionState.Stable);
    }

    /// <summary>The open offer came to nothing: what was agreed before holds (RFC 3261 §14.1).</summary>
    public void Reject()
    {
        if (State is AgentSessionState.LocalOffer or AgentSessionState.RemoteOffer)
        {
            (_offer, State) = (null, Local is null ? AgentSessionState.None : AgentSessionState.Stable);
        }
    }

    private static void Demand(bool holds, string what)
    {
        if (!holds)
        {
            throw new SceneException(what);
        }
    }
}
