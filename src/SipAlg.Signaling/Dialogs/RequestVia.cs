using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Dialogs;

/// <summary>The Via that a request of ours gets: of a reserved transaction, or of an ACK, which has none.</summary>
/// <param name="Transactions">Makes the branch.</param>
/// <param name="Transaction">Reserved; none for an ACK to a 2xx.</param>
/// <param name="Transport">As the flow's.</param>
/// <param name="SentBy">The address and port where the far side reaches us.</param>
/// <param name="AckKey">For an ACK to a 2xx: <see cref="TransactionLayer.AckKey"/>.</param>
public readonly record struct RequestVia(TransactionLayer Transactions, TransactionId Transaction, Transport Transport, IpEndpoint SentBy, ulong AckKey = 0)
{
    /// <summary>The connection may be used for requests to us (RFC 5923 §5).</summary>
    public bool IsAlias { get; init; }

    public void Write(ref MessageWriter writer)
    {
        Span<byte> sentBy = stackalloc byte[IpEndpoint.MaxTextLength];
        Transactions.WriteVia(ref writer, Transaction, Transport, sentBy[..SentBy.Format(sentBy)], AckKey, IsAlias);
    }
}
