using System.Runtime.CompilerServices;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <summary>Names a transaction of this lane; stale once it is over.</summary>
public readonly record struct TransactionId(int Slot, uint Generation)
{
    public bool IsNone => Generation == 0;
}

/// <summary>Whom a transaction's events concern: a record of the user, and which part of it. Never a reference.</summary>
public readonly record struct TransactionOwner(int Slot, uint Generation, int Part);

internal enum TransactionKind : byte
{
    InviteClient,
    NonInviteClient,
    InviteServer,
    NonInviteServer,
}

/// <summary>Hashes of tags, the last one first.</summary>
[InlineArray(Count)]
internal struct ClaimedTags
{
    public const int Count = 4;
    private uint _first;
}

/// <summary>One transaction: a record in the lane's slab, without a reference to a message, leg or call.</summary>
internal struct Transaction
{
    public TransactionKind Kind;

    /// <summary>The state of the machine of this kind.</summary>
    public byte State;
    public SipMethod Method;

    /// <summary>Set while a large request is tried over TCP and may still fall back to UDP (RFC 3261 §18.1.1).</summary>
    public bool CanFallBack;

    /// <summary>What was sent last did not go out: its end is near. A fall back makes good for it, whoever tells of the failure once more.</summary>
    public bool IsFailing;

    /// <summary>Server: the hash that retransmissions are found by. Client: the secret in its branch.</summary>
    public ulong Key;

    /// <summary>Server: the next in the same bucket. Client INVITE: the slot of its CANCEL plus one.</summary>
    public int Link;

    /// <summary>Client: in the list of <see cref="PendingRequests"/>.</summary>
    public bool IsPending;
    public int PendingBefore;
    public int PendingAfter;

    /// <summary>Client INVITE: the last dialogs that its user has claimed.</summary>
    public ClaimedTags Claimed;

    /// <summary>Client INVITE: the last CSeq that its user used in its dialogs; 0 for the INVITE's own.</summary>
    public uint LastSequence;

    /// <summary>Milliseconds until the next retransmission.</summary>
    public int Interval;
    public TransactionOwner Owner;

    /// <summary>What its messages are kept under for whoever asks later; 0: they are not.</summary>
    public ulong Trace;
    public TimerId Retransmit;
    public TimerId Deadline;
    public StoredOctets Kept;

    /// <summary>Where this transaction sends to.</summary>
    public Flow Flow;
}
