namespace SipAlg.Linux.Memory;

/// <summary>Memory that a descriptor stands for, as memory of this process: seen by both sides.</summary>
public sealed unsafe class SharedMemory : IDisposable
{
    private const int Read = 1;
    private const int ReadAndWrite = 3;
    private const int MapShared = 1;
    private readonly nuint _octets;

    /// <param name="descriptor">What stands for it.</param>
    /// <param name="octets">How much, in whole pages when it is mapped.</param>
    /// <param name="offset">From where on, in whole pages.</param>
    /// <param name="isReadOnly">This process only looks.</param>
    /// <exception cref="SystemCallException">The system refuses it.</exception>
    internal SharedMemory(int descriptor, nuint octets, nint offset = 0, bool isReadOnly = false)
    {
        var page = (nuint)Environment.SystemPageSize;
        _octets = (octets + page - 1) / page * page;
        var start = LibC.MMap(null, _octets, isReadOnly ? Read : ReadAndWrite, MapShared, descriptor, offset);
        Start = start == -1 ? throw new SystemCallException("mmap", LibC.Errno) : (byte*)start;
    }

    public byte* Start { get; }

    public void Dispose() => _ = LibC.MUnmap(Start, _octets);
}
