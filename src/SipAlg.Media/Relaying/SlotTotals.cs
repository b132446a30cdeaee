namespace SipAlg.Media.Relaying;

/// <summary>
/// What went through one port: as <see cref="RelayTotals"/>, in less room, since a pair has two of them. What was dropped for one reason stops at 2^32 − 1.
/// </summary>
internal unsafe struct SlotTotals
{
    /// <summary>What the system dropped is the realm's.</summary>
    private const int Reasons = (int)DropReason.Kernel;

    private long _packetsIn;
    private long _octetsIn;
    private long _packetsOut;
    private long _octetsOut;
    private long _icmpErrors;
    private fixed uint _dropped[Reasons];

    public void Arrived(int octets)
    {
        _packetsIn++;
        _octetsIn += octets;
    }

    public void Left(int octets)
    {
        _packetsOut++;
        _octetsOut += octets;
    }

    public void Drop(DropReason reason) => _dropped[(int)reason] += _dropped[(int)reason] == uint.MaxValue ? 0u : 1u;

    public void CameBack(int icmpErrors) => _icmpErrors += icmpErrors;

    public readonly long Dropped(DropReason reason) => _dropped[(int)reason];

    /// <summary>A copy for readers.</summary>
    public readonly RelayTotals ToTotals()
    {
        RelayTotals totals = default;
        totals.Crossed(_packetsIn, _octetsIn, _packetsOut, _octetsOut);
        totals.CameBack((int)Math.Min(_icmpErrors, int.MaxValue));
        for (var reason = 0; reason < Reasons; reason++)
        {
            totals.Drop((DropReason)reason, _dropped[reason]);
        }

        return totals;
    }
}
