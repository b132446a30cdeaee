using SipAlg.Signaling.Lanes;

namespace SipAlg.Signaling.Transactions;

/// <summary>
/// Finds server transactions by key. A place holds the slot and half of the key, so that a request that is new, as most are, is known to be
/// new by one look at memory; the records themselves are only read where the halves agree. Places are taken one after another
/// from the one that the key names; what follows moves up when one is given back.
/// </summary>
internal sealed class TransactionTable(Slab<Transaction> slab)
{
    private const int SmallestSize = 1024;

    /// <summary>Half of the key above slot + 1; 0: free.</summary>
    private ulong[] _places = new ulong[SmallestSize];
    private int _count;

    private int Mask => _places.Length - 1;

    /// <summary>The slot with this key, or −1.</summary>
    public int Find(ulong key)
    {
        for (var at = Home(key); _places[at] != 0; at = Next(at))
        {
            if (HalfOf(_places[at]) == (uint)key && slab[SlotOf(_places[at])].Key == key)
            {
                return SlotOf(_places[at]);
            }
        }

        return -1;
    }

    public void Add(int slot)
    {
        if (_count >= _places.Length / 2)
        {
            Grow();
        }

        Put(PlaceOf(slab[slot].Key, slot));
        _count++;
    }

    public void Remove(int slot)
    {
        var place = PlaceOf(slab[slot].Key, slot);
        var at = Home(place >> 32);
        while (_places[at] != place)
        {
            at = Next(at);
        }

        Close(at);
        _count--;
    }

    private static ulong PlaceOf(ulong key, int slot) => (key << 32) | (uint)(slot + 1);

    private static uint HalfOf(ulong place) => (uint)(place >> 32);

    private static int SlotOf(ulong place) => (int)(uint)place - 1;

    private int Home(ulong key) => (int)key & Mask;

    private int Next(int at) => (at + 1) & Mask;

    private void Put(ulong place)
    {
        var at = Home(place >> 32);
        while (_places[at] != 0)
        {
            at = Next(at);
        }

        _places[at] = place;
    }

    /// <summary>Moves each of those that follow into the gap that it could have stood in, so that no look ends too early.</summary>
    private void Close(int gap)
    {
        for (var at = Next(gap); _places[at] != 0; at = Next(at))
        {
            var home = Home(_places[at] >> 32);
            if (((at - home) & Mask) >= ((at - gap) & Mask))
            {
                _places[gap] = _places[at];
                gap = at;
            }
        }

        _places[gap] = 0;
    }

    private void Grow()
    {
        var old = _places;
        _places = new ulong[old.Length * 2];
        foreach (var place in old)
        {
            if (place != 0)
            {
                Put(place);
            }
        }
    }
}
