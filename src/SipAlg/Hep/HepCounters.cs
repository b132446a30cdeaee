namespace SipAlg.Hep;

/// <summary>What became of messages that were to be sent; written by one sender at a time, read by anybody.</summary>
internal sealed class HepCounters
{
    private long _sent;
    private long _unsent;
    private long _tooLong;
    private long _overrun;
    private volatile HepState _state;

    /// <summary>Handed to the network.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <summary>Not taken by the network or the collector.</summary>
    public long Unsent => Volatile.Read(ref _unsent);

    /// <summary>Too long for a packet.</summary>
    public long TooLong => Volatile.Read(ref _tooLong);

    /// <summary>Fallen out of memory before they could be sent.</summary>
    public long Overrun => Volatile.Read(ref _overrun);

    /// <summary>Whether they arrive, as far as can be told.</summary>
    public HepState State
    {
        get => _state;
        set => _state = value;
    }

    public void CountSent() => Volatile.Write(ref _sent, _sent + 1);

    public void CountUnsent() => Volatile.Write(ref _unsent, _unsent + 1);

    public void CountTooLong() => Volatile.Write(ref _tooLong, _tooLong + 1);

    public void CountOverrun(long messages) => Volatile.Write(ref _overrun, _overrun + messages);
}

internal enum HepState : byte
{
    /// <summary>They go nowhere.</summary>
    Off,
    Up,

    /// <summary>The collector cannot be reached, or could not a moment ago.</summary>
    Down,
}
