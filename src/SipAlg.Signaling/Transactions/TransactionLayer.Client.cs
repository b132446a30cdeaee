using System.Buffers.Binary;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Transactions;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <content>Client transactions: RFC 3261 §17.1.</content>
public sealed partial class TransactionLayer
{
    /// <summary>Milliseconds for which a far side that took no connection is not asked for one again.</summary>
    private const long RefusalMemory = 600_000;
    private const int MostRefusals = 4096;
    private readonly Dictionary<IpEndpoint, long> _refusals = [];

    /// <summary>
    /// Reserves a client transaction, so that its branch can be written into the request before
    /// <see cref="Send"/> puts it on the wire. One of the two, Send or <see cref="Abandon"/>, must follow in the same turn.
    /// </summary>
    public TransactionId Reserve(SipMethod method, TransactionOwner owner)
    {
        var slot = _slab.Take(out var generation);
        ref var transaction = ref _slab[slot];
        transaction.Kind = method == SipMethod.Invite ? TransactionKind.InviteClient : TransactionKind.NonInviteClient;
        transaction.Method = method;
        transaction.Key = _lane.Secrets.Next();
        transaction.Owner = owner;
        transaction.Trace = _lane.Trace is null ? 0 : _user.TraceOf(owner);
        return new TransactionId(slot, generation);
    }

    public void Abandon(TransactionId transaction) => Remove(transaction.Slot);

    /// <summary>
    /// What the branch of the ACK of a 2xx is made of: an ACK that is sent again is the same message (RFC 3261 §13.2.2.4), though it is not kept.
    /// </summary>
    /// <param name="callId">Of the dialog.</param>
    /// <param name="remoteTag">Theirs.</param>
    /// <param name="sequence">The INVITE's.</param>
    public ulong AckKey(ReadOnlySpan<byte> callId, ReadOnlySpan<byte> remoteTag, uint sequence)
    {
        Span<byte> octets = stackalloc byte[(2 * sizeof(ulong)) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(octets, _hash.Of(callId));
        BinaryPrimitives.WriteUInt64LittleEndian(octets[sizeof(ulong)..], _hash.Of(remoteTag));
        BinaryPrimitives.WriteUInt32LittleEndian(octets[(2 * sizeof(ulong))..], sequence);
        return _hash.Of(octets);
    }

    /// <summary>Writes a Via: transport, sent-by, rport (RFC 3581 §3) and the branch of a reserved transaction, or for the ACK of a 2xx that of its key.</summary>
    public void WriteVia(ref MessageWriter writer, TransactionId transaction, Transport transport, scoped ReadOnlySpan<byte> sentBy, ulong ackKey = 0, bool isAlias = false)
    {
        writer.Write("Via: SIP/2.0/"u8);
        writer.Write(TransportNames.Via(transport));
        writer.Write((byte)' ');
        writer.Write(sentBy);
        writer.Write(isAlias ? ";rport;alias;branch="u8 : ";rport;branch="u8);
        WriteBranch(ref writer, transaction, ackKey);
        writer.EndLine();
    }

    private void WriteBranch(ref MessageWriter writer, TransactionId transaction, ulong ackKey)
    {
        Span<byte> text = stackalloc byte[MintedId.TextLength];
        var id = transaction.IsNone ? new MintedId(_lane.Number, 0, ackKey) : new MintedId(_lane.Number, transaction.Slot, _slab[transaction.Slot].Key);
        writer.Write(Via.Cookie);
        writer.Write(text[..id.Format(text)]);
    }

    /// <summary>Sends the request of a reserved transaction.</summary>
    /// <param name="transaction">From <see cref="Reserve"/>.</param>
    /// <param name="flow">Where to.</param>
    /// <param name="octets">The whole message, its Via from <see cref="WriteVia"/> with the transport of <paramref name="flow"/>.</param>
    /// <param name="canFallBack">A large request on a stream, to be sent over UDP if no connection comes about (RFC 3261 §18.1.1).</param>
    /// <param name="outlastsErrors">What the network says of the far side does not end it: only silence does, which nobody can forge.</param>
    public void Send(TransactionId transaction, in Flow flow, ReadOnlySpan<byte> octets, bool canFallBack = false, bool outlastsErrors = false)
    {
        ref var record = ref _slab[transaction.Slot];
        record.Flow = flow;
        record.CanFallBack = canFallBack;
        if (!outlastsErrors)
        {
            _pending.Add(transaction.Slot);
        }

        _lane.Counters.SentRequest(flow.Listener, record.Method);
        Execute(transaction.Slot, Move(ref record, ClientEvent.Request), octets, null, flow);
    }

    /// <summary>Sends the ACK of a 2xx, which is a request without a transaction (RFC 3261 §13.2.2.4).</summary>
    /// <param name="flow">Where to.</param>
    /// <param name="octets">The whole message.</param>
    /// <param name="trace">What it is kept under; 0: it is not.</param>
    public void SendAck(in Flow flow, ReadOnlySpan<byte> octets, ulong trace)
    {
        _lane.Counters.SentRequest(flow.Listener, SipMethod.Ack);
        _ = Put(trace, flow, octets);
    }

    /// <summary>Whether this far side took no connection lately, so that large requests go to it over UDP at once.</summary>
    public bool HasRefusedStreams(in IpEndpoint remote) => _refusals.TryGetValue(remote, out var until) && until > _lane.Now;

    /// <summary>Changes the transport in the Via of a request of ours, in place: the names UDP and TCP are of one length.</summary>
    public static void ChangeVia(Span<byte> octets, Transport transport) =>
        TransportNames.Via(transport).CopyTo(octets[(octets.IndexOf(ViaStart) + ViaStart.Length)..]);

    private void ReceiveResponse(SipMessage response, in Flow flow)
    {
        if (!TryClient(response[response.Branch], out var slot))
        {
            _lane.Counters.Stray(flow.Listener);
            return;
        }

        // A CANCEL has the branch of its INVITE (RFC 3261 §9.1); CSeq tells them apart (§17.1.3).
        if (response.Method == SipMethod.Cancel && _slab[slot].Method == SipMethod.Invite)
        {
            slot = CancelOf(slot);
            if (slot < 0)
            {
                _lane.Counters.Stray(flow.Listener);
                return;
            }
        }

        ref var transaction = ref _slab[slot];
        if (transaction.Method != response.Method)
        {
            _lane.Counters.Stray(flow.Listener);
            return;
        }

        Keep(transaction.Trace, response, flow);

        _pending.Remove(slot);
        transaction.CanFallBack = false;
        if (flow.IsReliable && transaction.Flow.IsReliable)
        {
            // The connection that the answer came by is the one that is alive.
            transaction.Flow = flow;
        }

        var input = response.Status < 200 ? ClientEvent.Provisional : response.Status < 300 ? ClientEvent.Success : ClientEvent.Failure;
        Execute(slot, Move(ref transaction, input), default, response, flow);
    }

    private bool TryClient(ReadOnlySpan<byte> branch, out int slot)
    {
        slot = -1;
        if (branch.Length <= Via.Cookie.Length || !MintedId.TryParse(branch[Via.Cookie.Length..], out var id) || id.Lane != _lane.Number ||
            !_slab.IsTaken(id.Slot))
        {
            return false;
        }

        ref var transaction = ref _slab[id.Slot];
        slot = id.Slot;
        return transaction.Kind is TransactionKind.InviteClient or TransactionKind.NonInviteClient && transaction.Key == id.Secret;
    }

    /// <summary>The CANCEL of a client INVITE while it lives, or −1. It has the secret of the INVITE, so that a later tenant of its slot is none.</summary>
    private int CancelOf(int invite)
    {
        ref var record = ref _slab[invite];
        var slot = record.Link - 1;
        return record.Kind == TransactionKind.InviteClient && _slab.IsTaken(slot) &&
            _slab[slot].Kind == TransactionKind.NonInviteClient && _slab[slot].Key == record.Key ? slot : -1;
    }

    /// <summary>
    /// The network could not deliver to a far side (ICMP, a refused or failed connection, RFC 3261 §18.4). A large request goes
    /// out again over UDP; every other request that has no answer yet has failed.
    /// </summary>
    /// <param name="failed">The way.</param>
    /// <param name="isToOne">It is about one of those who may be there: whoever else is meant with TLS is another matter.</param>
    public void OnUndelivered(in Flow failed, bool isToOne = false)
    {
        for (var slot = _pending.First(failed.Remote); slot >= 0;)
        {
            var next = _pending.After(slot);
            ref var transaction = ref _slab[slot];
            if (Concerns(failed, transaction.Flow) && (!isToOne || failed.Far == transaction.Flow.Far))
            {
                _pending.Remove(slot);
                if (transaction.CanFallBack)
                {
                    FallBack(slot);
                }
                else
                {
                    // In a turn of its own: what the user does about one of them may end others of this list.
                    FailSoon(ref transaction, new TransactionId(slot, _slab.Generation(slot)));
                }
            }

            slot = next;
        }
    }

    /// <summary>A connection that is gone concerns what was sent over it, or over whichever one the network found.</summary>
    private static bool Concerns(in Flow failed, in Flow flow) =>
        flow.Remote == failed.Remote && flow.Transport == failed.Transport && flow.Listener == failed.Listener &&
        (flow.Connection == failed.Connection || flow.Connection == 0 || failed.Connection == 0);

    private void FailSoon(ref Transaction transaction, TransactionId id)
    {
        transaction.IsFailing = true;
        _lane.Timers.Schedule(_lane.Now, (byte)LaneTimer.TransactionFailed, id.Slot, id.Generation);
    }

    /// <summary>A refused connection may be told twice, by the send and by the network: the fall back that one brought about is not undone by the other.</summary>
    private void Fail(int slot)
    {
        ref var transaction = ref _slab[slot];
        if (!transaction.IsFailing)
        {
            return;
        }

        transaction.IsFailing = false;
        if (transaction.CanFallBack)
        {
            FallBack(slot);
        }
        else
        {
            Step(slot, ClientEvent.TransportFailed, ServerEvent.TransportFailed);
        }
    }

    private void FallBack(int slot)
    {
        _pending.Remove(slot);
        ref var transaction = ref _slab[slot];
        (transaction.CanFallBack, transaction.IsFailing) = (false, false);
        Remember(transaction.Flow.Remote);
        var id = new TransactionId(slot, _slab.Generation(slot));
        if (!_lane.Network.TryFlow(_lane.Group(transaction.Flow.Listener), Transport.Udp, transaction.Flow.Remote, out var udp))
        {
            FailSoon(ref transaction, id);
            return;
        }

        transaction.Flow = udp;
        _pending.Add(slot);
        var octets = _scratch.AsSpan(0, transaction.Kept.Length);
        transaction.Kept.Span.CopyTo(octets);
        ChangeVia(octets, Transport.Udp);
        _lane.Octets.Drop(ref transaction.Kept);
        transaction.Kept = _lane.Octets.Keep(octets);
        Transmit(ref transaction, id, octets);
        Repeat(ref transaction, id, _times.T1);
    }

    private void Remember(in IpEndpoint remote)
    {
        if (_refusals.Count >= MostRefusals)
        {
            _refusals.Clear();
        }

        _refusals[remote] = _lane.Now + RefusalMemory;
    }

    private static ReadOnlySpan<byte> ViaStart => "\r\nVia: SIP/2.0/"u8;

    /// <summary>RFC 3261 §17.1.1.3: the ACK of a failure has the INVITE's Request-URI, Via, From, Call-ID, CSeq number and Route, and the answer's To.</summary>
    private void AcknowledgeFailure(ref Transaction transaction, TransactionId id, SipMessage response)
    {
        var writer = new MessageWriter(_scratch);
        var invite = ReadKept(transaction);
        WriteDerived(ref writer, invite, SipMethod.Ack, response.First(HeaderId.To));
        _lane.Octets.Drop(ref transaction.Kept);
        transaction.Kept = _lane.Octets.Keep(writer.Written);
        Transmit(ref transaction, id, writer.Written);
    }

    /// <summary>
    /// RFC 3261 §9.1: cancels an INVITE that has had a provisional response and no final one. Its own answer is of no
    /// interest; the INVITE's 487 comes, or after 64·T1 its user is told that it timed out.
    /// </summary>
    /// <param name="invite">The INVITE.</param>
    /// <param name="reason">The value of a Reason that says why (RFC 3326); empty for none.</param>
    /// <returns>False if there is nothing to cancel now.</returns>
    public bool TryCancel(TransactionId invite, scoped ReadOnlySpan<byte> reason = default)
    {
        if (!_slab.Holds(invite.Slot, invite.Generation) || (InviteClientState)_slab[invite.Slot].State != InviteClientState.Proceeding ||
            _slab[invite.Slot].Link != 0)
        {
            return false;
        }

        var cancel = Reserve(SipMethod.Cancel, default);
        ref var record = ref _slab[invite.Slot];
        record.Link = cancel.Slot + 1;
        _slab[cancel.Slot].Key = record.Key;
        _slab[cancel.Slot].Trace = record.Trace;
        var writer = new MessageWriter(_scratch);
        var message = ReadKept(record);
        WriteDerived(ref writer, message, SipMethod.Cancel, message.First(HeaderId.To), reason);
        Send(cancel, record.Flow, writer.Written);
        record.Deadline = Schedule(_times.Timeout, LaneTimer.TransactionDeadline, invite);
        return true;
    }

    /// <summary>
    /// Notes that a dialog which an INVITE of ours led to is being looked after, or was ended: its 2xx, should it come again when nobody
    /// knows of it any more, wants an ACK and nothing else.
    /// </summary>
    /// <param name="invite">While it lives.</param>
    /// <param name="tag">The far side's.</param>
    /// <returns>False if it has been claimed before. The last <see cref="ClaimedTags.Count"/> of an INVITE are remembered.</returns>
    public bool TryClaim(TransactionId invite, ReadOnlySpan<byte> tag)
    {
        var hash = (uint)_hash.Of(tag) | 1;
        if (!_slab.Holds(invite.Slot, invite.Generation))
        {
            return true;
        }

        Span<uint> claimed = _slab[invite.Slot].Claimed;
        if (claimed.Contains(hash))
        {
            return false;
        }

        claimed[..^1].CopyTo(claimed[1..]);
        claimed[0] = hash;
        return true;
    }

    /// <summary>The user of an INVITE forgets its early dialogs: the CSeq after which a request in one of them would have to go on.</summary>
    public void KeepSequence(TransactionId invite, uint sequence)
    {
        if (_slab.Holds(invite.Slot, invite.Generation))
        {
            _slab[invite.Slot].LastSequence = sequence;
        }
    }

    /// <summary>What <see cref="KeepSequence"/> kept; 0 without.</summary>
    public uint LastSequence(TransactionId invite) => _slab.Holds(invite.Slot, invite.Generation) ? _slab[invite.Slot].LastSequence : 0;

    private SipMessage ReadKept(in Transaction transaction)
    {
        var octets = _lane.KeptScratch;
        transaction.Kept.Span.CopyTo(octets);
        SipParser.Parse(_kept, octets, 0, transaction.Kept.Length, isStream: false);
        return _kept;
    }

    private static void WriteDerived(ref MessageWriter writer, SipMessage invite, SipMethod method, ReadOnlySpan<byte> to, scoped ReadOnlySpan<byte> reason = default)
    {
        writer.Write(SipMethods.Name(method));
        writer.Write((byte)' ');
        writer.Write(invite[invite.RequestUri]);
        writer.Write(" SIP/2.0\r\n"u8);
        writer.Field("Via"u8, invite.First(HeaderId.Via));
        writer.Field("Max-Forwards"u8, "70"u8);
        for (var index = invite.TryFirst(HeaderId.Route, out var first) ? first : -1; index >= 0; index = invite.Next(index))
        {
            writer.Field("Route"u8, invite[invite.Fields[index].Value]);
        }

        writer.Field("From"u8, invite.First(HeaderId.From));
        writer.Field("To"u8, to);
        writer.Field("Call-ID"u8, invite.First(HeaderId.CallId));
        writer.Write("CSeq: "u8);
        writer.Write(invite.CSeq);
        writer.Write((byte)' ');
        writer.Write(SipMethods.Name(method));
        writer.EndLine();
        if (!reason.IsEmpty)
        {
            writer.Field("Reason"u8, reason);
        }

        writer.Finish(default);
    }
}
