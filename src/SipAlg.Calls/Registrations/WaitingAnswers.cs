using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Calls.Registrations;

/// <summary>Answers that go out when the journal has kept what they tell, in their order.</summary>
internal sealed class WaitingAnswers
{
    private readonly TransactionLayer _transactions;
    private readonly Queue<Waiting> _waiting = new();
    private readonly Wake _wake;
    private long _kept;
    private long _told;

    public WaitingAnswers(LaneContext lane, TransactionLayer transactions)
    {
        _transactions = transactions;
        _wake = new Wake(this, lane.Lane);
    }

    private readonly record struct Waiting(long Write, TransactionId Transaction, int Status);

    public int Count => _waiting.Count;

    /// <summary>Sends an answer, at once if all up to this write is kept.</summary>
    public void Respond(long write, TransactionId transaction, int status, ReadOnlySpan<byte> octets)
    {
        if (_waiting.Count == 0 && write <= _kept)
        {
            _transactions.Respond(transaction, status, octets);
        }
        else
        {
            _transactions.Prepare(transaction, octets);
            _waiting.Enqueue(new Waiting(write, transaction, status));
        }
    }

    /// <summary>From any thread: all writes up to this one are kept.</summary>
    public void Kept(long write)
    {
        Volatile.Write(ref _told, write);
        _wake.Post();
    }

    private void Release()
    {
        _kept = Volatile.Read(ref _told);
        while (_waiting.TryPeek(out var next) && next.Write <= _kept)
        {
            _waiting.Dequeue();
            _transactions.RespondPrepared(next.Transaction, next.Status);
        }
    }

    /// <summary>One event however many writes it tells of.</summary>
    private sealed class Wake(WaitingAnswers answers, ILane lane) : LaneEvent
    {
        private int _isPosted;

        public void Post()
        {
            if (Interlocked.Exchange(ref _isPosted, 1) == 0)
            {
                lane.Post(this);
            }
        }

        public override void Run(ILaneUser user)
        {
            // First the mark: what is kept from here on posts anew.
            Interlocked.Exchange(ref _isPosted, 0);
            answers.Release();
        }
    }
}
