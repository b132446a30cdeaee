namespace SipAlg.Media.Ports;

/// <summary>
/// Which pairs of ports can be taken, in constant time however many there are: those that rested, to draw from, and those that
/// rest, in the order of their release. The lane takes; any thread gives back, without a lock.
/// </summary>
internal sealed class PortAccount
{
    private const int RestSeconds = 5;
    private const int None = -1;

    private readonly Random _random;
    private readonly long _rest;
    private readonly long[] _releases;

    /// <summary>Behind each pair the next in <see cref="_returned"/> or in the queue of those that rest: it is in one of them at most.</summary>
    private readonly int[] _next;

    private readonly int[] _rested;
    private int _restedCount;
    private int _firstResting = None;
    private int _lastResting = None;

    /// <summary>Given back since the lane looked last, the latest first.</summary>
    private int _returned = None;

    public PortAccount(int pairs, long timestampsPerSecond, Random random)
    {
        _random = random;
        _rest = RestSeconds * timestampsPerSecond;
        _releases = new long[pairs];
        _next = new int[pairs];
        _rested = [.. Enumerable.Range(0, pairs)];
        _restedCount = pairs;
    }

    public int Capacity => _releases.Length;

    /// <summary>
    /// Takes a pair, at random among those that rested (so that a late packet of the last call does not meet the next,
    /// and nobody can guess the port), else the one that rested longest; −1: all are taken.
    /// </summary>
    public int Take(long now, out bool hasRested)
    {
        QueueReturned();
        while (_firstResting != None && now - _releases[_firstResting] >= _rest)
        {
            _rested[_restedCount++] = Dequeue();
        }

        hasRested = _restedCount > 0;
        if (!hasRested)
        {
            return _firstResting == None ? None : Dequeue();
        }

        var drawn = _random.Next(_restedCount);
        var index = _rested[drawn];
        _rested[drawn] = _rested[--_restedCount];
        return index;
    }

    /// <summary>Gives a pair back that was closed, or could not be opened: it is in use elsewhere.</summary>
    public void Rest(int index, long now)
    {
        _releases[index] = now;
        int first;
        do
        {
            first = Volatile.Read(ref _returned);
            _next[index] = first;
        }
        while (Interlocked.CompareExchange(ref _returned, index, first) != first);
    }

    private void QueueReturned()
    {
        if (Volatile.Read(ref _returned) == None)
        {
            return;
        }

        // Turned over, since the earliest is to be taken first.
        var (first, last) = (None, None);
        for (var index = Interlocked.Exchange(ref _returned, None); index != None;)
        {
            var next = _next[index];
            _next[index] = first;
            first = index;
            last = last == None ? index : last;
            index = next;
        }

        if (_lastResting == None)
        {
            _firstResting = first;
        }
        else
        {
            _next[_lastResting] = first;
        }

        _lastResting = last;
    }

    private int Dequeue()
    {
        var index = _firstResting;
        _firstResting = _next[index];
        if (_firstResting == None)
        {
            _lastResting = None;
        }

        return index;
    }
}
