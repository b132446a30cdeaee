namespace SipAlg.Signaling.Transactions;

/// <content>Requests whose answer nobody wants any more.</content>
public sealed partial class TransactionLayer
{
    /// <summary>
    /// Ends a client transaction other than INVITE without a word: it is not sent again, and an answer that still comes is a stray one.
    /// Not from within what the layer tells of this transaction.
    /// </summary>
    public void Forget(TransactionId transaction)
    {
        if (_slab.Holds(transaction.Slot, transaction.Generation))
        {
            Remove(transaction.Slot);
        }
    }
}
