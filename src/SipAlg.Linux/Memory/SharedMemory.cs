namespace SipAlg.Linux.Memory;

/// <summary>Memory that a descriptor stands for, as memory of this process: read and written by both sides.</summary>
public sealed unsafe class SharedMemory : IDisposable
{
    private const int ReadAndWrite = 3;
    private const int MapShared = 1;
    private readonly nuint _octets;

    /// <exception cref="SystemCallException">The system refuses it.</exception>
    internal SharedMemory(int descriptor, nuint octets)
    {
        var page = (nuint)Environment.SystemPageSize;
        _octets = (octets + page - 1) / page * page;
        var start = LibC.MMap(null, _octets, ReadAndWrite, MapShared, descriptor, 0);
        Start = start == -1 ? throw new SystemCallException("mmap", LibC.Errno) : (byte*)start;
    }

    public byte* Start { get; }

    public void Dispose() => _ = LibC.MUnmap(Start, _octets);
}
