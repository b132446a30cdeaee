using static SipAlg.Protocol.Transactions.TransactionActions;

namespace SipAlg.Protocol.Transactions;

public enum InviteServerState : byte
{
    Initial,
    Proceeding,
    Completed,
    Confirmed,
    Accepted,
    Terminated,
}

public enum ServerEvent : byte
{
    /// <summary>The request, or its retransmission.</summary>
    Request,

    /// <summary>The user's 1xx.</summary>
    Provisional,

    /// <summary>The user's 2xx.</summary>
    Success,

    /// <summary>The user's 3xx to 6xx.</summary>
    Failure,

    /// <summary>An ACK under the branch of the INVITE: that of a failure, or an RFC 2543 one.</summary>
    Ack,

    /// <summary>Timer G.</summary>
    RetransmitDue,

    /// <summary>Timer H.</summary>
    TimeoutDue,

    /// <summary>Timers I, J, L.</summary>
    LingerDue,

    TransportFailed,
}

/// <summary>
/// The INVITE server transaction: RFC 3261 §17.2.1, figure 7, with the Accepted state of RFC 6026 §7.1. The 2xx is
/// retransmitted by its user (RFC 3261 §13.3.1.4), who alone sees its ACK.
/// </summary>
public static class InviteServer
{
    public static TransactionStep<InviteServerState> Next(InviteServerState state, ServerEvent input, bool isReliable) => (state, input) switch
    {
        (InviteServerState.Initial, ServerEvent.Request) => new(InviteServerState.Proceeding, Deliver),

        (InviteServerState.Proceeding, ServerEvent.Request) => new(state, Resend),
        (InviteServerState.Proceeding, ServerEvent.Provisional) => new(state, Send | Keep),
        (InviteServerState.Proceeding, ServerEvent.Success) => new(InviteServerState.Accepted, Send | Drop | StartLinger),
        (InviteServerState.Proceeding, ServerEvent.Failure) => new(InviteServerState.Completed,
            Send | Keep | StartTimeout | (isReliable ? None : StartRetransmit)),
        (InviteServerState.Proceeding, ServerEvent.TransportFailed) => new(state, ReportFailure),

        (InviteServerState.Completed, ServerEvent.Request) => new(state, Resend),
        (InviteServerState.Completed, ServerEvent.RetransmitDue) => new(state, Resend | BackOff),
        (InviteServerState.Completed, ServerEvent.TimeoutDue) => new(InviteServerState.Terminated, Drop | ReportTimeout | End),
        (InviteServerState.Completed, ServerEvent.Ack) => isReliable
            ? new(InviteServerState.Terminated, Drop | End)
            : new(InviteServerState.Confirmed, StopRetransmit | StopTimeout | StartLinger | Drop),

        (InviteServerState.Confirmed, ServerEvent.LingerDue) => new(InviteServerState.Terminated, End),

        (InviteServerState.Accepted, ServerEvent.Success) => new(state, Send),

        // RFC 6026 §7.1: the ACK of a 2xx that was sent under the INVITE's branch, as RFC 2543 knew no other.
        (InviteServerState.Accepted, ServerEvent.Ack) => new(state, Deliver),
        (InviteServerState.Accepted, ServerEvent.TransportFailed) => new(state, ReportFailure),
        (InviteServerState.Accepted, ServerEvent.LingerDue) => new(InviteServerState.Terminated, End),

        _ => new(state, None),
    };
}
