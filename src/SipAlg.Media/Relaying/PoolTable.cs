using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Relaying;

/// <summary>The relay's pools by number: written when a realm opens, read by every thread without a lock.</summary>
internal sealed unsafe class PoolTable
{
    private const int Most = ushort.MaxValue;

    private readonly Lock _opening = new();
    private PortPool[] _pools = [];

    public PortPool this[ushort pool] => Volatile.Read(ref _pools)[pool];

    public ReadOnlySpan<PortPool> All => Volatile.Read(ref _pools);

    /// <summary>Adds the pool that <paramref name="make"/> makes of its number.</summary>
    /// <exception cref="InvalidOperationException">There are 65,535 pools.</exception>
    public PortPool Add(Func<ushort, PortPool> make)
    {
        lock (_opening)
        {
            if (_pools.Length == Most)
            {
                throw new InvalidOperationException($"There are {Most} port pools already.");
            }

            var pool = make((ushort)_pools.Length);
            Volatile.Write(ref _pools, [.. _pools, pool]);
            return pool;
        }
    }

    /// <summary>Any thread: the pair that packets to an address and port reach, RTP's or RTCP's; null: it is not ours.</summary>
    /// <param name="target">Where they are sent.</param>
    /// <param name="isOfHost">Asked where ports are bound to all addresses.</param>
    public Pair* Find(IpEndpoint target, Func<IpAddress, bool> isOfHost)
    {
        foreach (var pool in All)
        {
            var pair = pool.Find(target.Port);
            if (pair != null && Volatile.Read(ref pair->IsOpen) && pool.IsAt(pair, target.Address, isOfHost))
            {
                return pair;
            }
        }

        return null;
    }
}
