using SipAlg.Linux.Memory;

namespace SipAlg.Linux.Bpf;

/// <summary>A map shared with programs in the kernel. It lives as long as somebody holds it: this, or a program that is attached.</summary>
public sealed unsafe class BpfMap : IDisposable
{
    private const uint TypeHash = 1;
    private const uint TypeArray = 2;
    private const uint TypePrograms = 3;
    private const uint TypeLeastRecentHash = 9;
    private const uint TypeTrie = 11;
    private const uint TypeSockets = 15;
    private const uint TypeSharingSockets = 20;
    private const uint TypeRing = 27;
    private const uint NotPreallocated = 1;
    private const uint Mappable = 1 << 10;

    private BpfMap(int descriptor, int valueSize) => (Descriptor, ValueSize) = (descriptor, valueSize);

    public int Descriptor { get; }
    public int ValueSize { get; }

    /// <summary>A hash table, whose entries take memory when they are made.</summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewHash(ReadOnlySpan<byte> name, int keySize, int valueSize, int mostEntries) => Create(name, TypeHash, keySize, valueSize, mostEntries, NotPreallocated);

    /// <summary>A hash table that forgets what was not asked for of late when it is full. All of it is taken at once.</summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewForgetfulHash(ReadOnlySpan<byte> name, int keySize, int valueSize, int mostEntries) => Create(name, TypeLeastRecentHash, keySize, valueSize, mostEntries, 0);

    /// <summary>Blocks of numbers, of which the longest prefix is found: a key is the length of its prefix in bits (4 octets), and the octets.</summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewTrie(ReadOnlySpan<byte> name, int keySize, int valueSize, int mostEntries) => Create(name, TypeTrie, keySize, valueSize, mostEntries, NotPreallocated);

    /// <summary>
    /// An array of sockets that share an address (SO_REUSEPORT), for a program of <see cref="BpfHook.SharedPort"/>; an entry is made from a descriptor
    /// (8 octets), and goes with the socket.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewSharingSockets(ReadOnlySpan<byte> name, int entries) => Create(name, TypeSharingSockets, sizeof(uint), sizeof(ulong), entries, 0);

    /// <summary>An array that <see cref="Share"/> lets this process see as memory. All of it is taken at once.</summary>
    /// <param name="valueSize">A multiple of 8, so that values stand side by side.</param>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewSharedArray(ReadOnlySpan<byte> name, int valueSize, int entries)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(valueSize % 8, 0, nameof(valueSize));
        return Create(name, TypeArray, sizeof(uint), valueSize, entries, Mappable);
    }

    /// <summary>An array of sockets, by number; an entry is made from a descriptor (8 octets) of a bound socket, and goes with the socket.</summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewSockets(ReadOnlySpan<byte> name, int entries) => Create(name, TypeSockets, sizeof(uint), sizeof(ulong), entries, 0);

    /// <summary>
    /// Programs by number, for <see cref="BpfFunction.TailCall"/>; a value is a descriptor. The kernel empties it when the last process that
    /// holds it has closed it, whatever programs still do: so it ends with this, or with the process.
    /// </summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public static BpfMap NewProgramArray(ReadOnlySpan<byte> name, int entries) => Create(name, TypePrograms, sizeof(uint), sizeof(uint), entries, 0);

    /// <summary>Records from programs to the process (BPF_MAP_TYPE_RINGBUF, Linux 5.8), read by <see cref="BpfRing"/>.</summary>
    /// <param name="name">Of at most 15 octets.</param>
    /// <param name="octets">A power of two, and whole pages.</param>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    internal static BpfMap NewRing(ReadOnlySpan<byte> name, int octets) => Create(name, TypeRing, 0, 0, octets, 0);

    /// <summary>Makes or replaces an entry.</summary>
    /// <returns>0, or the error number: E2BIG when the map is full.</returns>
    public int Update(void* key, void* value)
    {
        var element = new BpfCall.MapElement { Map = (uint)Descriptor, Key = key, Value = value };
        return ErrorOf(BpfCall.Do(BpfCall.Command.MapUpdate, ref element));
    }

    /// <summary>Makes or replaces entries that stand side by side.</summary>
    /// <returns>How many were made: all, unless the kernel refused one.</returns>
    public int Update(void* keys, void* values, int count)
    {
        var batch = new BpfCall.MapBatch { Keys = keys, Values = values, Count = (uint)count, Map = (uint)Descriptor };
        _ = BpfCall.Do(BpfCall.Command.MapUpdateBatch, ref batch);
        return (int)batch.Count;
    }

    /// <returns>0, or the error number: ENOENT when there is no such entry.</returns>
    public int Delete(void* key)
    {
        var element = new BpfCall.MapElement { Map = (uint)Descriptor, Key = key };
        return ErrorOf(BpfCall.Do(BpfCall.Command.MapDelete, ref element));
    }

    /// <returns>How many were removed: all, unless one was missing.</returns>
    public int Delete(void* keys, int count)
    {
        var batch = new BpfCall.MapBatch { Keys = keys, Count = (uint)count, Map = (uint)Descriptor };
        _ = BpfCall.Do(BpfCall.Command.MapDeleteBatch, ref batch);
        return (int)batch.Count;
    }

    /// <summary>Copies an entry.</summary>
    /// <returns>0, or the error number: ENOENT when there is no such entry.</returns>
    public int Lookup(void* key, void* value)
    {
        var element = new BpfCall.MapElement { Map = (uint)Descriptor, Key = key, Value = value };
        return ErrorOf(BpfCall.Do(BpfCall.Command.MapLookup, ref element));
    }

    /// <summary>A shared array's values as memory of this process.</summary>
    /// <exception cref="SystemCallException">The kernel refuses it.</exception>
    public SharedMemory Share(int entries) => new(Descriptor, (nuint)entries * (nuint)ValueSize);

    public void Dispose() => _ = LibC.Close(Descriptor);

    private static BpfMap Create(ReadOnlySpan<byte> name, uint type, int keySize, int valueSize, int mostEntries, uint flags)
    {
        var creation = new BpfCall.MapCreation
        {
            Type = type, KeySize = (uint)keySize, ValueSize = (uint)valueSize, MaxEntries = (uint)mostEntries, Flags = flags, Name = BpfCall.ObjectName.Of(name),
        };
        return new BpfMap(SystemCallException.Check(BpfCall.Do(BpfCall.Command.MapCreate, ref creation), "bpf(BPF_MAP_CREATE)"), valueSize);
    }

    private static int ErrorOf(int result) => result < 0 ? LibC.Errno : 0;
}
