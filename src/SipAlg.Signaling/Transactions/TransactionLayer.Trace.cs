using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <content>Messages that are kept for whoever asks later: each goes by here once, on its way in or out.</content>
public sealed partial class TransactionLayer
{
    /// <summary>From now on the messages of a request's transaction are kept, and so is the request itself; nothing has been sent yet.</summary>
    /// <param name="transaction">The request's.</param>
    /// <param name="trace">What to keep them under.</param>
    /// <param name="request">As the turn has it.</param>
    /// <param name="flow">The way that it came.</param>
    public void Follow(TransactionId transaction, ulong trace, SipMessage request, in Flow flow)
    {
        if (_lane.Trace is not { } kept || trace == 0)
        {
            return;
        }

        kept.Received(trace, flow, request.Octets);
        if (_slab.Holds(transaction.Slot, transaction.Generation))
        {
            _slab[transaction.Slot].Trace = trace;
        }
    }

    /// <summary>A transaction of ours belongs to what another one belongs to.</summary>
    public void FollowAs(TransactionId transaction, TransactionId other) => _slab[transaction.Slot].Trace = TraceOf(other);

    /// <summary>What the messages of a transaction are kept under; 0: they are not, or it is over.</summary>
    public ulong TraceOf(TransactionId transaction) => _slab.Holds(transaction.Slot, transaction.Generation) ? _slab[transaction.Slot].Trace : 0;

    /// <summary>How a transaction's messages go now; null once it is over.</summary>
    public Transport? TransportOf(TransactionId transaction) => _slab.Holds(transaction.Slot, transaction.Generation) ? _slab[transaction.Slot].Flow.Transport : null;

    private void Keep(ulong trace, SipMessage message, in Flow flow)
    {
        if (trace != 0)
        {
            _lane.Trace?.Received(trace, flow, message.Octets);
        }
    }

    private SendResult Put(ulong trace, in Flow flow, ReadOnlySpan<byte> octets)
    {
        var result = _lane.Network.Send(flow, octets);
        if (trace != 0)
        {
            _lane.Trace?.Sent(trace, flow, octets, result.IsOnItsWay());
        }

        return result;
    }
}
