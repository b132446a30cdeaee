using static SipAlg.Protocol.Transactions.TransactionActions;

namespace SipAlg.Protocol.Transactions;

public enum NonInviteClientState : byte
{
    Initial,
    Trying,
    Proceeding,
    Completed,
    Terminated,
}

/// <summary>The non-INVITE client transaction: RFC 3261 §17.1.2, figure 6.</summary>
public static class NonInviteClient
{
    public static TransactionStep<NonInviteClientState> Next(NonInviteClientState state, ClientEvent input, bool isReliable) => (state, input) switch
    {
        (NonInviteClientState.Initial, ClientEvent.Request) => new(NonInviteClientState.Trying,
            Send | Keep | StartTimeout | (isReliable ? None : StartRetransmit)),

        (NonInviteClientState.Trying, ClientEvent.RetransmitDue) => new(state, Resend | BackOff),
        (NonInviteClientState.Proceeding, ClientEvent.RetransmitDue) => new(state, Resend | RetransmitSlowly),
        (NonInviteClientState.Trying or NonInviteClientState.Proceeding, ClientEvent.TimeoutDue) => new(NonInviteClientState.Terminated,
            Drop | ReportTimeout | End),
        (NonInviteClientState.Trying or NonInviteClientState.Proceeding, ClientEvent.TransportFailed) => new(NonInviteClientState.Terminated,
            Drop | ReportFailure | End),

        (NonInviteClientState.Trying or NonInviteClientState.Proceeding, ClientEvent.Provisional) => new(NonInviteClientState.Proceeding, Deliver),
        (NonInviteClientState.Trying or NonInviteClientState.Proceeding, ClientEvent.Success or ClientEvent.Failure) => isReliable
            ? new(NonInviteClientState.Terminated, Drop | Deliver | End)
            : new(NonInviteClientState.Completed, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),

        (NonInviteClientState.Completed, ClientEvent.LingerDue) => new(NonInviteClientState.Terminated, End),

        _ => new(state, None),
    };
}
