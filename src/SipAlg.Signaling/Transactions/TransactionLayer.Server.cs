using System.Buffers.Binary;
using System.Diagnostics;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Transactions;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <content>Server transactions: RFC 3261 §17.2.</content>
public sealed partial class TransactionLayer
{
    private readonly KeyedHash _hash;

    private void ReceiveRequest(SipMessage request, in Flow flow)
    {
        var key = ServerKey(request, request.Method == SipMethod.Ack ? SipMethod.Invite : request.Method);
        var slot = _table.Find(key);
        if (slot >= 0)
        {
            ref var transaction = ref _slab[slot];
            Keep(transaction.Trace, request, flow);
            var actions = Move(ref transaction, request.Method == SipMethod.Ack ? ServerEvent.Ack : ServerEvent.Request);
            Execute(slot, actions, default, request, flow);
        }
        else if (request.Method == SipMethod.Ack)
        {
            _user.OnAck(request, flow);
        }
        else if (request.Method == SipMethod.Cancel)
        {
            ReceiveCancel(request, flow, key);
        }
        else if (_user.MayBegin(request, flow, key))
        {
            Begin(request, flow, key);
        }
    }

    private Flow ReplyFlow(SipMessage request, in Flow flow)
    {
        var reply = ResponseHead.ReplyFlow(request, flow);
        return reply != flow && _user.IsBehindNat(request, flow) ? flow : reply;
    }

    private TransactionId Begin(SipMessage request, in Flow flow, ulong key)
    {
        var slot = _slab.Take(out var generation);
        ref var transaction = ref _slab[slot];
        transaction.Kind = request.Method == SipMethod.Invite ? TransactionKind.InviteServer : TransactionKind.NonInviteServer;
        transaction.Method = request.Method;
        transaction.Key = key;
        transaction.Flow = ReplyFlow(request, flow);
        _table.Add(slot);
        var actions = Move(ref transaction, ServerEvent.Request);
        var id = new TransactionId(slot, generation);
        if (request.Method != SipMethod.Cancel)
        {
            Execute(slot, actions, default, request, flow);
            SendTrying(id, request, flow);
        }

        return id;
    }

    /// <summary>
    /// 100 to an INVITE that has had no answer yet: at once rather than after 200 ms (RFC 3261 §17.2.1), since the far side's retransmissions
    /// cost more than a 100. Never before an answer that is sent once (§8.2.7): whoever has a 100 does not ask again when that one is lost.
    /// </summary>
    private void SendTrying(TransactionId id, SipMessage request, in Flow flow)
    {
        if (request.Method != SipMethod.Invite || !_slab.Holds(id.Slot, id.Generation))
        {
            return;
        }

        ref var invite = ref _slab[id.Slot];
        if ((InviteServerState)invite.State != InviteServerState.Proceeding || !invite.Kept.IsEmpty)
        {
            return;
        }

        Span<byte> buffer = _scratch;
        var writer = new MessageWriter(buffer);
        ResponseHead.Write(ref writer, request, flow, 100, default, default);
        if (request.Has(HeaderId.Timestamp))
        {
            // RFC 3261 §8.2.6.1: answered without delay.
            writer.Field("Timestamp"u8, request.First(HeaderId.Timestamp));
        }

        writer.Finish(default);
        Respond(id, 100, writer.Written);
    }

    /// <summary>RFC 3261 §9.2: the CANCEL has a transaction of its own and is answered at once, whatever becomes of the INVITE.</summary>
    private void ReceiveCancel(SipMessage cancel, in Flow flow, ulong key)
    {
        var inviteSlot = _table.Find(ServerKey(cancel, SipMethod.Invite));
        var id = Begin(cancel, flow, key);
        if (inviteSlot < 0)
        {
            ReplyOnce(id, cancel, flow, 481);
            return;
        }

        Follow(id, _slab[inviteSlot].Trace, cancel, flow);
        Reply(id, cancel, flow, 200);

        ref var invite = ref _slab[inviteSlot];
        if ((InviteServerState)invite.State == InviteServerState.Proceeding)
        {
            _user.OnCancel(new TransactionId(inviteSlot, _slab.Generation(inviteSlot)), invite.Owner, cancel);
        }
    }

    /// <summary>Makes the user's record the one that this server transaction's later events concern.</summary>
    public void Adopt(TransactionId transaction, TransactionOwner owner)
    {
        if (_slab.Holds(transaction.Slot, transaction.Generation))
        {
            _slab[transaction.Slot].Owner = owner;
        }
    }

    /// <summary>Sends a response that the user wrote. A response to a transaction that is over is not sent.</summary>
    /// <param name="transaction">From <see cref="ITransactionUser.OnRequest"/>.</param>
    /// <param name="status">100 to 699, the one in the message.</param>
    /// <param name="octets">The whole message.</param>
    public bool Respond(TransactionId transaction, int status, ReadOnlySpan<byte> octets)
    {
        if (!_slab.Holds(transaction.Slot, transaction.Generation))
        {
            return false;
        }

        var actions = Answer(transaction, status);
        Execute(transaction.Slot, actions, octets, null, default);
        return (actions & TransactionActions.Send) != 0;
    }

    /// <summary>Keeps the final answer to a request other than INVITE, for <see cref="RespondPrepared"/> or until the transaction is over.</summary>
    /// <param name="octets">The whole message.</param>
    public void Prepare(TransactionId transaction, ReadOnlySpan<byte> octets)
    {
        if (_slab.Holds(transaction.Slot, transaction.Generation))
        {
            ref var record = ref _slab[transaction.Slot];
            Debug.Assert(record.Kind == TransactionKind.NonInviteServer && (NonInviteServerState)record.State == NonInviteServerState.Trying);
            _lane.Octets.Drop(ref record.Kept);
            record.Kept = _lane.Octets.Keep(octets);
        }
    }

    /// <summary>Sends the answer that was prepared. It stays for retransmissions without being copied again.</summary>
    public void RespondPrepared(TransactionId transaction, int status)
    {
        if (_slab.Holds(transaction.Slot, transaction.Generation))
        {
            var actions = Answer(transaction, status) & ~TransactionActions.Keep;
            Execute(transaction.Slot, actions, _slab[transaction.Slot].Kept.Span, null, default);
        }
    }

    /// <returns>What is to be done; nothing: it has its final answer already.</returns>
    private TransactionActions Answer(TransactionId transaction, int status)
    {
        ref var record = ref _slab[transaction.Slot];
        var actions = Move(ref record, status < 200 ? ServerEvent.Provisional : status < 300 ? ServerEvent.Success : ServerEvent.Failure);
        if ((actions & TransactionActions.Send) == 0)
        {
            return TransactionActions.None;
        }

        _lane.Counters.SentResponse(record.Flow.Listener, record.Method, status);
        return actions;
    }

    /// <summary>Answers with a status and nothing more than the request itself gives.</summary>
    public void Reply(TransactionId transaction, SipMessage request, in Flow flow, int status, ReadOnlySpan<byte> phrase = default)
    {
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(_scratch);
        ResponseHead.Write(ref writer, request, flow, status, phrase, tag[.._lane.MintId(transaction.Slot).Format(tag)]);
        writer.Finish(default);
        Respond(transaction, status, writer.Written);
    }

    /// <summary>
    /// Answers as <see cref="Reply"/> does and forgets the request at once (RFC 3261 §8.2.7). It is answered anew each time that it comes, and
    /// never else: a source that is forged can make us neither send more than came nor keep anything.
    /// </summary>
    public void ReplyOnce(TransactionId transaction, SipMessage request, in Flow flow, int status, ReadOnlySpan<byte> phrase = default)
    {
        if (!_slab.Holds(transaction.Slot, transaction.Generation))
        {
            return;
        }

        ref var record = ref _slab[transaction.Slot];
        Span<byte> tag = stackalloc byte[MintedId.TextLength];
        var writer = new MessageWriter(_scratch);
        ResponseHead.Write(ref writer, request, flow, status, phrase, tag[..TagOf(record.Key).Format(tag)]);
        writer.Finish(default);
        RespondOnce(transaction, status, writer.Written);
    }

    /// <summary>Sends a response that the user wrote as <see cref="ReplyOnce"/> sends its own: once for each time that the request comes.</summary>
    public void RespondOnce(TransactionId transaction, int status, ReadOnlySpan<byte> octets)
    {
        if (_slab.Holds(transaction.Slot, transaction.Generation))
        {
            ref var record = ref _slab[transaction.Slot];
            _lane.Counters.SentResponse(record.Flow.Listener, record.Method, status);
            _ = Put(record.Trace, record.Flow, octets);
            Remove(transaction.Slot);
        }
    }

    /// <summary>RFC 3261 §8.2.7: the same tag for the same request. The key itself would show where it falls in the table.</summary>
    private MintedId TagOf(ulong key)
    {
        Span<byte> octets = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(octets, key);
        return new MintedId(_lane.Number, 0, _hash.Of(octets));
    }

    /// <summary>
    /// RFC 3261 §17.2.3: branch, sent-by and method; by RFC 2543's rules, where the branch is no unique one, whatever else
    /// stays the same in a retransmission and in the ACK.
    /// </summary>
    private ulong ServerKey(SipMessage request, SipMethod method)
    {
        var writer = new MessageWriter(_scratch);
        if (request.TryTopVia(out var via) && via.HasUniqueBranch)
        {
            writer.Write(via.Branch);
        }
        else
        {
            writer.Write(request[request.CallId]);
            writer.Write((byte)'\n');
            writer.Write(request[request.FromTag]);
            writer.Write((byte)'\n');
            writer.Write(request.CSeq);
        }

        writer.Write((byte)'\n');
        writer.Write(via.Host);
        writer.Write(via.Port);
        writer.Write(method == SipMethod.Unknown ? request[request.MethodText] : SipMethods.Name(method));
        return _hash.Of(writer.Written);
    }
}
