namespace SipAlg.Media.Ports;

/// <summary>
/// How many pairs of ports a lane has left of a realm, over all its addresses; tells once before there are none. By lane, since none takes
/// another's: where calls are not spread evenly, those of one fail while the realm has plenty.
/// </summary>
internal sealed class LanePorts
{
    private const int ScarcePercent = 80;

    /// <summary>Well below, so that calls that come and go at the brink are not told of each time.</summary>
    private const int EasedPercent = 60;

    private int _most;
    private int _inUse;
    private int _isScarce;

    /// <summary>Pairs in use.</summary>
    public int InUse => Volatile.Read(ref _inUse);

    /// <summary>Pairs that ordinary calls may have at once.</summary>
    public int Most => Volatile.Read(ref _most);

    public void Add(int pairs) => Interlocked.Add(ref _most, pairs);

    /// <summary>A pair was taken; true if from now on they are scarce.</summary>
    public bool Take() =>
        Percent(Interlocked.Increment(ref _inUse)) >= ScarcePercent && Interlocked.Exchange(ref _isScarce, 1) == 0;

    public void Give()
    {
        if (Percent(Interlocked.Decrement(ref _inUse)) < EasedPercent)
        {
            Volatile.Write(ref _isScarce, 0);
        }
    }

    private long Percent(long inUse) => inUse * 100 / Math.Max(1, Most);
}
