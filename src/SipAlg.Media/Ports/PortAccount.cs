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

    /// <summary>Lane: taken, and not seen to have come back.</summary>
    private readonly bool[] _isTaken;

    private int[] _rested = [];
    private int _restedCount;
    private int _first;
    private int _count;
    private int _outside;
    private int _firstResting = None;
    private int _lastResting = None;

    /// <summary>Given back since the lane looked last, the latest first.</summary>
    private int _returned = None;

    /// <param name="pairs">How many there could be: the numbers of pairs are below. None can be taken before <see cref="Resize"/>.</param>
    /// <param name="timestampsPerSecond">Of the times that are given.</param>
    /// <param name="random">Draws.</param>
    public PortAccount(int pairs, long timestampsPerSecond, Random random)
    {
        _random = random;
        _rest = RestSeconds * timestampsPerSecond;
        _releases = new long[pairs];
        _next = new int[pairs];
        _isTaken = new bool[pairs];
    }

    /// <summary>Pairs that can be taken, and those of them that are; readable by any thread.</summary>
    public int Capacity => Volatile.Read(ref _count);

    /// <summary>Pairs that are taken and, since the account was resized, not among those that can be; readable by any thread.</summary>
    public int Outside => Volatile.Read(ref _outside);

    /// <summary>
    /// Lane: others can be taken from now on. Those that are taken stay it, and come back if they can be taken still; those that rest go on resting.
    /// </summary>
    public void Resize(int first, int count)
    {
        QueueReturned();
        (_first, _restedCount) = (first, 0);
        Volatile.Write(ref _count, count);
        var resting = KeepResting();
        _rested = new int[count];
        for (var index = first; index < first + count; index++)
        {
            if (!_isTaken[index])
            {
                _rested[_restedCount++] = index;
            }
        }

        resting.ForEach(index => _isTaken[index] = false);
        Volatile.Write(ref _outside, _isTaken.Index().Count(pair => pair.Item && !CanBeTaken(pair.Index)));
    }

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
        var index = hasRested ? Draw() : _firstResting == None ? None : Dequeue();
        if (index != None)
        {
            _isTaken[index] = true;
        }

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

    /// <summary>Lane: looks at what was given back.</summary>
    public void QueueReturned()
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
            _isTaken[index] = false;
            if (CanBeTaken(index))
            {
                _next[index] = first;
                first = index;
                last = last == None ? index : last;
            }
            else
            {
                Volatile.Write(ref _outside, _outside - 1);
            }

            index = next;
        }

        if (first == None)
        {
            return;
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

    /// <summary>Leaves in the queue of those that rest only what can be taken still, and marks it as taken.</summary>
    private List<int> KeepResting()
    {
        var kept = new List<int>();
        while (_firstResting != None)
        {
            var index = Dequeue();
            if (CanBeTaken(index))
            {
                kept.Add(index);
                _isTaken[index] = true;
            }
        }

        for (var at = 0; at < kept.Count; at++)
        {
            _next[kept[at]] = at + 1 < kept.Count ? kept[at + 1] : None;
        }

        (_firstResting, _lastResting) = kept.Count == 0 ? (None, None) : (kept[0], kept[^1]);
        return kept;
    }

    private bool CanBeTaken(int index) => (uint)(index - _first) < (uint)_count;

    private int Draw()
    {
        var drawn = _random.Next(_restedCount);
        var index = _rested[drawn];
        _rested[drawn] = _rested[--_restedCount];
        return index;
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
