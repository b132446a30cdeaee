using SipAlg.Calls.Calls;

namespace SipAlg.Calls.Verdicts;

/// <summary>What ended a call that stood, or was about to.</summary>
internal static class EndVerdicts
{
    public static Verdict Of(CallRecord record)
    {
        VerdictText As(VerdictCode code) => KeyVerdicts.Add(record, new VerdictText(code).With("ended_by", CallCauses.Text(record.EndedBy)));
        return record.Cause switch
        {
            CallCause.CallerHungUp or CallCause.CalleeHungUp => As(VerdictCode.Completed).Of($"The call was answered, and the {CallCauses.Text(record.EndedBy)} hung up."),
            CallCause.Transferred => As(VerdictCode.Transferred).Of("The call was transferred and goes on, or went on, in another one."),
            CallCause.Replaced => As(VerdictCode.Replaced).Of("Another call has taken the place of this one."),
            CallCause.NoSdpAnswer => As(VerdictCode.NoSdpAnswer).Of("The INVITE was accepted, but no SDP that could be used came with it (or with the ACK), so there was nowhere to send media."),
            CallCause.AckMissing => OfAck(record),
            CallCause.DialogLost => As(VerdictCode.DialogLost).Of("One side answered a request in the middle of the call with 481 or not at all: it does not know the call any more, as after a restart."),
            CallCause.SessionExpired => As(VerdictCode.SessionExpired).Of("The session timer ran out: the side that was to refresh the call did not, or its refresh did not arrive."),
            CallCause.MaxDuration => As(VerdictCode.MaxDuration).Of("The call was as long as any call may be (calls.max_duration)."),
            CallCause.AccountLimit => AccountVerdicts.Of(record, record.Breach),
            CallCause.HoldTimeout => As(VerdictCode.HoldTimeout).Of("The call was on hold, and silent, as long as a call may be (calls.hold_timeout)."),
            CallCause.TransferFailed => As(VerdictCode.TransferFailed).Of("A transfer failed after who asked for it had hung up, so nobody was left to talk to."),
            CallCause.GatewayStopped => As(VerdictCode.GatewayStopped).Of("The gateway was stopped."),
            CallCause.DrainDeadline => As(VerdictCode.DrainDeadline).Of("The gateway drained, and the call still stood when the deadline of that came."),
            CallCause.HungUpByOperator => As(VerdictCode.HungUpByOperator).Of("An operator hung up."),
            CallCause.Fault => As(VerdictCode.Fault).Of("The gateway has a fault; its log has the details under the time of this call."),
            _ => As(VerdictCode.Refused).With("cause", CallCauses.Text(record.Cause)).Of($"The call ended: {CallCauses.Text(record.Cause)}."),
        };
    }

    private static Verdict OfAck(CallRecord record)
    {
        var isPrivate = record.CallerShown.Address.IsPrivate && !record.CallerAt.Address.IsPrivate;
        var text = new VerdictText(isPrivate ? VerdictCode.AckToPrivateAddress : VerdictCode.AckMissing).With("contact_shown", record.CallerShown).With("caller_address", record.CallerAt);
        return isPrivate
            ? text.Of($"The caller at {record.CallerAt} never acknowledged the answer: it was told to send to {record.CallerShown}, a private address that it cannot reach; set advertise of realm '{record.FromRealm}'.")
            : text.Of($"The caller at {record.CallerAt} never acknowledged the answer: the 200 does not reach it, or its ACK does not reach {record.CallerShown}, the address in our Contact.");
    }
}
