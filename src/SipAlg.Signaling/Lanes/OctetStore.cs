using System.Runtime.InteropServices;

namespace SipAlg.Signaling.Lanes;

/// <summary>Octets that outlive a turn, outside the collected heap; whoever holds the value owns them.</summary>
public readonly unsafe struct StoredOctets
{
    private readonly byte* _start;

    internal StoredOctets(byte* start, int length)
    {
        _start = start;
        Length = length;
    }

    public int Length { get; }
    public bool IsEmpty => Length == 0;
    public ReadOnlySpan<byte> Span => new(_start, Length);
    internal byte* Start => _start;
}

/// <summary>
/// Keeps messages for retransmission in memory of their exact size, so that a quarter of a million of them are nothing to
/// the collector. Lane-owned; what is kept is counted, so that a leak shows.
/// </summary>
public sealed unsafe class OctetStore
{
    /// <summary>Messages kept now.</summary>
    public int Count { get; private set; }

    /// <summary>Octets kept now.</summary>
    public long Octets { get; private set; }

    public StoredOctets Keep(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
        {
            return default;
        }

        var start = (byte*)NativeMemory.Alloc((nuint)octets.Length);
        octets.CopyTo(new Span<byte>(start, octets.Length));
        Count++;
        Octets += octets.Length;
        return new StoredOctets(start, octets.Length);
    }

    /// <summary>Gives the octets back and empties the holder.</summary>
    public void Drop(ref StoredOctets kept)
    {
        if (kept.IsEmpty)
        {
            return;
        }

        Count--;
        Octets -= kept.Length;
        NativeMemory.Free(kept.Start);
        kept = default;
    }
}
