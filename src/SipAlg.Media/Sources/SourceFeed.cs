namespace SipAlg.Media.Sources;

/// <summary>
/// What relay threads have to tell one lane of sources: a ring for each thread, which one writes and the other reads, and neither
/// waits. What does not fit is counted.
/// </summary>
internal sealed class SourceFeed(int threads)
{
    private readonly SourceRing[] _rings = [.. Enumerable.Range(0, threads).Select(_ => new SourceRing())];
    private Action? _told;
    private long _lost;

    /// <summary>Events that nobody took in time; any thread.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Lane: called on a relay thread when there is something to take; must not wait, throw or allocate.</summary>
    public void Listen(Action told) => Volatile.Write(ref _told, told);

    public void Write(int thread, in SourceEvent told)
    {
        if (_rings[thread].TryWrite(told))
        {
            Volatile.Read(ref _told)?.Invoke();
        }
        else
        {
            Interlocked.Increment(ref _lost);
        }
    }

    /// <summary>Lane: the next event of any thread.</summary>
    public bool TryRead(out SourceEvent told)
    {
        foreach (var ring in _rings)
        {
            if (ring.TryRead(out told))
            {
                return true;
            }
        }

        told = default;
        return false;
    }

    private sealed class SourceRing
    {
        /// <summary>More than a lane's calls settle while it has something else to do.</summary>
        private const int Capacity = 512;

        private readonly SourceEvent[] _events = new SourceEvent[Capacity];
        private uint _read;
        private uint _written;

        public bool TryWrite(in SourceEvent told)
        {
            if (_written - Volatile.Read(ref _read) == Capacity)
            {
                return false;
            }

            _events[_written % Capacity] = told;
            Volatile.Write(ref _written, _written + 1);
            return true;
        }

        public bool TryRead(out SourceEvent told)
        {
            told = default;
            if (_read == Volatile.Read(ref _written))
            {
                return false;
            }

            told = _events[_read % Capacity];
            Volatile.Write(ref _read, _read + 1);
            return true;
        }
    }
}
