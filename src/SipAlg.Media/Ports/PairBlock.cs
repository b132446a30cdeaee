using System.Runtime.InteropServices;
using SipAlg.Media.Events;
using SipAlg.Media.Kernel;
using SipAlg.Media.Relaying;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media.Ports;

/// <summary>Some pairs of a pool that lie side by side: their native memory, which is never freed, and what of theirs is on the collected heap.</summary>
internal sealed unsafe class PairBlock
{
    public const int Pairs = 64;

    private readonly Pair* _pairs;
    private readonly FlowCell* _cells;

    /// <summary>Number of the first of <see cref="_cells"/> in the kernel; −1: they are memory of this process alone.</summary>
    private readonly int _firstCell;

    private PairBlock(Pair* pairs, FlowCell* cells, int firstCell)
    {
        _pairs = pairs;
        _cells = cells;
        _firstCell = firstCell;
    }

    public PairReferences[] References { get; } = new PairReferences[Pairs];

    public Pair* PairAt(int at) => _pairs + at;

    /// <summary>Lane: the pair, with its cell.</summary>
    public Pair* Take(int at)
    {
        var pair = _pairs + at;
        pair->Cell = _cells + at;
        pair->CellIndex = _firstCell < 0 ? -1 : _firstCell + at;
        return pair;
    }

    /// <summary>Makes blocks that lie side by side, their memory taken at once.</summary>
    /// <param name="kernel">Has cells that it knows, if there are enough left; null: nobody has.</param>
    /// <param name="blocks">Filled; whoever sees one sees all of it.</param>
    public static void Make(KernelRelay? kernel, Span<PairBlock?> blocks)
    {
        var firstCell = -1;
        var pairs = NewSlab<Pair>(blocks.Length * Pairs);
        var cells = kernel == null ? null : kernel.TryTake(blocks.Length * Pairs, out firstCell);
        if (cells == null)
        {
            cells = NewSlab<FlowCell>(blocks.Length * Pairs);
        }

        for (var at = 0; at < blocks.Length; at++)
        {
            var first = at * Pairs;
            Volatile.Write(ref blocks[at], new PairBlock(pairs + first, cells + first, firstCell < 0 ? -1 : firstCell + first));
        }
    }

    /// <summary>Zeroed by the system page by page as it is touched: a large range costs nothing until it is used.</summary>
    private static T* NewSlab<T>(int pairs)
        where T : unmanaged
    {
        var memory = (nint)NativeMemory.AllocZeroed((nuint)pairs + 1, (nuint)sizeof(T));
        return (T*)((memory + CacheLine.Octets - 1) & ~(nint)(CacheLine.Octets - 1));
    }
}

/// <summary>What a pair has on the collected heap.</summary>
internal struct PairReferences
{
    /// <summary>The peer's media networks.</summary>
    public IpNetwork[]? MediaFrom;

    /// <summary>The address that SDP names it by; none: as it is bound.</summary>
    public IpAddress Shown;

    public PayloadClocks? Clocks;

    public EventStream? Events;

    public SecurePair? Secure;
}
