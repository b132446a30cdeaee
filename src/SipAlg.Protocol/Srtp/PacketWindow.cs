namespace SipAlg.Protocol.Srtp;

/// <summary>Which of the latest packets have been seen (RFC 3711 §3.3.2): 128, of which 64 are the least.</summary>
public struct PacketWindow
{
    public const int Length = 128;

    /// <summary>Bit n: the highest index less n was seen.</summary>
    private UInt128 _seen;

    /// <summary>The highest that was seen; 0 before the first.</summary>
    public ulong Highest { get; private set; }

    public readonly bool IsEmpty => _seen == 0;

    /// <summary>Whether a packet is new: not seen before, and not so old that nobody knows.</summary>
    public readonly bool IsNew(ulong index)
    {
        if (IsEmpty || index > Highest)
        {
            return true;
        }

        var behind = Highest - index;
        return behind < Length && (_seen >> (int)behind & 1) == 0;
    }

    /// <summary>Notes a packet that is new.</summary>
    public void Add(ulong index)
    {
        if (!IsEmpty && index <= Highest)
        {
            _seen |= UInt128.One << (int)(Highest - index);
            return;
        }

        var ahead = index - Highest;
        _seen = IsEmpty || ahead >= Length ? UInt128.One : (_seen << (int)ahead) | UInt128.One;
        Highest = index;
    }
}
