using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Gate;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// A lane's way in: octets are parsed once, a malformed message is counted and answered, a message of another lane handed
/// over, and all others go to the transactions.
/// </summary>
public sealed class SipLane : ILaneUser
{
    private readonly SipMessage _message = new();
    private readonly byte[] _reply = new byte[SipLimits.Message];
    private readonly LaneContext _lane;
    private readonly ISipLaneUser _user;

    /// <summary>What lives above the transactions.</summary>
    public ISipLaneUser User => _user;

    /// <param name="lane">What the lane owns.</param>
    /// <param name="user">Told of requests, responses and its own timers.</param>
    /// <param name="t1">RFC 3261's T1 in milliseconds.</param>
    public SipLane(LaneContext lane, ISipLaneUser user, int t1)
    {
        _lane = lane;
        _user = user;
        Transactions = new TransactionLayer(lane, user, t1);
        user.Attach(Transactions);
    }

    public TransactionLayer Transactions { get; }

    public void OnMessage(in Flow flow, byte[] buffer, int offset, int length)
    {
        // A datagram has been judged before it came here.
        if (flow.IsReliable && _lane.Gate?.Admits(flow.Listener, flow.Remote.Address, GateCharge.Packet, _lane.Now) == false)
        {
            return;
        }

        var fault = SipParser.Parse(_message, buffer, offset, length, flow.IsReliable);
        if (fault != MessageFault.None)
        {
            Refuse(fault, flow);
            return;
        }

        var owner = LaneNames.Of(_message);
        if (owner >= 0 && owner != _lane.Number && owner < _lane.Lane.Count)
        {
            _lane.Lane.HandOver(owner, flow, _message.Octets);
            return;
        }

        _lane.Counters.Received(flow.Listener, _message);
        if (WantsAnswer(_message) && !MayAsk(flow))
        {
            return;
        }

        Transactions.Receive(_message, flow);
    }

    /// <summary>It wants an answer: of a stranger only so many are taken.</summary>
    private static bool WantsAnswer(SipMessage message) => message is { IsRequest: true, Method: not (SipMethod.Ack or SipMethod.Cancel) };

    private bool MayAsk(in Flow flow) => _lane.Gate?.Admits(flow.Listener, flow.Remote.Address, GateCharge.Request, _lane.Now) != false;

    /// <summary>
    /// A malformed response is dropped (RFC 3261 §8.1.3.1, §18.1.2), a malformed request is answered without state, if it has what an
    /// answer is made of; an ACK never is.
    /// </summary>
    private void Refuse(MessageFault fault, in Flow flow)
    {
        _lane.Counters.Malformed(flow.Listener, fault);
        if (_message.IsRequest && MayAsk(flow))
        {
            var length = _message.Method != SipMethod.Ack && IsAnswerable(fault) ? Answer(fault, flow) : 0;
            _user.OnMalformed(_message, flow, fault, _reply.AsSpan(0, length));
        }
    }

    /// <returns>Octets of the answer; 0: it would be too long.</returns>
    private int Answer(MessageFault fault, in Flow flow)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(_reply);
        ResponseHead.Write(ref writer, _message, flow, MessageFaults.Status(fault), MessageFaults.Phrase(fault), tag[.._lane.MintId(0).Format(tag)]);
        writer.Finish(default);
        if (writer.Overflowed)
        {
            return 0;
        }

        _lane.Counters.SentResponse(flow.Listener, _message.Method, MessageFaults.Status(fault));
        _ = _lane.Network.Send(ResponseHead.ReplyFlow(_message, flow), writer.Written);
        return writer.Length;
    }

    private bool IsAnswerable(MessageFault fault) => fault is not (MessageFault.Empty or MessageFault.NotSip) &&
        _message.Has(HeaderId.Via) && _message.Has(HeaderId.From) && _message.Has(HeaderId.To) && _message.Has(HeaderId.CallId) && _message.Has(HeaderId.CSeq);

    public void OnTimer(byte kind, int slot, uint generation)
    {
        if (kind >= (byte)LaneTimer.User)
        {
            _user.OnTimer(kind, slot, generation);
        }
        else
        {
            Transactions.OnTimer((LaneTimer)kind, slot, generation);
        }
    }

    public void OnUnreachable(in Flow flow, UnreachableReason reason) => Transactions.OnUndelivered(flow);

    /// <summary>What was queued is under way; the answer's flow names the connection.</summary>
    public void OnConnected(in Flow flow) => _lane.FailedWays.Forget(flow);

    public void OnConnectionFailed(in Flow flow, ConnectFailure reason)
    {
        _lane.FailedWays.Note(flow, reason);
        Transactions.OnUndelivered(flow, isToOne: true);
    }

    public void OnConnectionClosed(in Flow flow, CloseReason reason)
    {
        if (reason == CloseReason.TlsRefused)
        {
            // With TLS 1.3 a server says only now that it does not take our certificate.
            _lane.FailedWays.Note(flow, ConnectFailure.TlsRefused);
        }

        Transactions.OnUndelivered(flow);
        _user.OnConnectionClosed(flow);
    }

    public void OnLoad(in LaneLoad load) => _user.OnLoad(load);

    public void EndTurn() => _user.EndTurn();

    public void OnFault(Exception fault) => _user.OnFault(fault);
}
