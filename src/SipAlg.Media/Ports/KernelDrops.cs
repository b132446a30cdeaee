using System.Collections.Concurrent;
using SipAlg.Linux;
using SipAlg.Media.Relaying;

namespace SipAlg.Media.Ports;

/// <summary>
/// What the system drops at media sockets, by realm. Sockets in use are asked by whoever reads, so that it costs the packets nothing;
/// those that close leave what they had with the realm's totals.
/// </summary>
internal sealed unsafe class KernelDrops(PoolTable pools)
{
    private readonly ConcurrentDictionary<int, long> _read = new();

    /// <summary>What the realm's sockets have dropped since the start; it never falls, though a socket may close while it is asked.</summary>
    /// <param name="realm">Its index.</param>
    /// <param name="closed">Of sockets that have closed, read before.</param>
    public long Read(int realm, long closed)
    {
        var sum = closed;
        foreach (var pool in pools.All)
        {
            if (pool.Realm == realm)
            {
                sum += (pool.InUse > 0 ? InUse(pool) : 0) + (pool.Shared?.Drops ?? 0);
            }
        }

        return _read.AddOrUpdate(realm, sum, (_, before) => Math.Max(before, sum));
    }

    private static long InUse(PortPool pool)
    {
        long sum = 0;
        foreach (var block in pool.Blocks)
        {
            for (var at = 0; at < PairBlock.Pairs; at++)
            {
                sum += Of(block.PairAt(at));
            }
        }

        return sum;
    }

    /// <summary>A pair changes its generation before its sockets close: the same one afterwards means that no other sockets were asked.</summary>
    private static long Of(Pair* pair)
    {
        var generation = Volatile.Read(ref pair->Generation);
        if (!Volatile.Read(ref pair->IsOpen) || pair->Shared != null)
        {
            return 0;
        }

        var drops = SocketDrops.Of(pair->Rtp.Descriptor) + (long)SocketDrops.Of(pair->Rtcp.Descriptor);
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref pair->Generation) == generation ? drops : 0;
    }
}
