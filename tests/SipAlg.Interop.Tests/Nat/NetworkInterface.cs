using System.Runtime.InteropServices;
using System.Text;

namespace SipAlg.Interop.Tests.Nat;

/// <summary>A network interface whose packets this process reads and writes; it ends with its descriptor.</summary>
internal sealed unsafe partial class NetworkInterface : IDisposable
{
    private const int ReadWrite = 2;
    private const int NonBlocking = 0x800;
    private const uint SetInterface = 0x400454CA;
    private const short Tun = 1;
    private const short WithoutPacketInformation = 0x1000;
    private const short Readable = 1;
    private readonly int _descriptor;

    private NetworkInterface(int descriptor) => _descriptor = descriptor;

    /// <summary>Makes it in a namespace, as the way from one address there to another.</summary>
    public static NetworkInterface Open(NetworkNamespace space, string name, string own, string far)
    {
        var descriptor = -1;
        space.Enter(() =>
        {
            descriptor = OpenFile("/dev/net/tun", ReadWrite | NonBlocking);
            var request = stackalloc byte[40];
            new Span<byte>(request, 40).Clear();
            Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
            *(short*)(request + 16) = Tun | WithoutPacketInformation;
            if (descriptor < 0 || Control(descriptor, SetInterface, request) < 0)
            {
                throw new IOException($"/dev/net/tun: errno {Marshal.GetLastPInvokeError()}");
            }
        });
        space.Execute("ip", $"link set {name} up");
        space.Execute("ip", $"route add {far}/32 dev {name} src {own}");
        return new NetworkInterface(descriptor);
    }

    /// <summary>Until one of both has something to read, or the time is over.</summary>
    public static void Wait(NetworkInterface one, NetworkInterface other, int milliseconds)
    {
        Span<PollRequest> requests = [new PollRequest { Descriptor = one._descriptor, Events = Readable }, new PollRequest { Descriptor = other._descriptor, Events = Readable }];
        fixed (PollRequest* first = requests)
        {
            _ = Poll(first, (nuint)requests.Length, milliseconds);
        }
    }

    /// <returns>Octets of the packet; 0 or less without one.</returns>
    public int Receive(byte[] packet)
    {
        fixed (byte* first = packet)
        {
            return (int)Read(_descriptor, first, (nuint)packet.Length);
        }
    }

    public void Send(byte[] packet)
    {
        fixed (byte* first = packet)
        {
            _ = Write(_descriptor, first, (nuint)packet.Length);
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    /// <summary>struct pollfd: 8 octets, of which the last two are the answer.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 8)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(PollRequest* requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "write")]
    private static partial nint Write(int descriptor, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
