using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>The logic above the transactions of a lane: calls.</summary>
public interface ISipLaneUser : ITransactionUser
{
    /// <summary>Called once, before anything else: the transactions that this user sends by.</summary>
    void Attach(TransactionLayer transactions);

    /// <summary>A timer that this user scheduled, of a kind from <see cref="LaneTimer.User"/> on.</summary>
    void OnTimer(byte kind, int slot, uint generation);

    /// <summary>A connection is gone; what waits for an answer over it has been told.</summary>
    void OnConnectionClosed(in Flow flow)
    {
    }

    /// <summary>A request came that cannot be read; it has been counted and, where it could be, answered.</summary>
    /// <param name="message">As far as it was read: its method is that of its first line, if there is one, and all else may be missing.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="fault">What is wrong with it.</param>
    /// <param name="answer">What was sent; empty: nothing.</param>
    void OnMalformed(SipMessage message, in Flow flow, MessageFault fault, ReadOnlySpan<byte> answer)
    {
    }

    /// <inheritdoc cref="ILaneUser.OnLoad"/>
    void OnLoad(in LaneLoad load)
    {
    }

    /// <summary>The turn's input is done with: run the events that it raised.</summary>
    void EndTurn();

    /// <summary>A turn threw. The call that it was about may be in any state.</summary>
    void OnFault(Exception fault);
}
