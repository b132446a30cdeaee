namespace SipAlg.Linux;

/// <summary>A descriptor of the network namespace that the calling thread is in.</summary>
public sealed unsafe class NetworkNamespace : IDisposable
{
    private const int OpenCloseOnExec = 0x80000;

    /// <exception cref="SystemCallException">There is no /proc, or no descriptor left.</exception>
    public NetworkNamespace()
    {
        fixed (byte* path = "/proc/thread-self/ns/net\0"u8)
        {
            Descriptor = SystemCallException.Check(LibC.Open(path, OpenCloseOnExec), "open(/proc/thread-self/ns/net)");
        }
    }

    public int Descriptor { get; }

    public void Dispose() => _ = LibC.Close(Descriptor);
}
