using System.Runtime.CompilerServices;

namespace SipAlg.Signaling.Lanes;

/// <summary>
/// Records of one kind, owned by one lane, in chunks that never move: a reference to a record stays good until it is freed,
/// and a handle of slot and generation tells a record from the next one in its place.
/// </summary>
/// <typeparam name="T">The record; cleared when it is freed.</typeparam>
public sealed class Slab<T>
    where T : struct
{
    private const int ChunkBits = 8;
    private const int ChunkSize = 1 << ChunkBits;

    private Chunk[] _chunks = [];
    private int _free = -1;
    private int _used;

    private struct Entry
    {
        public T Record;
        public uint Generation;
        public int NextFree;
    }

    private sealed class Chunk
    {
        public readonly Entry[] Entries = new Entry[ChunkSize];
    }

    /// <summary>Records in use.</summary>
    public int Count { get; private set; }

    /// <summary>One past the highest slot ever used, for walking over all of them.</summary>
    public int Top => _used;

    public ref T this[int slot] => ref At(slot).Record;

    private ref Entry At(int slot) => ref _chunks[slot >> ChunkBits].Entries[slot & (ChunkSize - 1)];

    /// <summary>Takes a free slot; the record is its default.</summary>
    public int Take(out uint generation)
    {
        int slot;
        if (_free >= 0)
        {
            slot = _free;
            _free = At(slot).NextFree;
        }
        else
        {
            slot = _used++;
            if (slot >> ChunkBits == _chunks.Length)
            {
                Array.Resize(ref _chunks, _chunks.Length + 1);
                _chunks[^1] = new Chunk();
            }
        }

        ref var entry = ref At(slot);
        entry.Generation |= 1;
        generation = entry.Generation;
        Count++;
        return slot;
    }

    public void Free(int slot)
    {
        ref var entry = ref At(slot);
        entry.Record = default;
        entry.Generation++;
        entry.NextFree = _free;
        _free = slot;
        Count--;
    }

    /// <summary>Whether this slot still holds the record of this generation.</summary>
    public bool Holds(int slot, uint generation) => (uint)slot < (uint)_used && (generation & 1) != 0 && At(slot).Generation == generation;

    /// <summary>Whether this slot holds a record, of whatever generation.</summary>
    public bool IsTaken(int slot) => (uint)slot < (uint)_used && (At(slot).Generation & 1) != 0;

    public uint Generation(int slot) => At(slot).Generation;

    /// <summary>The record behind a handle; check <see cref="Unsafe.IsNullRef"/> (a stale handle).</summary>
    public ref T Find(int slot, uint generation) => ref Holds(slot, generation) ? ref At(slot).Record : ref Unsafe.NullRef<T>();
}
