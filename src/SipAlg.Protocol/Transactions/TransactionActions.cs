namespace SipAlg.Protocol.Transactions;

/// <summary>What a transaction machine wants done; carried out in the order in which the flags stand here.</summary>
[Flags]
public enum TransactionActions : ushort
{
    None = 0,

    /// <summary>Put the message of the event on the wire.</summary>
    Send = 1 << 0,

    /// <summary>Keep its octets for <see cref="Resend"/>.</summary>
    Keep = 1 << 1,

    /// <summary>Put the kept octets on the wire again.</summary>
    Resend = 1 << 2,

    /// <summary>Answer a failure to an INVITE with its ACK (RFC 3261 §17.1.1.3) and keep that in the INVITE's place.</summary>
    Acknowledge = 1 << 3,

    /// <summary>Timers A, E, G: the first interval, T1.</summary>
    StartRetransmit = 1 << 4,

    /// <summary>Timers A, E, G: the next interval, doubled.</summary>
    BackOff = 1 << 5,

    /// <summary>Timer E in Proceeding: every T2 (RFC 3261 §17.1.2.2).</summary>
    RetransmitSlowly = 1 << 6,

    StopRetransmit = 1 << 7,

    /// <summary>Timers B, F, H: 64·T1.</summary>
    StartTimeout = 1 << 8,

    StopTimeout = 1 << 9,

    /// <summary>Timers D, I, J, K, L, M: the state that only absorbs; 0 on reliable transports except for L and M.</summary>
    StartLinger = 1 << 10,

    /// <summary>Nothing will be sent again: the kept octets go.</summary>
    Drop = 1 << 11,

    /// <summary>Hand the message to the transaction user.</summary>
    Deliver = 1 << 12,

    /// <summary>Tell the user that no answer, or no ACK, came.</summary>
    ReportTimeout = 1 << 13,

    /// <summary>Tell the user that the transport failed.</summary>
    ReportFailure = 1 << 14,

    /// <summary>The transaction is over; forget it.</summary>
    End = 1 << 15,
}

/// <summary>A machine's answer: the next state and what is to be done.</summary>
public readonly record struct TransactionStep<TState>(TState State, TransactionActions Actions)
    where TState : struct, Enum;
