using SipAlg.Protocol.Transactions;
using static SipAlg.Protocol.Transactions.ClientEvent;
using static SipAlg.Protocol.Transactions.TransactionActions;
using Invite = SipAlg.Protocol.Transactions.InviteClientState;
using NonInvite = SipAlg.Protocol.Transactions.NonInviteClientState;

namespace SipAlg.Protocol.Tests.Transactions;

/// <summary>The client machines against RFC 3261 figures 5 and 6, with RFC 6026 §7.2.</summary>
public sealed class ClientMachineTests
{
    /// <summary>
    /// Figure 5. Timer B in Proceeding is the wait of §9.1 for a cancelled INVITE's answer; a failed ACK is not told, since the
    /// user has its final answer by then.
    /// </summary>
    private static readonly Expected<Invite, ClientEvent>[] InviteTable =
    [
        new(Invite.Initial, Request, false, Invite.Calling, Send | Keep | StartRetransmit | StartTimeout),
        new(Invite.Initial, Request, true, Invite.Calling, Send | Keep | StartTimeout),

        new(Invite.Calling, RetransmitDue, null, Invite.Calling, Resend | BackOff),
        new(Invite.Calling, TimeoutDue, null, Invite.Terminated, Drop | ReportTimeout | End),
        new(Invite.Calling, TransportFailed, null, Invite.Terminated, Drop | ReportFailure | End),
        new(Invite.Calling, Provisional, null, Invite.Proceeding, StopRetransmit | StopTimeout | Deliver),
        new(Invite.Calling, Success, null, Invite.Accepted, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        new(Invite.Calling, Failure, false, Invite.Completed, Acknowledge | StopRetransmit | StopTimeout | StartLinger | Deliver),
        new(Invite.Calling, Failure, true, Invite.Terminated, Acknowledge | Drop | Deliver | End),

        new(Invite.Proceeding, Provisional, null, Invite.Proceeding, Deliver),
        new(Invite.Proceeding, TimeoutDue, null, Invite.Terminated, Drop | ReportTimeout | End),
        new(Invite.Proceeding, TransportFailed, null, Invite.Terminated, Drop | ReportFailure | End),
        new(Invite.Proceeding, Success, null, Invite.Accepted, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        new(Invite.Proceeding, Failure, false, Invite.Completed, Acknowledge | StopRetransmit | StopTimeout | StartLinger | Deliver),
        new(Invite.Proceeding, Failure, true, Invite.Terminated, Acknowledge | Drop | Deliver | End),

        new(Invite.Completed, Failure, null, Invite.Completed, Resend),
        new(Invite.Completed, LingerDue, null, Invite.Terminated, Drop | End),
        new(Invite.Completed, TransportFailed, null, Invite.Terminated, Drop | End),

        new(Invite.Accepted, Success, null, Invite.Accepted, Deliver),
        new(Invite.Accepted, LingerDue, null, Invite.Terminated, End),
    ];

    /// <summary>Figure 6.</summary>
    private static readonly Expected<NonInvite, ClientEvent>[] NonInviteTable =
    [
        new(NonInvite.Initial, Request, false, NonInvite.Trying, Send | Keep | StartRetransmit | StartTimeout),
        new(NonInvite.Initial, Request, true, NonInvite.Trying, Send | Keep | StartTimeout),

        new(NonInvite.Trying, RetransmitDue, null, NonInvite.Trying, Resend | BackOff),
        new(NonInvite.Trying, TimeoutDue, null, NonInvite.Terminated, Drop | ReportTimeout | End),
        new(NonInvite.Trying, TransportFailed, null, NonInvite.Terminated, Drop | ReportFailure | End),
        new(NonInvite.Trying, Provisional, null, NonInvite.Proceeding, Deliver),
        new(NonInvite.Trying, Success, false, NonInvite.Completed, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        new(NonInvite.Trying, Success, true, NonInvite.Terminated, Drop | Deliver | End),
        new(NonInvite.Trying, Failure, false, NonInvite.Completed, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        new(NonInvite.Trying, Failure, true, NonInvite.Terminated, Drop | Deliver | End),

        new(NonInvite.Proceeding, RetransmitDue, null, NonInvite.Proceeding, Resend | RetransmitSlowly),
        new(NonInvite.Proceeding, TimeoutDue, null, NonInvite.Terminated, Drop | ReportTimeout | End),
        new(NonInvite.Proceeding, TransportFailed, null, NonInvite.Terminated, Drop | ReportFailure | End),
        new(NonInvite.Proceeding, Provisional, null, NonInvite.Proceeding, Deliver),
        new(NonInvite.Proceeding, Success, false, NonInvite.Completed, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        new(NonInvite.Proceeding, Success, true, NonInvite.Terminated, Drop | Deliver | End),
        new(NonInvite.Proceeding, Failure, false, NonInvite.Completed, StopRetransmit | StopTimeout | StartLinger | Drop | Deliver),
        new(NonInvite.Proceeding, Failure, true, NonInvite.Terminated, Drop | Deliver | End),

        new(NonInvite.Completed, LingerDue, null, NonInvite.Terminated, End),
    ];

    [Fact]
    public void INVITE_follows_its_table() => Machine.AssertFollows(InviteClient.Next, InviteTable);

    [Fact]
    public void Other_requests_follow_their_table() => Machine.AssertFollows(NonInviteClient.Next, NonInviteTable);

    [Fact]
    public void INVITE_is_sound_on_every_path() =>
        Machine.AssertSoundOnEveryPath<Invite, ClientEvent>(InviteClient.Next, [Invite.Completed, Invite.Accepted], Invite.Terminated, RetransmitDue, [TimeoutDue, LingerDue]);

    [Fact]
    public void Other_requests_are_sound_on_every_path() =>
        Machine.AssertSoundOnEveryPath<NonInvite, ClientEvent>(NonInviteClient.Next, [NonInvite.Completed], NonInvite.Terminated, RetransmitDue, [TimeoutDue, LingerDue]);
}
