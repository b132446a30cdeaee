namespace SipAlg.Media.Ports;

/// <summary>
/// Who has which pair of ports: for each the time of its last release. The lane takes, relay threads give back; no lock,
/// since only the one that has a pair writes its entry.
/// </summary>
internal sealed class PortAccount
{
    /// <summary>Random tries before the whole range is looked through.</summary>
    private const int Probes = 8;

    private const int RestSeconds = 5;
    private const long Free = 0;
    private const long Taken = long.MaxValue;

    private readonly long[] _releases;
    private readonly Random _random;
    private readonly long _rest;

    public PortAccount(int pairs, long timestampsPerSecond, Random random)
    {
        _releases = new long[pairs];
        _random = random;
        _rest = RestSeconds * timestampsPerSecond;
    }

    public int Capacity => _releases.Length;

    /// <summary>
    /// Chooses a pair, at random among those that rested (so that a late packet of the last call does not meet the next,
    /// and nobody can guess the port), else the one that rested longest; −1: all are taken.
    /// </summary>
    public int Choose(long now, out bool hasRested)
    {
        hasRested = true;
        for (var probe = 0; probe < Probes; probe++)
        {
            var index = _random.Next(_releases.Length);
            if (HasRested(Volatile.Read(ref _releases[index]), now))
            {
                return index;
            }
        }

        return Search(now, out hasRested);
    }

    public void Take(int index) => Volatile.Write(ref _releases[index], Taken);

    /// <summary>Gives a pair back, or notes that it is in use elsewhere: it is tried again as late as one that was just closed.</summary>
    public void Rest(int index, long now) => Volatile.Write(ref _releases[index], Math.Max(now, Free + 1));

    private int Search(long now, out bool hasRested)
    {
        var (best, earliest) = (-1, Taken);
        var start = _random.Next(_releases.Length);
        for (var i = 0; i < _releases.Length; i++)
        {
            var index = start + i < _releases.Length ? start + i : start + i - _releases.Length;
            var released = Volatile.Read(ref _releases[index]);
            if (HasRested(released, now))
            {
                hasRested = true;
                return index;
            }

            if (released < earliest)
            {
                (best, earliest) = (index, released);
            }
        }

        hasRested = false;
        return best;
    }

    private bool HasRested(long released, long now) => released == Free || (released != Taken && now - released >= _rest);
}
