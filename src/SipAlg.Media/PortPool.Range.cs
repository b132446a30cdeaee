using SipAlg.Media.Events;
using SipAlg.Media.Ports;
using SipAlg.Media.Relaying;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Rtp;

namespace SipAlg.Media;

/// <content>
/// Which ports it has, which may change while it is in use: pairs that are taken stay with their calls, whatever the range, and come back to it
/// if they are in it. A pair has its place for good, in a block that is made when a range first wants it.
/// </content>
public sealed unsafe partial class PortPool
{
    private const int MostPairs = 65536 / 2;

    private readonly int _lane;
    private readonly int _lanes;

    /// <summary>By number of the pair among this lane's, divided by <see cref="PairBlock.Pairs"/>; read by any thread.</summary>
    private readonly PairBlock?[] _blocks;

    /// <summary>The realm has it no more, or not at present; who has it in hand may still take.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Whose it is.</summary>
    internal int Lane => _lane;

    /// <summary>Of the ports that can be taken.</summary>
    public MediaRange Range => _range;

    /// <summary>Whether a lane has a pair in a range.</summary>
    public static bool HasPairs(MediaRange range, int lane, int lanes) => PairsOf(range, lane, lanes).Count > 0;

    /// <summary>Lane: gives it other ports, another reserve, another code point. What is taken is left alone.</summary>
    /// <param name="range">Of the same realm; with pairs for this lane.</param>
    public void Resize(MediaRange range)
    {
        var ordinary = IsRetired ? 0 : _account.Capacity - _reserve;
        var (first, count) = PairsOf(range, _lane, _lanes);
        IsRetired = false;
        _range = range;
        _reserve = Math.Min(count, (((range.Reserve + 1) / 2) + _lanes - 1) / _lanes);
        MakeBlocks(first / PairBlock.Pairs, (first + count - 1) / PairBlock.Pairs);
        _account.Resize(first, count);
        Shared?.SetDscp(range.Dscp);
        Ports.Add(count - _reserve - ordinary);
    }

    /// <summary>Lane: the realm has it no more, until the next <see cref="Resize"/>. Its ports count no more; calls that have it in hand go on with it.</summary>
    public void Retire()
    {
        if (!IsRetired)
        {
            IsRetired = true;
            Ports.Add(_reserve - _account.Capacity);
        }
    }

    /// <summary>Blocks that there are; any thread.</summary>
    internal IEnumerable<PairBlock> Blocks => _blocks.OfType<PairBlock>();

    internal Pair* PairOf(ushort port)
    {
        var index = IndexOf(port);
        return BlockOf(index).PairAt(index % PairBlock.Pairs);
    }

    internal IpNetwork[]? MediaFromOf(Pair* pair) => Volatile.Read(ref Place(pair).MediaFrom);

    internal void SetMediaFrom(Pair* pair, IpNetwork[]? networks) => Volatile.Write(ref Place(pair).MediaFrom, networks);

    /// <summary>Any thread: whether packets to an address reach a pair that is bound; <paramref name="isOfHost"/> is asked where it is bound to all.</summary>
    internal bool IsAt(Pair* pair, IpAddress address, Func<IpAddress, bool> isOfHost)
    {
        var bound = pair->Flow.Bound;
        return address == bound || address == Place(pair).Shown || (bound.IsUnspecified && isOfHost(address));
    }

    private void SetShown(in MediaPort port, IpAddress shown) => Place(PairOf(port.Port)).Shown = shown;

    internal PayloadClocks? ClocksOf(Pair* pair) => Volatile.Read(ref Place(pair).Clocks);

    internal void SetClocks(Pair* pair, PayloadClocks? clocks) => Volatile.Write(ref Place(pair).Clocks, clocks);

    internal EventStream? EventsOf(Pair* pair) => Volatile.Read(ref Place(pair).Events);

    internal void SetEvents(Pair* pair, EventStream? events) => Volatile.Write(ref Place(pair).Events, events);

    internal SecurePair? SecureOf(Pair* pair) => Volatile.Read(ref Place(pair).Secure);

    /// <summary>Lane: the keys of a pair, from now on; null: it has none, or has had some.</summary>
    internal void SetKeys(Pair* pair, MediaKeys? keys)
    {
        ref var place = ref Place(pair);
        if (place.Secure is null && keys is not null)
        {
            Volatile.Write(ref place.Secure, new SecurePair());
        }

        place.Secure?.Order(keys);
    }

    /// <summary>Relay thread: its ports are closed.</summary>
    private void EndKeys(Pair* pair)
    {
        ref var place = ref Place(pair);
        place.Secure?.End(ref pair->Keys);
        Volatile.Write(ref place.Secure, null);
    }

    private ref PairReferences Place(Pair* pair)
    {
        var index = IndexOf(pair->Port);
        return ref BlockOf(index).References[index % PairBlock.Pairs];
    }

    private PairBlock BlockOf(int index) => _blocks[index / PairBlock.Pairs]!;

    /// <summary>Those outside the range take nothing from it; until the lane has looked at what came back they may be fewer than it knows.</summary>
    private int FreeOf(int inUse) => _account.Capacity - _reserve - Math.Max(inUse - _account.Outside, 0);

    // RTCP is the odd port of its pair.
    private int IndexOf(ushort port) => (port >> 1) / _lanes;

    /// <summary>Of a lane's pairs the first in a range, and how many there are; 0 or less for none.</summary>
    private static (int First, int Count) PairsOf(MediaRange range, int lane, int lanes)
    {
        var (firstPair, lastPair) = (Math.Max((range.FirstPort + 1) / 2, 1), (range.LastPort - 1) >> 1);
        var first = (firstPair - lane + lanes - 1) / lanes;
        return (first, lastPair < lane ? 0 : ((lastPair - lane) / lanes) - first + 1);
    }

    /// <summary>Those that are missing, in as few runs as there can be.</summary>
    private void MakeBlocks(int first, int last)
    {
        for (var at = first; at <= last; at++)
        {
            var begin = at;
            while (at <= last && _blocks[at] == null)
            {
                at++;
            }

            if (at > begin)
            {
                PairBlock.Make(_relay.Kernel, _blocks.AsSpan(begin, at - begin));
            }
        }
    }
}
