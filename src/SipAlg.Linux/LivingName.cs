using System.Text;

namespace SipAlg.Linux;

/// <summary>A name that one process of a network namespace has at a time, and no longer than it lives: an abstract socket address (unix(7)).</summary>
public sealed unsafe class LivingName : IDisposable
{
    private const ushort AfUnix = 1;
    private const int MostOctets = 107;
    private readonly int _descriptor;

    private LivingName(int descriptor, string name) => (_descriptor, Name) = (descriptor, name);

    public string Name { get; }

    /// <summary>Null while somebody has it.</summary>
    /// <exception cref="SystemCallException">The system refuses a descriptor, or the name is too long.</exception>
    public static LivingName? TryTake(string name)
    {
        // The family, an octet 0 for "in no folder", and the name without an end.
        var address = stackalloc byte[sizeof(ushort) + 1 + MostOctets];
        *(ushort*)address = AfUnix;
        address[sizeof(ushort)] = 0;
        var octets = Encoding.UTF8.GetBytes(name, new Span<byte>(address + sizeof(ushort) + 1, MostOctets));
        var descriptor = SystemCallException.Check(LibC.Socket(AfUnix, SocketConstants.SockDgram | SocketConstants.SockCloExec, 0), "socket(AF_UNIX)");
        if (LibC.Bind(descriptor, (SockAddr*)address, (uint)(sizeof(ushort) + 1 + octets)) == 0)
        {
            return new LivingName(descriptor, name);
        }

        var errno = LibC.Errno;
        _ = LibC.Close(descriptor);
        return errno == Errors.AddressInUse ? null : throw new SystemCallException("bind(AF_UNIX)", errno);
    }

    public void Dispose() => _ = LibC.Close(_descriptor);
}
