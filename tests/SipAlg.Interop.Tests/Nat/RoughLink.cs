using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace SipAlg.Interop.Tests.Nat;

/// <summary>
/// A way between two hosts that delays every packet, and of media loses some and lets others be overtaken, as tc's netem does, which not
/// every kernel has: a network interface in each namespace (TUN), and this process between them. The rest of their network stays.
/// </summary>
internal sealed class RoughLink : IDisposable
{
    private const int Delay = 15;

    /// <summary>More than the time between two packets of audio: who waits so long is overtaken.</summary>
    private const int LongDelay = Delay + 35;
    private const double LossRatio = 0.05;
    private const double LateRatio = 0.05;

    private readonly NetworkInterface _one;
    private readonly NetworkInterface _other;
    private readonly PriorityQueue<(NetworkInterface To, byte[] Packet), (long Due, int Order)> _underWay = new();
    private readonly Random _random = new(5);
    private readonly Thread _carrier;
    private volatile bool _isOver;
    private long _lastMedia;
    private int _lost;
    private int _sent;

    /// <param name="one">A host.</param>
    /// <param name="other">The other one.</param>
    public RoughLink((NetworkNamespace Space, string Address) one, (NetworkNamespace Space, string Address) other)
    {
        _one = NetworkInterface.Open(one.Space, Name, one.Address, other.Address);
        _other = NetworkInterface.Open(other.Space, Name, other.Address, one.Address);
        _carrier = new Thread(Carry) { Name = "rough link" };
        _carrier.Start();
    }

    /// <summary>Of the interfaces.</summary>
    public static string Name => "rough";

    /// <summary>The first host has sent no media for longer than a packet is under way.</summary>
    public bool IsIdle => Environment.TickCount64 - Volatile.Read(ref _lastMedia) > 2 * LongDelay;

    /// <summary>Packets of media that were lost.</summary>
    public int Lost => Volatile.Read(ref _lost);

    private void Carry()
    {
        var packet = new byte[2048];
        while (!_isOver)
        {
            NetworkInterface.Wait(_one, _other, _underWay.TryPeek(out _, out var next) ? (int)Math.Clamp(next.Due - Environment.TickCount64, 0, 100) : 100);
            Take(_one, _other, packet);
            Take(_other, _one, packet);
            while (_underWay.TryPeek(out var first, out var due) && due.Due <= Environment.TickCount64)
            {
                _underWay.Dequeue();
                first.To.Send(first.Packet);
            }
        }
    }

    private void Take(NetworkInterface from, NetworkInterface to, byte[] packet)
    {
        for (var length = from.Receive(packet); length > 0; length = from.Receive(packet))
        {
            var isMedia = IsMedia(packet.AsSpan(0, length));
            if (isMedia && from == _one)
            {
                Volatile.Write(ref _lastMedia, Environment.TickCount64);
            }

            if (isMedia && _random.NextDouble() < LossRatio)
            {
                Interlocked.Increment(ref _lost);
                continue;
            }

            var delay = isMedia && _random.NextDouble() < LateRatio ? LongDelay : Delay;
            _underWay.Enqueue((to, packet[..length]), (Environment.TickCount64 + delay, _sent++));
        }
    }

    /// <summary>UDP over IPv4 between ports above those of signalling.</summary>
    private static bool IsMedia(ReadOnlySpan<byte> packet)
    {
        const byte Udp = 17;
        const int LastSignalling = 9999;
        var header = 4 * (packet[0] & 15);
        return packet[0] >> 4 == 4 && packet[9] == Udp && packet.Length >= header + 4 &&
            BinaryPrimitives.ReadUInt16BigEndian(packet[header..]) > LastSignalling && BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]) > LastSignalling;
    }

    public void Dispose()
    {
        _isOver = true;
        _carrier.Join();
        _one.Dispose();
        _other.Dispose();
    }
}

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
            System.Text.Encoding.ASCII.GetBytes(name, new Span<byte>(request, 15));
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
