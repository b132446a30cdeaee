using SipAlg.Calls.Calls;
using SipAlg.Calls.Registrations;
using SipAlg.Calls.Verdicts;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <content>What is kept of calls for whoever asks later: whose messages they are.</content>
public sealed partial class CallLane
{
    /// <inheritdoc/>
    public ulong TraceOf(TransactionOwner owner) =>
        !KeepAlives.IsOwner(owner) && _slots.Holds(owner.Slot, owner.Generation) ? _slots[owner.Slot].Owner?.Trace ?? 0 : 0;

    /// <summary>Begins to keep the messages of a call.</summary>
    /// <param name="transaction">The INVITE's.</param>
    /// <param name="invite">As it came.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="call">Its id.</param>
    /// <returns>What they are kept under; 0: nothing is kept.</returns>
    internal ulong BeginTrace(TransactionId transaction, SipMessage invite, in Flow flow, ulong call)
    {
        if (Lane.Trace is not { } kept)
        {
            return 0;
        }

        var trace = TraceOf(invite);
        kept.Begin(trace, call);
        Transactions.Follow(transaction, trace, invite, flow);
        return trace;
    }

    /// <summary>A call is over: what went wrong is kept longer.</summary>
    internal void EndTrace(CallRecord record)
    {
        if (record.Trace != 0)
        {
            Lane.Trace?.End(record.Trace, Verdict.IsTroubled(record));
        }
    }

    /// <summary>An INVITE is challenged, as any that begins a user's call: it belongs to the call that will come of it.</summary>
    internal void Challenged(TransactionId transaction, SipMessage request, in Flow flow)
    {
        if (BeginsCall(request) && Lane.Trace is not null)
        {
            Transactions.Follow(transaction, MessageTrace.OfStranger(TraceOf(request)), request, flow);
        }
    }

    /// <summary>By what the caller names a call: an INVITE that it sends again with credentials, or since it was refused, has the same.</summary>
    private ulong TraceOf(SipMessage invite)
    {
        Span<byte> text = stackalloc byte[2 * SipLimits.Identifier + 1];
        var writer = new MessageWriter(text);
        writer.Write(invite[invite.CallId]);
        writer.Write((byte)'\n');
        writer.Write(invite[invite.FromTag]);
        return MessageTrace.OfCall(_hash.Of(writer.Written));
    }
}
