namespace SipAlg.Media.Relaying;

/// <summary>
/// Pairs with new orders for a relay thread: many lanes push, one thread takes all. The link stands in the pair, which is
/// queued at most once, and the thread looks at what is wanted by then: so the queue is bounded, allocates nothing,
/// and its order does not matter.
/// </summary>
internal sealed unsafe class PairQueue
{
    private nint _head;

    /// <summary>Queues a pair, unless it is; true when the thread has to be woken, because the queue was empty.</summary>
    public bool Push(Pair* pair)
    {
        if (Interlocked.Exchange(ref pair->IsQueued, 1) != 0)
        {
            return false;
        }

        nint head;
        do
        {
            head = Volatile.Read(ref _head);
            pair->Next = (Pair*)head;
        }
        while (Interlocked.CompareExchange(ref _head, (nint)pair, head) != head);
        return head == 0;
    }

    /// <summary>Takes all that is queued, as a list to be walked by <see cref="Pop"/>.</summary>
    public Pair* TakeAll() => Volatile.Read(ref _head) == 0 ? null : (Pair*)Interlocked.Exchange(ref _head, 0);

    /// <summary>Takes the first off a list; from then on its pair can be queued again.</summary>
    public static Pair* Pop(ref Pair* list)
    {
        var pair = list;
        list = pair->Next;
        Interlocked.Exchange(ref pair->IsQueued, 0);
        return pair;
    }
}
