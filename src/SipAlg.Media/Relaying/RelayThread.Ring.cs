using SipAlg.Media.Kernel;

namespace SipAlg.Media.Relaying;

/// <content>Packets that come past the sockets, by a ring of memory.</content>
internal sealed unsafe partial class RelayThread
{
    /// <summary>No pool has this number.</summary>
    private const ulong RingMark = IcmpV4Mark | (2UL << 32);

    /// <summary>Looked at ahead, so that what is known of their streams comes while others are served.</summary>
    private const int RingBatch = 16;

    private readonly PacketRing? _ring;

    /// <summary>Packets that came by the ring, those that found no room in it, and streams that go there.</summary>
    public (int Flows, long Packets, long WithoutRoom) Ring => (_flows?.Ringed ?? 0, _ring?.Packets ?? 0, _flows?.WithoutRoom ?? 0);

    private PacketRing? OpenRing(KernelRelay? kernel)
    {
        if (kernel == null || _number >= kernel.Rings.Count)
        {
            return null;
        }

        var ring = new PacketRing(kernel.Rings[_number]);
        _epoll.TryWatch(ring.Descriptor, RingMark);
        return ring;
    }

    /// <summary>
    /// All that was there when the turn began, before the sockets: those have what a stream's flow could not take since it was closed, or the ring full, and
    /// that came later. (Later than what they have comes what is in the ring once the flow is made anew; of one port that is a packet at most.)
    /// </summary>
    private int ServeRing()
    {
        if (_ring == null)
        {
            return 0;
        }

        Span<nint> packets = stackalloc nint[RingBatch];
        var served = 0;
        _ring.Look();
        for (var taken = RingBatch; taken == RingBatch; served += taken)
        {
            taken = _ring.Take(packets);
            if (taken == 0)
            {
                break;
            }

            for (var i = 0; i < taken; i++)
            {
                CacheLine.Fetch(PairOf(packets, i));
                RingPacket.Expect((RingPacket*)packets[i]);
            }

            _path.Expect(PairOf(packets, 0));
            for (var i = 0; i < taken; i++)
            {
                _path.Expect(PairOf(packets, Math.Min(i + 2, taken - 1)));
                _path.ExpectKeys(PairOf(packets, Math.Min(i + 1, taken - 1)));
                Serve((RingPacket*)packets[i]);
            }
        }

        return served;
    }

    private static Pair* PairOf(Span<nint> packets, int at) => PairOf(((RingPacket*)packets[at])->Origin.Mark);

    /// <summary>What was under way when its port was given back belongs to nobody.</summary>
    private void Serve(RingPacket* packet)
    {
        if (!TryFind(packet->Origin.Mark, out var pair, out var slot))
        {
            return;
        }

        if (slot->IsStamped)
        {
            _arrivals.Note(packet->At);
        }

        _path.Refresh(pair);
        // A socket's packets the kernel has verified. What is authenticated needs no more than that; what is going to be would be so with its fault.
        if (!pair->Active.IsSecure && !Checksum.IsSound(RingPacket.Datagram(packet), RingPacket.Octets(packet), packet->Origin.PseudoSum))
        {
            pair->Realm->Drop(DropReason.Kernel);
            return;
        }

        _path.Pass(pair, slot, _ring!.Copy(packet, out var octets), &packet->Origin.Source, octets, isRinged: true);
    }
}
