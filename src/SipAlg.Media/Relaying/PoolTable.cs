namespace SipAlg.Media.Relaying;

/// <summary>The relay's pools by number: written when a realm opens, read by every thread without a lock.</summary>
internal sealed class PoolTable
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
}
