using System.Runtime.InteropServices;
using SipAlg.Linux.Bpf;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Kernel;

/// <summary>
/// The ring by which a relay thread gets the packets of streams that the program takes but cannot relay: no socket, no search for one and no
/// system call is in their way.
/// </summary>
/// <param name="ring">The thread's.</param>
internal sealed unsafe class PacketRing(BpfRing ring) : IDisposable
{
    /// <summary>No UDP datagram is larger, and packets may get longer on their way.</summary>
    private const int BufferOctets = 65536;

    private readonly byte* _buffer = (byte*)NativeMemory.AlignedAlloc(BufferOctets, CacheLine.Octets);
    private RingReader _reader = ring.Reader;
    private long _packets;

    /// <summary>Readable while there are packets.</summary>
    public int Descriptor => ring.Descriptor;

    /// <summary>Packets taken; any thread.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>From here on those packets are taken that are there now: a ringful at most.</summary>
    public void Look() => _reader.Look();

    /// <summary>The next packets, which lie there until <see cref="HasMore"/>.</summary>
    /// <param name="packets">Filled.</param>
    /// <returns>How many there were.</returns>
    public int Take(Span<nint> packets)
    {
        var count = 0;
        while (count < packets.Length && _reader.Next() is var packet && packet != null)
        {
            packets[count++] = (nint)packet;
        }

        Volatile.Write(ref _packets, _packets + count);
        return count;
    }

    /// <summary>Gives back what was taken, and says whether there is more. If not, the next packet makes <see cref="Descriptor"/> readable.</summary>
    public bool HasMore() => _reader.HasMore();

    /// <summary>A packet's octets where they may be changed, with room for the largest datagram: what is encrypted is decrypted in its place.</summary>
    public byte* Copy(RingPacket* packet, out int octets)
    {
        octets = RingPacket.Octets(packet) - RingPacket.UdpOctets;
        new ReadOnlySpan<byte>(RingPacket.Datagram(packet) + RingPacket.UdpOctets, octets).CopyTo(new Span<byte>(_buffer, BufferOctets));
        return _buffer;
    }

    public void Dispose() => NativeMemory.AlignedFree(_buffer);
}
