using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <summary>
/// What the transaction layer tells its user (RFC 3261 §17: the TU), inside a lane's turn. Messages live until the turn
/// ends. The user may call the layer from here, also about the same transaction.
/// </summary>
public interface ITransactionUser
{
    /// <summary>A new request other than ACK and CANCEL; to be answered by <see cref="TransactionLayer.Respond"/>.</summary>
    void OnRequest(TransactionId transaction, SipMessage request, in Flow flow);

    /// <summary>
    /// Whether a request that belongs to no transaction is served. Asked before anything is kept of it or said to it (RFC 3261 §8.2.7);
    /// who says no has answered it by <see cref="TransactionLayer.RefuseForNow"/>, or lets it be.
    /// </summary>
    /// <param name="request">Neither ACK nor CANCEL.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="key">The same for each retransmission, and drawn as by lot for others.</param>
    bool MayBegin(SipMessage request, in Flow flow, ulong key) => true;

    /// <summary>Whether a new request comes from behind NAT, so that its responses go where it came from, whatever its Via says.</summary>
    bool IsBehindNat(SipMessage request, in Flow flow) => false;

    /// <summary>What the messages of an owner's transactions are kept under (<see cref="Traces.MessageTrace"/>); 0: they are not.</summary>
    ulong TraceOf(TransactionOwner owner) => 0;

    /// <summary>An ACK that ends no transaction: that of a 2xx. Also each one that repeats.</summary>
    void OnAck(SipMessage ack, in Flow flow);

    /// <summary>A CANCEL for this INVITE arrived and has been answered 200; the INVITE is still to be answered (RFC 3261 §9.2).</summary>
    void OnCancel(TransactionId invite, TransactionOwner owner, SipMessage cancel);

    /// <summary>A response, also each 2xx that repeats or belongs to another branch of a fork. The owner may be gone.</summary>
    void OnResponse(TransactionId transaction, TransactionOwner owner, SipMessage response, in Flow flow);

    /// <summary>No final response came in time (RFC 3261 timers B, F), or the message could not be sent.</summary>
    void OnNoResponse(TransactionId transaction, TransactionOwner owner, SipMethod method, NoResponse reason);
}

public enum NoResponse : byte
{
    TimedOut,
    TransportFailed,
}
