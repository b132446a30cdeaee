namespace SipAlg.Signaling.Lanes;

/// <content>How long inputs wait before their turn, and what of that is a queue that stands.</content>
public sealed partial class Lane
{
    /// <summary>What is counted together: long enough for a collection of the heap and what piled up behind it to be over.</summary>
    public const int LoadInterval = 100;

    /// <summary>
    /// Inputs of a source in an interval, below which their wait says nothing of load: a program that has so little to do waits for a processor
    /// that others have, or for its code to be compiled, and refusing calls gives it neither.
    /// </summary>
    public const int FewestInputs = 32;

    private const int Inbox = 0;
    private const int Uncounted = 1;
    private const int FirstSocket = 2;

    /// <summary>The least wait of each source in this interval: the inbox, all that does not count, then the sockets by listener.</summary>
    private long[] _least = [long.MaxValue, long.MaxValue];
    private int[] _inputs = [0, 0];
    private long _loadBegan;
    private long _standing;
    private int _source;
    private long _sourceSince;

    /// <summary>Microseconds that each input of the last interval waited at the least; from any thread.</summary>
    public long Standing => Volatile.Read(ref _standing);

    /// <summary>Datagrams of a socket follow.</summary>
    /// <param name="listener">Its index.</param>
    /// <param name="waited">Nanoseconds that the first of them was in the socket; 0: since this round began, at most.</param>
    /// <param name="counts">False: a queue that stands there harms nobody.</param>
    internal void BeginSocket(int listener, long waited, bool counts = true)
    {
        _source = counts ? FirstSocket + listener : Uncounted;
        if (_source >= _least.Length)
        {
            var known = _least.Length;
            Array.Resize(ref _least, _source + 1);
            Array.Resize(ref _inputs, _source + 1);
            Array.Fill(_least, long.MaxValue, known, _least.Length - known);
        }

        _sourceSince = waited == 0 ? _waitingSince : Math.Min(_waitingSince, _clock.Timestamp - (long)(waited * (_clock.TicksPerSecond / 1e9)));
    }

    private void BeginPosted(LaneEvent laneEvent) => (_source, _sourceSince) = (Inbox, Math.Min(_waitingSince, laneEvent.PostedAt));

    private void Observe()
    {
        var waited = _clock.Timestamp - _sourceSince;
        Delays.Observe(waited);
        _least[_source] = Math.Min(_least[_source], waited);
        _inputs[_source]++;
    }

    /// <summary>A round is over: if the interval is too, the user hears how long its inputs waited.</summary>
    /// <param name="isLosing">Asked only then: a socket that was never empty has dropped datagrams.</param>
    public void EndRound(Func<bool> isLosing)
    {
        var elapsed = Now - _loadBegan;
        if (elapsed < LoadInterval)
        {
            return;
        }

        _loadBegan = Now;
        var standing = 0L;
        for (var source = 0; source < _least.Length; source++)
        {
            standing = Math.Max(standing, _inputs[source] < FewestInputs || source == Uncounted ? 0 : _least[source]);
            (_least[source], _inputs[source]) = (long.MaxValue, 0);
        }

        Volatile.Write(ref _standing, (long)(standing * (1e6 / _clock.TicksPerSecond)));
        try
        {
            _user.OnLoad(new LaneLoad((int)Math.Min(elapsed, int.MaxValue), _standing, isLosing()));
        }
        catch (Exception fault)
        {
            Report(fault);
        }
    }
}
