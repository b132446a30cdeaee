namespace SipAlg.Linux;

/// <summary>An eventfd with which other threads wake a loop that sleeps in epoll.</summary>
public sealed unsafe class Wakeup : IDisposable
{
    /// <exception cref="SystemCallException">The system refuses another descriptor.</exception>
    public Wakeup() =>
        Descriptor = SystemCallException.Check(LibC.EventFd(0, SocketConstants.EfdNonBlock | SocketConstants.EfdCloExec), "eventfd");

    public int Descriptor { get; }

    /// <summary>Wakes the loop. A counter that is full has woken it already.</summary>
    public void Signal()
    {
        ulong one = 1;
        _ = LibC.Write(Descriptor, &one, sizeof(ulong));
    }

    /// <summary>Takes what was signalled, so that epoll sleeps again.</summary>
    public void Reset()
    {
        ulong count;
        _ = LibC.Read(Descriptor, &count, sizeof(ulong));
    }

    public void Dispose() => _ = LibC.Close(Descriptor);
}
