using System.Runtime.CompilerServices;
using SipAlg.Protocol.Sip;
using SipAlg.Protocol.Transactions;
using SipAlg.Signaling.Identifiers;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Transactions;

/// <summary>
/// The transactions of one lane (RFC 3261 §17). The machines say what is to be done, this class does it: it sends, keeps,
/// arms timers and tells the user. Server transactions are found by a hash, client transactions by the slot in their branch.
/// </summary>
public sealed partial class TransactionLayer
{
    private readonly Slab<Transaction> _slab = new();
    private readonly TransactionTable _table;
    private readonly PendingRequests _pending;
    private readonly SipMessage _kept = new();
    private readonly byte[] _scratch = new byte[SipLimits.Message];
    private readonly LaneContext _lane;
    private readonly ITransactionUser _user;
    private readonly TransactionTimes _times;

    public TransactionLayer(LaneContext lane, ITransactionUser user, int t1Milliseconds)
    {
        _lane = lane;
        _user = user;
        _times = new TransactionTimes(t1Milliseconds);
        _table = new TransactionTable(_slab);
        _pending = new PendingRequests(_slab);
        _hash = new KeyedHash(lane.Secrets.Next(), lane.Secrets.Next());
    }

    /// <summary>Transactions that are alive or still absorb retransmissions.</summary>
    public int Count => _slab.Count;

    /// <summary>Messages kept for retransmission; 0 once every transaction is over.</summary>
    public int KeptMessages => _lane.Octets.Count;

    public TransactionTimes Times => _times;

    /// <summary>Takes a message that was parsed without a fault.</summary>
    public void Receive(SipMessage message, in Flow flow)
    {
        if (message.IsRequest)
        {
            ReceiveRequest(message, flow);
        }
        else
        {
            ReceiveResponse(message, flow);
        }
    }

    /// <summary>A timer of this layer is due.</summary>
    public void OnTimer(LaneTimer timer, int slot, uint generation)
    {
        if (!_slab.Holds(slot, generation))
        {
            return;
        }

        ref var transaction = ref _slab[slot];
        if (timer == LaneTimer.TransactionRetransmit)
        {
            transaction.Retransmit = default;
            Step(slot, ClientEvent.RetransmitDue, ServerEvent.RetransmitDue);
        }
        else if (timer == LaneTimer.TransactionFailed)
        {
            Fail(slot);
        }
        else
        {
            transaction.Deadline = default;
            if (IsLingering(transaction))
            {
                Step(slot, ClientEvent.LingerDue, ServerEvent.LingerDue);
            }
            else
            {
                Step(slot, ClientEvent.TimeoutDue, ServerEvent.TimeoutDue);
            }
        }
    }

    /// <summary>One deadline serves both kinds of waiting; the state tells which it is.</summary>
    private static bool IsLingering(in Transaction transaction) => transaction.Kind switch
    {
        TransactionKind.InviteClient => (InviteClientState)transaction.State is InviteClientState.Completed or InviteClientState.Accepted,
        TransactionKind.NonInviteClient => (NonInviteClientState)transaction.State == NonInviteClientState.Completed,
        TransactionKind.InviteServer => (InviteServerState)transaction.State is InviteServerState.Confirmed or InviteServerState.Accepted,
        _ => true,
    };

    private void Step(int slot, ClientEvent clientEvent, ServerEvent serverEvent)
    {
        ref var transaction = ref _slab[slot];
        var actions = transaction.Kind switch
        {
            TransactionKind.InviteClient or TransactionKind.NonInviteClient => Move(ref transaction, clientEvent),
            _ => Move(ref transaction, serverEvent),
        };
        Execute(slot, actions, default, null, default);
    }

    private static TransactionActions Move(ref Transaction transaction, ClientEvent input)
    {
        var (state, isReliable) = (transaction.State, transaction.Flow.IsReliable);
        return transaction.Kind == TransactionKind.InviteClient
            ? Enter(ref transaction, InviteClient.Next((InviteClientState)state, input, isReliable))
            : Enter(ref transaction, NonInviteClient.Next((NonInviteClientState)state, input, isReliable));
    }

    private static TransactionActions Move(ref Transaction transaction, ServerEvent input)
    {
        var (state, isReliable) = (transaction.State, transaction.Flow.IsReliable);
        return transaction.Kind == TransactionKind.InviteServer
            ? Enter(ref transaction, InviteServer.Next((InviteServerState)state, input, isReliable))
            : Enter(ref transaction, NonInviteServer.Next((NonInviteServerState)state, input, isReliable));
    }

    private static TransactionActions Enter<TState>(ref Transaction transaction, in TransactionStep<TState> step)
        where TState : struct, Enum
    {
        transaction.State = Unsafe.BitCast<TState, byte>(step.State);
        return step.Actions;
    }

    /// <summary>Carries out what a machine said, in the order of the flags.</summary>
    private void Execute(int slot, TransactionActions actions, ReadOnlySpan<byte> octets, SipMessage? message, in Flow flow)
    {
        if (actions == TransactionActions.None)
        {
            return;
        }

        ref var transaction = ref _slab[slot];
        var id = new TransactionId(slot, _slab.Generation(slot));
        if ((actions & TransactionActions.Send) != 0)
        {
            Transmit(ref transaction, id, octets);
        }

        if ((actions & TransactionActions.Keep) != 0)
        {
            _lane.Octets.Drop(ref transaction.Kept);
            transaction.Kept = _lane.Octets.Keep(octets);
        }

        if ((actions & TransactionActions.Resend) != 0 && !transaction.Kept.IsEmpty)
        {
            _lane.Counters.Retransmitted(transaction.Flow.Listener);
            Transmit(ref transaction, id, transaction.Kept.Span);
        }

        if ((actions & TransactionActions.Acknowledge) != 0)
        {
            AcknowledgeFailure(ref transaction, id, message!);
        }

        Arm(ref transaction, id, actions);
        if ((actions & TransactionActions.Drop) != 0)
        {
            _lane.Octets.Drop(ref transaction.Kept);
        }

        Tell(id, actions, message, flow);
        if ((actions & TransactionActions.End) != 0 && _slab.Holds(id.Slot, id.Generation))
        {
            Remove(id.Slot);
        }
    }

    private void Arm(ref Transaction transaction, TransactionId id, TransactionActions actions)
    {
        if ((actions & TransactionActions.StartRetransmit) != 0)
        {
            Repeat(ref transaction, id, _times.T1);
        }
        else if ((actions & TransactionActions.RetransmitSlowly) != 0)
        {
            Repeat(ref transaction, id, _times.T2);
        }
        else if ((actions & TransactionActions.BackOff) != 0)
        {
            // Timer A alone is not capped at T2 (RFC 3261 §17.1.1.2); timer B ends it.
            var next = transaction.Interval * 2;
            Repeat(ref transaction, id, transaction.Kind == TransactionKind.InviteClient ? next : Math.Min(next, _times.T2));
        }
        else if ((actions & TransactionActions.StopRetransmit) != 0)
        {
            Cancel(ref transaction.Retransmit);
        }

        if ((actions & (TransactionActions.StopTimeout | TransactionActions.StartTimeout | TransactionActions.StartLinger)) != 0)
        {
            Cancel(ref transaction.Deadline);
        }

        if ((actions & TransactionActions.StartTimeout) != 0)
        {
            transaction.Deadline = Schedule(_times.Timeout, LaneTimer.TransactionDeadline, id);
        }
        else if ((actions & TransactionActions.StartLinger) != 0)
        {
            transaction.Deadline = Schedule(Linger(transaction), LaneTimer.TransactionDeadline, id);
        }
    }

    /// <summary>Timers I and K wait for T4, the others for 64·T1.</summary>
    private int Linger(in Transaction transaction) =>
        transaction.Kind == TransactionKind.NonInviteClient ||
        (transaction.Kind == TransactionKind.InviteServer && (InviteServerState)transaction.State == InviteServerState.Confirmed)
            ? _times.T4
            : _times.Timeout;

    private void Repeat(ref Transaction transaction, TransactionId id, int interval)
    {
        Cancel(ref transaction.Retransmit);
        transaction.Interval = interval;
        transaction.Retransmit = Schedule(interval, LaneTimer.TransactionRetransmit, id);
    }

    private TimerId Schedule(int milliseconds, LaneTimer timer, TransactionId id) =>
        _lane.Timers.Schedule(_lane.Now + milliseconds, (byte)timer, id.Slot, id.Generation);

    private void Cancel(ref TimerId timer)
    {
        _lane.Timers.Cancel(timer);
        timer = default;
    }

    private void Tell(TransactionId id, TransactionActions actions, SipMessage? message, in Flow flow)
    {
        const TransactionActions Telling = TransactionActions.Deliver | TransactionActions.ReportTimeout | TransactionActions.ReportFailure;
        if ((actions & Telling) == 0)
        {
            return;
        }

        ref var transaction = ref _slab[id.Slot];
        var isClient = transaction.Kind is TransactionKind.InviteClient or TransactionKind.NonInviteClient;
        if ((actions & TransactionActions.Deliver) == 0)
        {
            var reason = (actions & TransactionActions.ReportTimeout) != 0 ? NoResponse.TimedOut : NoResponse.TransportFailed;
            if (isClient)
            {
                _user.OnNoResponse(id, transaction.Owner, transaction.Method, reason);
            }
        }
        else if (isClient)
        {
            _user.OnResponse(id, transaction.Owner, message!, flow);
        }
        else if (message!.Method == SipMethod.Ack)
        {
            _user.OnAck(message, flow);
        }
        else
        {
            _user.OnRequest(id, message, flow);
        }
    }

    /// <summary>Sends on the transaction's flow. A refusal is told in a later turn, never from inside the user's call.</summary>
    private void Transmit(ref Transaction transaction, TransactionId id, ReadOnlySpan<byte> octets)
    {
        var result = Put(transaction.Trace, transaction.Flow, octets);
        if (!result.IsOnItsWay() && result != SendResult.WouldBlock)
        {
            FailSoon(ref transaction, id);
        }
    }

    private void Remove(int slot)
    {
        ref var transaction = ref _slab[slot];
        Cancel(ref transaction.Retransmit);
        Cancel(ref transaction.Deadline);
        _lane.Octets.Drop(ref transaction.Kept);
        if (transaction.Kind is TransactionKind.InviteServer or TransactionKind.NonInviteServer)
        {
            _table.Remove(slot);
        }
        else
        {
            _pending.Remove(slot);
        }

        var cancel = CancelOf(slot);
        _slab.Free(slot);
        if (cancel >= 0)
        {
            // Its answer could no longer be found, and the INVITE's end is the answer that counts.
            Remove(cancel);
        }
    }
}
