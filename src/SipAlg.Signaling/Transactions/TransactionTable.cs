using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transactions;

/// <summary>Finds server transactions by key: buckets of slots, chained through the records.</summary>
internal sealed class TransactionTable(Slab<Transaction> slab)
{
    private const int None = -1;
    private int[] _buckets = NewBuckets(1024);
    private int _count;

    private static int[] NewBuckets(int size)
    {
        var buckets = new int[size];
        Array.Fill(buckets, None);
        return buckets;
    }

    private ref int Bucket(ulong key) => ref _buckets[(int)(key & (uint)(_buckets.Length - 1))];

    /// <summary>The slot with this key, or −1.</summary>
    public int Find(ulong key)
    {
        var slot = Bucket(key);
        while (slot != None && slab[slot].Key != key)
        {
            slot = slab[slot].Link;
        }

        return slot;
    }

    public void Add(int slot)
    {
        if (_count == _buckets.Length)
        {
            Grow();
        }

        ref var transaction = ref slab[slot];
        ref var bucket = ref Bucket(transaction.Key);
        transaction.Link = bucket;
        bucket = slot;
        _count++;
    }

    public void Remove(int slot)
    {
        ref var link = ref Bucket(slab[slot].Key);
        while (link != slot)
        {
            link = ref slab[link].Link;
        }

        link = slab[slot].Link;
        _count--;
    }

    private void Grow()
    {
        var old = _buckets;
        _buckets = NewBuckets(old.Length * 2);
        foreach (var head in old)
        {
            for (var slot = head; slot != None;)
            {
                ref var transaction = ref slab[slot];
                var next = transaction.Link;
                ref var bucket = ref Bucket(transaction.Key);
                transaction.Link = bucket;
                bucket = slot;
                slot = next;
            }
        }
    }
}
