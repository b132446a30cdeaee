using System.Buffers.Binary;

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
