using System.Numerics;

namespace SipAlg.Protocol.Rtp;

/// <summary>
/// The sequence numbers of a stream that packets are taken out of or put into on its way, so that its receiver sees neither: each next
/// packet is one more (RFC 3550 §7.1 for translators). What was lost before stays missing, and what was overtaken keeps its place.
/// </summary>
public struct SequenceShift
{
    /// <summary>How far back the places of packets are known.</summary>
    private const int Window = 64;

    /// <summary>RFC 3550 A.1 MAX_DROPOUT: a packet further back is of a stream that began anew.</summary>
    private const int MostLate = 3000;

    /// <summary>Bit n: the packet n before the newest was taken out.</summary>
    private ulong _removed;

    /// <summary>Put in behind <see cref="_insertedAt"/>, the last place where any were.</summary>
    private int _inserted;
    private ushort _insertedAt;
    private ushort _newest;

    /// <summary>The stream's source, once one is known.</summary>
    public uint Ssrc { get; private set; }
    public bool IsKnown { get; private set; }

    /// <summary>What is added to the numbers of new packets: those put in less those taken out.</summary>
    public int Shift { get; private set; }

    /// <summary>A stream of our own, while there is none.</summary>
    public void Begin(uint ssrc, ushort first) =>
        this = new SequenceShift { Ssrc = ssrc, IsKnown = true, _newest = (ushort)(first - 1) };

    /// <summary>A packet goes on: the number that it gets.</summary>
    public ushort Pass(uint ssrc, ushort sequence)
    {
        var behind = Advance(ssrc, sequence);
        if (behind < 0)
        {
            return (ushort)(sequence + Shift);
        }

        var removedAfter = BitOperations.PopCount(behind >= Window ? _removed : _removed & ((1UL << behind) - 1));
        var insertedAfter = (short)(sequence - _insertedAt) <= 0 ? _inserted : 0;
        return (ushort)(sequence + Shift + removedAfter - insertedAfter);
    }

    /// <summary>A packet is taken out. The gap of one that was overtaken cannot be closed: the next number has been used.</summary>
    public void Remove(uint ssrc, ushort sequence)
    {
        if (Advance(ssrc, sequence) < 0)
        {
            _removed |= 1;
            Shift--;
        }
    }

    /// <summary>A packet is put in behind the newest: its number.</summary>
    public ushort Insert()
    {
        _inserted = _insertedAt == _newest ? _inserted + 1 : 1;
        _insertedAt = _newest;
        Shift++;
        return (ushort)(_newest + Shift);
    }

    /// <summary>How far behind the newest the packet is; −1 for one that is the newest now.</summary>
    private int Advance(uint ssrc, ushort sequence)
    {
        if (!IsKnown || ssrc != Ssrc)
        {
            this = new SequenceShift { Ssrc = ssrc, IsKnown = true, _newest = sequence, _insertedAt = sequence };
            return -1;
        }

        var step = (short)(sequence - _newest);
        if (step is <= 0 and > -MostLate)
        {
            return -step;
        }

        _removed = step is > 0 and < Window ? _removed << step : 0;
        _newest = sequence;
        if ((ushort)(sequence - _insertedAt) > Window)
        {
            _inserted = 0;
        }

        return -1;
    }
}
