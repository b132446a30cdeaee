using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transactions;

/// <summary>
/// The requests that have had no answer yet, by where they went, so that an ICMP error or a failed connection ends those that
/// it concerns and looks at no others.
/// </summary>
internal sealed class PendingRequests(Slab<Transaction> slab)
{
    private const int None = -1;
    private const int Size = 1024;
    private readonly int[] _heads = NewHeads();

    private static int[] NewHeads()
    {
        var heads = new int[Size];
        Array.Fill(heads, None);
        return heads;
    }

    private static int Bucket(in IpEndpoint remote) => remote.GetHashCode() & (Size - 1);

    public void Add(int slot)
    {
        ref var record = ref slab[slot];
        ref var head = ref _heads[Bucket(record.Flow.Remote)];
        record.IsPending = true;
        record.PendingBefore = None;
        record.PendingAfter = head;
        if (head != None)
        {
            slab[head].PendingBefore = slot;
        }

        head = slot;
    }

    public void Remove(int slot)
    {
        ref var record = ref slab[slot];
        if (!record.IsPending)
        {
            return;
        }

        record.IsPending = false;
        if (record.PendingAfter != None)
        {
            slab[record.PendingAfter].PendingBefore = record.PendingBefore;
        }

        if (record.PendingBefore != None)
        {
            slab[record.PendingBefore].PendingAfter = record.PendingAfter;
        }
        else
        {
            _heads[Bucket(record.Flow.Remote)] = record.PendingAfter;
        }
    }

    /// <summary>The first of the requests that may concern this far side, or −1; others of the same bucket are among them.</summary>
    public int First(in IpEndpoint remote) => _heads[Bucket(remote)];

    public int After(int slot) => slab[slot].PendingAfter;
}
