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
            CallCause.DialogLost => OfDialog(record.Broken, As(VerdictCode.DialogLost)),
            CallCause.SessionExpired => OfSession(record.Broken, As(VerdictCode.SessionExpired)),
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

    /// <summary>A side whose re-INVITE was answered got our messages before: it is not the address that keeps its ACK away.</summary>
    private static Verdict OfAck(CallRecord record)
    {
        var side = record.Broken ?? new BrokenSide(IsCaller: true, record.CallerAt, record.CallerShown, record.FromRealm);
        var isPrivate = !side.IsReinvite && side.Shown.Address.IsPrivate && !side.At.Address.IsPrivate;
        var (who, what) = (Name(side), side.IsReinvite ? "the answer to its re-INVITE in the middle of the call" : "the answer");
        var text = new VerdictText(isPrivate ? VerdictCode.AckToPrivateAddress : VerdictCode.AckMissing).With("contact_shown", side.Shown).With(side.IsCaller ? "caller_address" : "callee_address", side.At);
        return isPrivate
            ? text.Of($"The {who} never acknowledged {what}: it was told to send to {side.Shown}, a private address that it cannot reach; set advertise of realm '{side.Realm}'.")
            : text.Of($"The {who} never acknowledged {what}: the 200 does not reach it, or its ACK does not reach {side.Shown}, the address in our Contact.");
    }

    private static Verdict OfDialog(BrokenSide? broken, VerdictText text) => broken is not { } side
        ? text.Of("One side answered a request in the middle of the call with 481 or not at all: it does not know the call any more, as after a restart.")
        : With(text, side).With("side_status", side.Status).Of(side.Status == 0
            ? $"The {Name(side)} did not answer a request in the middle of the call: it has gone, its network has, or a NAT or firewall forgot the way to it."
            : $"The {Name(side)} answered a request in the middle of the call with {side.Status}: it does not know the call any more, as after a restart.");

    private static Verdict OfSession(BrokenSide? broken, VerdictText text) => broken is not { } side
        ? text.Of("The session timer ran out: the side that was to refresh the call did not, or its refresh did not arrive.")
        : With(text, side).With("refresher", side.IsRefreshOurs ? "gateway" : Parties.Side(side.IsCaller)).Of(side.IsRefreshOurs
            ? $"The session timer ran out: the {Name(side)} did not take the refreshes that the gateway sent it."
            : $"The session timer ran out: the {Name(side)} was to refresh the call and did not, or its refresh did not arrive.");

    private static VerdictText With(VerdictText text, in BrokenSide side) => text.With("side", Parties.Side(side.IsCaller)).With("side_address", side.At);

    private static string Name(in BrokenSide side) => $"{Parties.Side(side.IsCaller)} at {side.At}";
}
