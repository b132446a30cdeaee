namespace SipAlg.Linux.Bpf;

/// <summary>
/// Takes records out of a ring that the kernel writes. For one thread. What was read keeps its room until <see cref="GiveBack"/>, so that
/// the records of a turn are given back at once: the kernel wakes nobody for a record that does not come right behind what was given back.
/// </summary>
/// <param name="given">Up to where the reader has given back.</param>
/// <param name="written">Up to where records were begun.</param>
/// <param name="records">Them, twice in a row, so that none is broken at the end.</param>
/// <param name="octets">Of the ring; a power of two.</param>
public unsafe struct RingReader(ulong* given, ulong* written, byte* records, int octets)
{
    /// <summary>Of a record's first word, beside its length: it is still being written; it was given up.</summary>
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;

    private const int HeadOctets = 8;

    private readonly ulong _mask = (ulong)octets - 1;
    private ulong _next = *given;
    private ulong _known = *given;

    /// <summary>From here on the records are read that are there now, and no later ones.</summary>
    public void Look() => _known = Volatile.Read(ref *written);

    /// <summary>The next record; null when there was none, or when the next one is still being written.</summary>
    public byte* Next()
    {
        while (_next != _known)
        {
            var record = records + (_next & _mask);
            var head = Volatile.Read(ref *(uint*)record);
            if ((head & Busy) != 0)
            {
                return null;
            }

            _next += ((head & ~Discarded) + HeadOctets + 7) & ~7u;
            if ((head & Discarded) == 0)
            {
                return record + HeadOctets;
            }
        }

        return null;
    }

    /// <summary>Nothing that was read is looked at any more.</summary>
    public readonly void GiveBack() => Volatile.Write(ref *given, _next);

    /// <summary>
    /// Gives back, and says whether there is more. If not, whoever waits at the ring's descriptor is woken by the next record: that comes right
    /// behind what was given back, and is seen here or sees it.
    /// </summary>
    public readonly bool HasMore()
    {
        GiveBack();
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref *written) != _next;
    }
}
