using System.Runtime.InteropServices;

namespace SipAlg.Linux;

/// <summary>
/// An epoll instance, level-triggered. struct epoll_event is packed (12 octets) on x86-64 and padded (16) elsewhere,
/// which this type hides. Each interest carries 64 bits of the caller's; never a descriptor, since those are reused.
/// </summary>
public sealed unsafe class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const uint In = 1;
    private const uint Error = 8;
    private const int Capacity = 256;

    private static readonly int EventSize = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventSize - 8;

    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(Capacity * EventSize));
    private readonly int _fd;

    /// <exception cref="SystemCallException">The system refuses another descriptor.</exception>
    public Epoll() => _fd = SystemCallException.Check(LibC.EpollCreate(SocketConstants.SockCloExec), "epoll_create1");

    /// <summary>Watches a descriptor for input; events on it carry <paramref name="data"/>.</summary>
    public bool TryWatch(int fd, ulong data)
    {
        var interest = stackalloc byte[16];
        *(uint*)interest = In;
        *(ulong*)(interest + DataOffset) = data;
        return LibC.EpollCtl(_fd, Add, fd, interest) == 0;
    }

    public void Unwatch(int fd)
    {
        var unused = stackalloc byte[16];
        _ = LibC.EpollCtl(_fd, Delete, fd, unused);
    }

    /// <summary>Waits until something is readable; returns how many events there are, 0 after the time or a signal.</summary>
    /// <param name="milliseconds">−1: without limit.</param>
    public int Wait(int milliseconds) => Math.Max(0, LibC.EpollWait(_fd, _events, Capacity, milliseconds));

    /// <summary>The data of event <paramref name="index"/> of the last wait.</summary>
    public ulong Data(int index) => *(ulong*)(_events + (index * EventSize) + DataOffset);

    /// <summary>Whether event <paramref name="index"/> of the last wait says that an error is queued (see IP_RECVERR).</summary>
    public bool IsError(int index) => (*(uint*)(_events + (index * EventSize)) & Error) != 0;

    public void Dispose()
    {
        _ = LibC.Close(_fd);
        NativeMemory.Free(_events);
    }
}
