namespace SipAlg.Signaling.Lanes;

/// <summary>What a lane's timers are for. Those from <see cref="User"/> on are numbered by the lane's user.</summary>
public enum LaneTimer : byte
{
    None,
    TransactionRetransmit,
    TransactionDeadline,
    TransactionFailed,
    User = 16,
}
