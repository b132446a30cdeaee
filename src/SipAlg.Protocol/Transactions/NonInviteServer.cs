using static SipAlg.Protocol.Transactions.TransactionActions;

namespace SipAlg.Protocol.Transactions;

public enum NonInviteServerState : byte
{
    Initial,
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

/// <summary>The non-INVITE server transaction: RFC 3261 §17.2.2, figure 8.</summary>
public static class NonInviteServer
{
    public static TransactionStep<NonInviteServerState> Next(NonInviteServerState state, ServerEvent input, bool isReliable) => (state, input) switch
    {
        (NonInviteServerState.Initial, ServerEvent.Request) => new(NonInviteServerState.Trying, Deliver),

        (NonInviteServerState.Trying or NonInviteServerState.Proceeding, ServerEvent.Provisional) => new(NonInviteServerState.Proceeding, Send | Keep),
        (NonInviteServerState.Trying or NonInviteServerState.Proceeding, ServerEvent.Success or ServerEvent.Failure) => isReliable
            ? new(NonInviteServerState.Terminated, Send | Drop | End)
            : new(NonInviteServerState.Completed, Send | Keep | StartLinger),

        (NonInviteServerState.Proceeding or NonInviteServerState.Completed, ServerEvent.Request) => new(state, Resend),
        (NonInviteServerState.Proceeding, ServerEvent.TransportFailed) => new(NonInviteServerState.Terminated, Drop | ReportFailure | End),
        (NonInviteServerState.Completed, ServerEvent.LingerDue or ServerEvent.TransportFailed) => new(NonInviteServerState.Terminated, Drop | End),

        _ => new(state, None),
    };
}
