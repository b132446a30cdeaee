using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Testing.Network;

/// <summary>An Ethernet interface of a room whose wire the test holds: it puts frames on, and reads those that leave.</summary>
public sealed unsafe partial class TapDevice : IDisposable
{
    private const int ReadWrite = 2;
    private const int CloseOnExec = 0x80000;
    private const ulong SetInterface = 0x400454CA;
    private const short TapWithoutInformation = 0x1002;
    private const short Readable = 1;
    private const int PatienceMilliseconds = 20_000;

    private readonly int _descriptor;
    private readonly byte[] _frame = new byte[65_536];

    public TapDevice(NetworkRoom room, string name) => _descriptor = room.Do(() => Open(name));

    /// <summary>A frame comes in: complete, from its Ethernet header. The system's own work on it is done when this returns.</summary>
    public void Send(ReadOnlySpan<byte> frame)
    {
        fixed (byte* octets = frame)
        {
            Check((int)Write(_descriptor, octets, (nuint)frame.Length), "write");
        }
    }

    /// <summary>The next frame that leaves and is like this; others (the system asks for neighbours) are passed over.</summary>
    public byte[] Receive(Func<byte[], bool> isWanted)
    {
        while (true)
        {
            var poll = new PollDescriptor { Descriptor = _descriptor, Events = Readable };
            if (Poll(&poll, 1, PatienceMilliseconds) <= 0)
            {
                throw new TimeoutException("no such frame left");
            }

            fixed (byte* octets = _frame)
            {
                var frame = _frame[..Check((int)Read(_descriptor, octets, (nuint)_frame.Length), "read")];
                if (isWanted(frame))
                {
                    return frame;
                }
            }
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    private static int Open(string name)
    {
        // struct ifreq: the name, then flags.
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
        *(short*)(request + 16) = TapWithoutInformation;
        var descriptor = Check(Open("/dev/net/tun", ReadWrite | CloseOnExec), "open /dev/net/tun");
        Check(IoControl(descriptor, SetInterface, request), "TUNSETIFF");
        return descriptor;
    }

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new InvalidOperationException($"{call}: errno {Marshal.GetLastPInvokeError()}");

    [StructLayout(LayoutKind.Sequential)]
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(int descriptor, ulong request, void* argument);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, void* octets, nuint length);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, void* octets, nuint length);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
