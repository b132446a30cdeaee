using static SipAlg.Protocol.Transactions.TransactionActions;

namespace SipAlg.Protocol.Transactions;

public enum InviteClientState : byte
{
    Initial,
    Calling,
    Proceeding,
    Completed,
    Accepted,
    Terminated,
}

public enum ClientEvent : byte
{
    /// <summary>The user's request.</summary>
    Request,

    /// <summary>1xx.</summary>
    Provisional,

    /// <summary>2xx.</summary>
    Success,

    /// <summary>3xx to 6xx.</summary>
    Failure,

    /// <summary>Timers A, E.</summary>
    RetransmitDue,

    /// <summary>Timers B, F.</summary>
    TimeoutDue,

    /// <summary>Timers D, K, M.</summary>
    LingerDue,

    TransportFailed,
}

/// <summary>The INVITE client transaction: RFC 3261 §17.1.1, figure 5, with the Accepted state of RFC 6026 §7.2.</summary>
public static class InviteClient
{
    public static TransactionStep<InviteClientState> Next(InviteClientState state, ClientEvent input, bool isReliable) => (state, input) switch
    {
        (InviteClientState.Initial, ClientEvent.Request) => new(InviteClientState.Calling,
            Send | Keep | StartTimeout | (isReliable ? None : StartRetransmit)),

        (InviteClientState.Calling, ClientEvent.RetransmitDue) => new(state, Resend | BackOff),
        // Timer B; in Proceeding the 64·T1 that a cancelled INVITE is still waited for (RFC 3261 §9.1).
        (InviteClientState.Calling or InviteClientState.Proceeding, ClientEvent.TimeoutDue) => new(InviteClientState.Terminated, Drop | ReportTimeout | End),
        (InviteClientState.Calling, ClientEvent.Provisional) => new(InviteClientState.Proceeding, StopRetransmit | StopTimeout | Deliver),

        // Leaves the deadline of a cancelled INVITE alone, which a far side that goes on ringing would put off for ever.
        (InviteClientState.Proceeding, ClientEvent.Provisional) => new(state, Deliver),

        (InviteClientState.Calling or InviteClientState.Proceeding, ClientEvent.Success) => new(InviteClientState.Accepted,
            StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        (InviteClientState.Calling or InviteClientState.Proceeding, ClientEvent.Failure) => isReliable
            ? new(InviteClientState.Terminated, Acknowledge | Drop | Deliver | End)
            : new(InviteClientState.Completed, Acknowledge | StopRetransmit | StopTimeout | StartLinger | Deliver),

        (InviteClientState.Calling or InviteClientState.Proceeding, ClientEvent.TransportFailed) => new(InviteClientState.Terminated,
            Drop | ReportFailure | End),

        (InviteClientState.Completed, ClientEvent.Failure) => new(state, Resend),

        // The final answer has reached the user: an ACK that cannot be sent changes nothing for the call.
        (InviteClientState.Completed, ClientEvent.LingerDue or ClientEvent.TransportFailed) => new(InviteClientState.Terminated, Drop | End),

        // Every 2xx goes to the user, also those of other branches of a fork, for each wants its own ACK.
        (InviteClientState.Accepted, ClientEvent.Success) => new(state, Deliver),
        (InviteClientState.Accepted, ClientEvent.LingerDue) => new(InviteClientState.Terminated, End),

        _ => new(state, None),
    };
}
