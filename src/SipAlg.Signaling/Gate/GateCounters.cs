namespace SipAlg.Signaling.Gate;

/// <summary>What one gate has dropped, by realm and reason: plain cells of one writer that anybody reads.</summary>
public sealed class GateCounters
{
    private long[] _dropped = [];

    public long Dropped(int realm, GateVerdict reason)
    {
        var cells = Volatile.Read(ref _dropped);
        var cell = Cell(realm, reason);
        return cell < cells.Length ? Volatile.Read(ref cells[cell]) : 0;
    }

    internal void Grow(int realms)
    {
        if (realms * (int)GateVerdict.Count > _dropped.Length)
        {
            Volatile.Write(ref _dropped, [.. _dropped, .. new long[(realms * (int)GateVerdict.Count) - _dropped.Length]]);
        }
    }

    internal void Count(int realm, GateVerdict reason) => _dropped[Cell(realm, reason)]++;

    private static int Cell(int realm, GateVerdict reason) => (realm * (int)GateVerdict.Count) + (int)reason;
}
