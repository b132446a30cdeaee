using SipAlg.Protocol.Transactions;
using static SipAlg.Protocol.Transactions.ServerEvent;
using static SipAlg.Protocol.Transactions.TransactionActions;
using Invite = SipAlg.Protocol.Transactions.InviteServerState;
using NonInvite = SipAlg.Protocol.Transactions.NonInviteServerState;

namespace SipAlg.Protocol.Tests.Transactions;

/// <summary>The server machines against RFC 3261 figures 7 and 8, with RFC 6026 §7.1.</summary>
public sealed class ServerMachineTests
{
    /// <summary>Figure 7 of RFC 6026: a transport error ends nothing, timer H does.</summary>
    private static readonly Expected<Invite, ServerEvent>[] InviteTable =
    [
        new(Invite.Initial, Request, null, Invite.Proceeding, Deliver),

        new(Invite.Proceeding, Request, null, Invite.Proceeding, Resend),
        new(Invite.Proceeding, Provisional, null, Invite.Proceeding, Send | Keep),
        new(Invite.Proceeding, Success, null, Invite.Accepted, Send | Drop | StartLinger),
        new(Invite.Proceeding, Failure, false, Invite.Completed, Send | Keep | StartRetransmit | StartTimeout),
        new(Invite.Proceeding, Failure, true, Invite.Completed, Send | Keep | StartTimeout),
        new(Invite.Proceeding, TransportFailed, null, Invite.Proceeding, ReportFailure),

        new(Invite.Completed, Request, null, Invite.Completed, Resend),
        new(Invite.Completed, RetransmitDue, null, Invite.Completed, Resend | BackOff),
        new(Invite.Completed, TimeoutDue, null, Invite.Terminated, Drop | ReportTimeout | End),
        new(Invite.Completed, Ack, false, Invite.Confirmed, StopRetransmit | StopTimeout | StartLinger | Drop),
        new(Invite.Completed, Ack, true, Invite.Terminated, Drop | End),

        new(Invite.Confirmed, LingerDue, null, Invite.Terminated, End),

        new(Invite.Accepted, Success, null, Invite.Accepted, Send),
        new(Invite.Accepted, Ack, null, Invite.Accepted, Deliver),
        new(Invite.Accepted, TransportFailed, null, Invite.Accepted, ReportFailure),
        new(Invite.Accepted, LingerDue, null, Invite.Terminated, End),
    ];

    /// <summary>Figure 8.</summary>
    private static readonly Expected<NonInvite, ServerEvent>[] NonInviteTable =
    [
        new(NonInvite.Initial, Request, null, NonInvite.Trying, Deliver),

        new(NonInvite.Trying, Provisional, null, NonInvite.Proceeding, Send | Keep),
        new(NonInvite.Trying, Success, false, NonInvite.Completed, Send | Keep | StartLinger),
        new(NonInvite.Trying, Success, true, NonInvite.Terminated, Send | Drop | End),
        new(NonInvite.Trying, Failure, false, NonInvite.Completed, Send | Keep | StartLinger),
        new(NonInvite.Trying, Failure, true, NonInvite.Terminated, Send | Drop | End),

        new(NonInvite.Proceeding, Request, null, NonInvite.Proceeding, Resend),
        new(NonInvite.Proceeding, Provisional, null, NonInvite.Proceeding, Send | Keep),
        new(NonInvite.Proceeding, Success, false, NonInvite.Completed, Send | Keep | StartLinger),
        new(NonInvite.Proceeding, Success, true, NonInvite.Terminated, Send | Drop | End),
        new(NonInvite.Proceeding, Failure, false, NonInvite.Completed, Send | Keep | StartLinger),
        new(NonInvite.Proceeding, Failure, true, NonInvite.Terminated, Send | Drop | End),
        new(NonInvite.Proceeding, TransportFailed, null, NonInvite.Terminated, Drop | ReportFailure | End),

        new(NonInvite.Completed, Request, null, NonInvite.Completed, Resend),
        new(NonInvite.Completed, TransportFailed, null, NonInvite.Terminated, Drop | End),
        new(NonInvite.Completed, LingerDue, null, NonInvite.Terminated, Drop | End),
    ];

    [Fact]
    public void INVITE_follows_its_table() => Machine.AssertFollows(InviteServer.Next, InviteTable);

    [Fact]
    public void Other_requests_follow_their_table() => Machine.AssertFollows(NonInviteServer.Next, NonInviteTable);

    [Fact]
    public void INVITE_is_sound_on_every_path() =>
        Machine.AssertSoundOnEveryPath<Invite, ServerEvent>(InviteServer.Next, [Invite.Confirmed, Invite.Accepted], Invite.Terminated, RetransmitDue, [TimeoutDue, LingerDue]);

    [Fact]
    public void Other_requests_are_sound_on_every_path() =>
        Machine.AssertSoundOnEveryPath<NonInvite, ServerEvent>(NonInviteServer.Next, [NonInvite.Completed], NonInvite.Terminated, RetransmitDue, [TimeoutDue, LingerDue]);
}
