namespace SipAlg.Media;

/// <summary>
/// Packets and octets (UDP payload) of a stream or a realm. Of a realm the same struct is the cell that one relay thread counts in
/// and the copy that a reader gets; a copy's fields are each exact, but not all of one moment.
/// </summary>
public unsafe struct RelayTotals
{
    internal const int Reasons = (int)DropReason.Kernel + 1;

    private long _packetsIn;
    private long _octetsIn;
    private long _packetsOut;
    private long _octetsOut;
    private long _icmpErrors;
    private fixed long _dropped[Reasons];

    /// <summary>Everything that arrived, what was dropped included.</summary>
    public readonly long PacketsIn => _packetsIn;
    public readonly long OctetsIn => _octetsIn;

    /// <summary>What the system took for sending.</summary>
    public readonly long PacketsOut => _packetsOut;
    public readonly long OctetsOut => _octetsOut;

    /// <summary>ICMP errors that came back for what was sent.</summary>
    public readonly long IcmpErrors => _icmpErrors;

    /// <summary>Packets that arrived here (or were made here: tones) and were not passed on.</summary>
    public readonly long Dropped(DropReason reason) => _dropped[(int)reason];

    public readonly long DroppedInAll
    {
        get
        {
            long sum = 0;
            for (var reason = 0; reason < Reasons; reason++)
            {
                sum += _dropped[reason];
            }

            return sum;
        }
    }

    internal void Arrived(int octets)
    {
        _packetsIn++;
        _octetsIn += octets;
    }

    internal void Left(int octets)
    {
        _packetsOut++;
        _octetsOut += octets;
    }

    /// <summary>In the kernel.</summary>
    internal void Crossed(long packetsIn, long octetsIn, long packetsOut, long octetsOut)
    {
        _packetsIn += packetsIn;
        _octetsIn += octetsIn;
        _packetsOut += packetsOut;
        _octetsOut += octetsOut;
    }

    internal void Drop(DropReason reason, long packets = 1) => _dropped[(int)reason] += packets;

    internal void CameBack(int icmpErrors) => _icmpErrors += icmpErrors;

    internal void Add(in RelayTotals other)
    {
        _packetsIn += other._packetsIn;
        _octetsIn += other._octetsIn;
        _packetsOut += other._packetsOut;
        _octetsOut += other._octetsOut;
        _icmpErrors += other._icmpErrors;
        for (var reason = 0; reason < Reasons; reason++)
        {
            _dropped[reason] += other._dropped[reason];
        }
    }
}
