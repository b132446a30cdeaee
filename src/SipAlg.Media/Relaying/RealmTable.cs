using System.Runtime.InteropServices;

namespace SipAlg.Media.Relaying;

/// <summary>Totals by realm and relay thread, so that no two threads write one cache line; summed when read.</summary>
internal sealed unsafe class RealmTable(int threads)
{
    // Two cache lines, since processors fetch them in pairs.
    private const int Alignment = 128;
    private static readonly int CellOctets = (sizeof(RelayTotals) + Alignment - 1) / Alignment * Alignment;

    private readonly Lock _adding = new();
    private nint[] _realms = [];

    /// <summary>The cell of a realm and a thread; it lives as long as the process, since ports point to it.</summary>
    public RelayTotals* Cell(int realm, int thread) => At(Volatile.Read(ref _realms)[realm], thread);

    public void Add(int realm)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(realm);
        lock (_adding)
        {
            var realms = _realms.Length > realm ? [.. _realms] : new nint[realm + 1];
            _realms.CopyTo(realms, 0);
            if (realms[realm] == 0)
            {
                var octets = (nuint)(CellOctets * threads);
                var cells = NativeMemory.AlignedAlloc(octets, Alignment);
                NativeMemory.Clear(cells, octets);
                realms[realm] = (nint)cells;
            }

            Volatile.Write(ref _realms, realms);
        }
    }

    /// <summary>The realm's sum over all threads; zeros for a realm without a pool.</summary>
    public RelayTotals Sum(int realm)
    {
        RelayTotals sum = default;
        var realms = Volatile.Read(ref _realms);
        if ((uint)realm >= (uint)realms.Length || realms[realm] == 0)
        {
            return sum;
        }

        for (var thread = 0; thread < threads; thread++)
        {
            sum.Add(*At(realms[realm], thread));
        }

        return sum;
    }

    private static RelayTotals* At(nint cells, int thread) => (RelayTotals*)(cells + (thread * CellOctets));
}
