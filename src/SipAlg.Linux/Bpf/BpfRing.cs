using SipAlg.Linux.Memory;

namespace SipAlg.Linux.Bpf;

/// <summary>A ring of records that programs write and this process reads as memory. It ends with this, or with the process.</summary>
public sealed unsafe class BpfRing : IDisposable
{
    private readonly BpfMap _map;
    private readonly SharedMemory _given;
    private readonly SharedMemory _written;

    private BpfRing(BpfMap map, int octets)
    {
        var page = Environment.SystemPageSize;
        _map = map;
        _given = new SharedMemory(map.Descriptor, (nuint)page);
        try
        {
            _written = new SharedMemory(map.Descriptor, (nuint)(page + (2 * octets)), page, isReadOnly: true);
        }
        catch
        {
            _given.Dispose();
            throw;
        }

        Reader = new RingReader((ulong*)_given.Start, (ulong*)_written.Start, _written.Start + page, octets);
    }

    /// <summary>Of the map, for programs; readable while there are records.</summary>
    public int Descriptor => _map.Descriptor;

    /// <summary>For one thread, which keeps it.</summary>
    public RingReader Reader { get; }

    /// <param name="name">Of at most 15 octets.</param>
    /// <param name="octets">A power of two, and whole pages.</param>
    /// <returns>Null where the kernel refuses it: before Linux 5.11 its memory counts against RLIMIT_MEMLOCK.</returns>
    public static BpfRing? TryOpen(ReadOnlySpan<byte> name, int octets)
    {
        BpfMap? map = null;
        try
        {
            map = BpfMap.NewRing(name, octets);
            return new BpfRing(map, octets);
        }
        catch (SystemCallException)
        {
            map?.Dispose();
            return null;
        }
    }

    public void Dispose()
    {
        _written.Dispose();
        _given.Dispose();
        _map.Dispose();
    }
}
