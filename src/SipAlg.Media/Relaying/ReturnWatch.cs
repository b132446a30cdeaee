using SipAlg.Linux;
using SipAlg.Linux.Netlink;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Relaying;

/// <summary>
/// Lets no packet come back to where it has been. SDP may name ports of the gateway itself: a PBX with direct media ties two of our calls together
/// so, and their packets pass twice and leave. Tied to a ring they would never leave, since each turn begins with a new TTL. One a relay thread.
/// </summary>
/// <remarks>
/// Threads may tie at the same moment: each writes its target before it looks at those of the others, so that one of the two sees the whole ring.
/// </remarks>
internal sealed unsafe class ReturnWatch : IDisposable
{
    /// <summary>Pairs behind each other; more calls than anybody ties together, and what is longer goes nowhere either.</summary>
    private const int Most = 16;

    /// <summary>At ports without a target, for the sake of their packets: those who make a ring may send many, and a look costs more than a packet.</summary>
    private const int LooksEachSecond = 100;

    private readonly PoolTable _pools;
    private readonly int _thread;
    private readonly long _rest;
    private readonly Func<IpAddress, bool> _isOfHost;
    private Routes? _routes;
    private long _due;

    public ReturnWatch(PoolTable pools, int thread, long second) => (_pools, _thread, _isOfHost, _rest) = (pools, thread, IsOfHost, second / LooksEachSecond);

    /// <summary>The orders or the source of a pair have changed: looks where it, and what arrives at it, leads.</summary>
    public void Look(Pair* pair)
    {
        Aim(pair);
        var exit = ExitOf(pair);
        if (exit != null && exit != pair)
        {
            Aim(exit);
        }
    }

    /// <summary>A port has no target; true if it has one again, since what made a ring of it is no more.</summary>
    /// <param name="pair">Of the port.</param>
    /// <param name="slot">The port.</param>
    /// <param name="now">Timestamp of the turn.</param>
    public bool Reopens(Pair* pair, Slot* slot, long now)
    {
        if (slot->LeadsBack && now >= _due)
        {
            _due = now + _rest;
            Aim(pair);
        }

        return !slot->Target.IsNone;
    }

    public void Dispose() => _routes?.Dispose();

    private void Aim(Pair* pair)
    {
        pair->Retarget();
        Interlocked.MemoryBarrier();
        Check(pair, &pair->Rtp);
        Check(pair, &pair->Rtcp);
    }

    private void Check(Pair* pair, Slot* slot)
    {
        var target = slot->Target;
        if (!LeadsBack(pair, target))
        {
            slot->LeadsBack = false;
            return;
        }

        slot->Target = default;
        if (!slot->LeadsBack)
        {
            slot->LeadsBack = true;
            pair->Shut();
        }

        if (slot->Told.TryAdd(target))
        {
            Tell(pair, slot == &pair->Rtcp, target.ToEndpoint());
        }
    }

    private void Tell(Pair* pair, bool isRtcp, IpEndpoint target)
    {
        var pool = _pools[pair->Pool];
        pool.Sources.Write(_thread, new SourceEvent(
            SourceChange.LeadsBack, isRtcp, pool.Realm, (ushort)(pair->Port + (isRtcp ? 1 : 0)), target, default, IsOtherSettled: false, pair->Owner));
    }

    /// <summary>Whether what leaves from a pair to a target arrives at what leaves from it.</summary>
    private bool LeadsBack(Pair* start, in SockAddr target)
    {
        var exits = stackalloc Pair*[Most];
        var count = 0;
        if (!TryAdd(exits, ref count, start, target))
        {
            return true;
        }

        for (var at = 0; at < count; at++)
        {
            if (!TryAdd(exits, ref count, start, exits[at]->Rtp.Target) || !TryAdd(exits, ref count, start, exits[at]->Rtcp.Target))
            {
                return true;
            }
        }

        return false;
    }

    /// <returns>False: back at the start, or too far from it.</returns>
    private bool TryAdd(Pair** exits, ref int count, Pair* start, in SockAddr target)
    {
        var entry = target.IsNone ? null : _pools.Find(target.ToEndpoint(), _isOfHost);
        var exit = entry == null ? null : ExitOf(entry);
        if (exit == null || new ReadOnlySpan<nint>(exits, count).Contains((nint)exit))
        {
            return true;
        }

        if (exit == start || count == Most)
        {
            return false;
        }

        exits[count++] = exit;
        return true;
    }

    /// <summary>From where that leaves which arrives at a pair; null: from nowhere.</summary>
    private static Pair* ExitOf(Pair* entry)
    {
        var partner = entry->Active.Partner;
        return entry->Active.Mode switch
        {
            PairMode.Loop => entry,
            PairMode.Join when partner != null && partner->Generation == entry->Active.PartnerGeneration => partner,
            _ => null,
        };
    }

    private bool IsOfHost(IpAddress address) => (_routes ??= new Routes()).Find(address, default) is { IsLocal: true };
}
