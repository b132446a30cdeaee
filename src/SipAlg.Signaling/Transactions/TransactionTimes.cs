namespace SipAlg.Signaling.Transactions;

/// <summary>The timer values of RFC 3261 table 4, in milliseconds, all in proportion to T1.</summary>
public readonly struct TransactionTimes(int t1)
{
    public int T1 { get; } = t1;

    /// <summary>The longest interval between retransmissions: 4 s at the usual T1.</summary>
    public int T2 => 8 * T1;

    /// <summary>How long a message may stay in the network: 5 s at the usual T1.</summary>
    public int T4 => 10 * T1;

    /// <summary>Timers B, D, F, H, J, L, M.</summary>
    public int Timeout => 64 * T1;
}
