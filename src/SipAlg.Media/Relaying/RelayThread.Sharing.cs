using SipAlg.Media.Sharing;

namespace SipAlg.Media.Relaying;

/// <content>Ports that share a socket: its datagrams come many at once, and ICMP errors by a socket of their own.</content>
internal sealed unsafe partial class RelayThread
{
    // Events of a socket that a pool's ports share carry its place among those and the pool, and zeros where a port's have PortMark.

    /// <summary>No pool has this number.</summary>
    private const ulong IcmpV4Mark = 0xFFFF0000;
    private const ulong IcmpV6Mark = IcmpV4Mark | (1UL << 32);

    /// <summary>Errors taken at once; what is left wakes the loop again.</summary>
    private const int MostErrors = 16;

    private readonly PacketBatch? _batch;
    private readonly IcmpSocket? _icmpV4;
    private readonly IcmpSocket? _icmpV6;
    private uint _batches;

    public int Number => _number;

    /// <summary>Any thread: has the thread serve a shared socket.</summary>
    public bool TryWatch(int descriptor, ulong mark) => _epoll.TryWatch(descriptor, mark);

    private IcmpSocket? OpenIcmp(bool isV4)
    {
        var socket = IcmpSocket.TryOpen(isV4);
        if (socket != null)
        {
            _epoll.TryWatch(socket.Descriptor, isV4 ? IcmpV4Mark : IcmpV6Mark);
        }

        return socket;
    }

    private int ServeShared(ulong mark)
    {
        if (mark == RingMark)
        {
            // Each turn looks at it.
            return 0;
        }

        if (mark is IcmpV4Mark or IcmpV6Mark)
        {
            CountErrors((mark == IcmpV4Mark ? _icmpV4 : _icmpV6)!);
            return 0;
        }

        var pool = _pools[(ushort)(mark >> 16)];
        var socket = pool.Shared!.At(mark);
        var received = _batch!.Receive(socket->Receiver);
        if (received < 0)
        {
            CountFault();
            return 0;
        }

        if (received > 0 && socket->StampedShare != 0 && ++_batches % (uint)socket->StampedShare == 0)
        {
            _arrivals.Note(_batch.Control(0));
        }

        for (var i = 0; i < received; i++)
        {
            var port = _batch.Port(i);
            var pair = pool.Find(port);
            // What was under way when its port was given back belongs to nobody.
            if (pair != null && Volatile.Read(ref pair->IsOpen) && pair->Shared == socket)
            {
                _path.Pass(pair, SlotOf(pair, port), _batch.Packet(i), _batch.Source(i), _batch.Octets(i));
            }
        }

        return received;
    }

    private void CountErrors(IcmpSocket icmp)
    {
        for (var taken = 0; taken < MostErrors && icmp.TryTake(out var sender); taken++)
        {
            foreach (var pool in _pools.All)
            {
                var pair = pool.Find(sender.Port);
                if (pair != null && Volatile.Read(ref pair->IsOpen) && pair->Thread == _number && pair->Shared != null && pair->Flow.Bound == sender.Address)
                {
                    PacketPath.CameBack(pair, SlotOf(pair, sender.Port), 1);
                }
            }
        }
    }

    private static Slot* SlotOf(Pair* pair, ushort port) => (port & 1) == 0 ? &pair->Rtp : &pair->Rtcp;
}
