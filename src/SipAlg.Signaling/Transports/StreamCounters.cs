using SipAlg.Signaling.Tls;

namespace SipAlg.Signaling.Transports;

/// <summary>Why an accepted connection was closed at once.</summary>
public enum AcceptRefusal : byte
{
    /// <summary><see cref="StreamOptions.MaxAccepted"/> is reached.</summary>
    Total,

    /// <summary><see cref="StreamOptions.MaxPerSource"/> is reached.</summary>
    Source,

    /// <summary>The system could not accept: no descriptors, no memory. Tried again a little later.</summary>
    System,

    /// <summary>The source is not heard at all: <see cref="Signaling.Gate.SourceGate"/> counts why.</summary>
    Gate,

    /// <summary>Strangers have as many as they may have together, which leaves room for those who are known.</summary>
    Strangers,
}

/// <summary>One listener's connections. Written on pool threads, read by any.</summary>
public sealed class StreamCounters
{
    private readonly long[] _refused = new long[(int)AcceptRefusal.Strangers + 1];
    private readonly long[] _failed = new long[ConnectFailures.Count];
    private readonly long[] _closed = new long[(int)CloseReason.TlsRefused + 1];
    private readonly long[] _unframed = new long[(int)FrameResult.LengthConflict + 1];
    private readonly long[] _handshakes = new long[2 * TlsResults.Count];
    private long _accepted;
    private long _opened;
    private long _pings;

    public long Accepted => Volatile.Read(ref _accepted);
    public long Opened => Volatile.Read(ref _opened);

    /// <summary>RFC 5626 keep-alives answered.</summary>
    public long Pings => Volatile.Read(ref _pings);

    /// <summary>Connections that stand.</summary>
    public long Active => Accepted + Opened - Total(_closed);

    public long Refused(AcceptRefusal reason) => Volatile.Read(ref _refused[(int)reason]);

    public long Failed(ConnectFailure reason) => Volatile.Read(ref _failed[(int)reason]);

    public long Closed(CloseReason reason) => Volatile.Read(ref _closed[(int)reason]);

    /// <summary>Connections closed because of a framing fault.</summary>
    public long Unframed(FrameResult fault) => Volatile.Read(ref _unframed[(int)fault]);

    /// <summary>TLS handshakes that ended so, of connections that others opened or that we did.</summary>
    public long Handshakes(TlsResult result, bool isOurs) => Volatile.Read(ref _handshakes[Cell(result, isOurs)]);

    internal void CountAccepted() => Interlocked.Increment(ref _accepted);
    internal void CountOpened() => Interlocked.Increment(ref _opened);
    internal void CountPing() => Interlocked.Increment(ref _pings);
    internal void Count(AcceptRefusal reason) => Interlocked.Increment(ref _refused[(int)reason]);
    internal void Count(ConnectFailure reason) => Interlocked.Increment(ref _failed[(int)reason]);
    internal void Count(CloseReason reason) => Interlocked.Increment(ref _closed[(int)reason]);
    internal void Count(FrameResult fault) => Interlocked.Increment(ref _unframed[(int)fault]);

    internal void Count(TlsResult result, bool isOurs) => Interlocked.Increment(ref _handshakes[Cell(result, isOurs)]);

    private static int Cell(TlsResult result, bool isOurs) => (int)result + (isOurs ? TlsResults.Count : 0);

    private static long Total(long[] cells)
    {
        long total = 0;
        for (var index = 0; index < cells.Length; index++)
        {
            total += Volatile.Read(ref cells[index]);
        }

        return total;
    }
}
