using System.Runtime.InteropServices;
using SipAlg.Signaling.Transports;

namespace SipAlg.Signaling.Traces;

internal enum TraceKind : byte
{
    /// <summary>The rest of the memory before its beginning.</summary>
    Filler,
    Received,
    Sent,
    Unsent,

    /// <summary>The end of a call.</summary>
    End,
}

/// <summary>What stands before the octets of a message.</summary>
internal struct TraceEntry
{
    /// <summary>With what follows.</summary>
    public int Size;
    public int Length;
    public ulong Trace;

    /// <summary>The id of the call while it stands; else 0.</summary>
    public ulong Call;
    public long Sequence;

    /// <summary>UTC.</summary>
    public long Ticks;
    public TraceKind Kind;
    public Flow Flow;
}

/// <summary>
/// A ring of messages in memory of its own. One thread writes; any other may read meanwhile: it copies first and looks then whether
/// what it has copied was still there, since the writer says what goes before it writes over it.
/// </summary>
internal sealed unsafe class TraceRing
{
    private const int Alignment = 8;

    private readonly byte* _start;
    private readonly long _capacity;

    /// <summary>Octets ever written, and ever dropped; both at the beginning of an entry.</summary>
    private long _head;
    private long _tail;

    public TraceRing(long capacity)
    {
        _capacity = capacity / Alignment * Alignment;

        // A reader takes a whole entry where there is perhaps only a filler.
        _start = (byte*)NativeMemory.Alloc((nuint)(_capacity + sizeof(TraceEntry)));
    }

    ~TraceRing() => NativeMemory.Free(_start);

    /// <summary>Whether a message may be appended as things are.</summary>
    public bool HasRoom(int length) => _head + Needed(length) - _tail <= _capacity;

    /// <summary>Of a ring that is not empty. Valid until it is dropped.</summary>
    public ref readonly TraceEntry Oldest(out ReadOnlySpan<byte> octets)
    {
        var entry = At(_tail);
        octets = Kind(entry) == TraceKind.Filler ? default : new ReadOnlySpan<byte>(entry + 1, entry->Length);
        return ref Kind(entry) == TraceKind.Filler ? ref Fill : ref *entry;
    }

    public void DropOldest()
    {
        Volatile.Write(ref _tail, _tail + Math.Abs(At(_tail)->Size));

        // Nothing is written over before every reader can see that it has gone.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Appends where <see cref="HasRoom"/> says so.</summary>
    public void Append(in TraceEntry entry, ReadOnlySpan<byte> octets)
    {
        var head = _head;
        var rest = Rest(head);
        var size = SizeOf(octets.Length);
        if (rest < size)
        {
            // The sign tells a filler, which has room for nothing else.
            *(int*)At(head) = -(int)rest;
            head += rest;
        }

        var written = At(head);
        *written = entry;
        written->Size = size;
        written->Length = octets.Length;
        octets.CopyTo(new Span<byte>(written + 1, octets.Length));
        Volatile.Write(ref _head, head + size);
        GC.KeepAlive(this);
    }

    /// <summary>Copies out what belongs to a call, by sequence. From any thread.</summary>
    public void CopyTo(SortedList<long, TracedMessage> found, ulong trace, int most)
    {
        var at = Volatile.Read(ref _tail);
        var head = Volatile.Read(ref _head);
        while (at < head && found.Count < most)
        {
            var entry = *At(at);
            byte[]? octets = null;
            if (IsThere(at) && entry.Size > 0 && entry.Trace == trace && entry.Kind != TraceKind.End)
            {
                octets = new ReadOnlySpan<byte>(At(at) + 1, entry.Length).ToArray();
            }

            if (!IsThere(at))
            {
                at = Volatile.Read(ref _tail);
                continue;
            }

            if (octets is not null)
            {
                found[entry.Sequence] = TracedMessage.Of(entry, octets);
            }

            at += Math.Abs(entry.Size);
        }

        GC.KeepAlive(this);
    }

    /// <summary>Where the next entry will be. From any thread.</summary>
    public long Head => Volatile.Read(ref _head);

    /// <summary>The first entry that is there from a position on; the position moves on to it. From any thread.</summary>
    public bool TryPeek(ref long at, out TraceEntry entry)
    {
        while (at < Volatile.Read(ref _head))
        {
            entry = *At(at);
            if (!IsThere(at))
            {
                at = Volatile.Read(ref _tail);
            }
            else if (entry.Size < 0)
            {
                at -= entry.Size;
            }
            else
            {
                GC.KeepAlive(this);
                return true;
            }
        }

        entry = default;
        return false;
    }

    /// <summary>Copies the octets of an entry that was found there, and moves the position behind it. False: it has fallen out meanwhile.</summary>
    public bool TryCopy(ref long at, in TraceEntry entry, Span<byte> room)
    {
        var from = at;
        at += entry.Size;
        new ReadOnlySpan<byte>(At(from) + 1, entry.Length).CopyTo(room);
        GC.KeepAlive(this);
        return IsThere(from);
    }

    private static readonly TraceEntry Filler = new() { Kind = TraceKind.Filler };

    private static ref readonly TraceEntry Fill => ref Filler;

    private static TraceKind Kind(TraceEntry* entry) => entry->Size < 0 ? TraceKind.Filler : entry->Kind;

    private bool IsThere(long at)
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _tail) <= at;
    }

    private TraceEntry* At(long position) => (TraceEntry*)(_start + (position % _capacity));

    /// <summary>From a position to the end of the memory.</summary>
    private long Rest(long position) => _capacity - (position % _capacity);

    private long Needed(int length)
    {
        var size = SizeOf(length);
        var rest = Rest(_head);
        return rest < size ? rest + size : size;
    }

    private static int SizeOf(int length) => (sizeof(TraceEntry) + length + Alignment - 1) / Alignment * Alignment;
}
