using System.Buffers;
using System.Collections.Concurrent;

namespace SipAlg.Journal.Targets;

/// <summary>Adds a record to the lines of a target.</summary>
internal delegate void CdrFormat(JudgedCall call, IBufferWriter<byte> lines);

/// <summary>
/// One place that call records go to, with a bounded queue and a thread of its own, so that a disk that hangs holds up nobody else. What
/// cannot be written stays and is tried again; while the queue is full, what comes is dropped and counted.
/// </summary>
internal sealed class CdrTarget : IDisposable
{
    public const int QueueLength = 16_384;

    /// <summary>Records of one write: a disk that is slow is asked less often.</summary>
    private const int MostOfGroup = 1000;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>A write that takes longer is told of.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    private readonly BlockingCollection<JudgedCall> _queue = new(QueueLength);
    private readonly ManualResetEventSlim _ending = new();
    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly CdrFormat _format;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly TimeSpan _retry;
    private readonly Thread _thread;
    private volatile ICdrSink _sink;
    private int _group;
    private long _written;
    private long _dropped;
    private long _lost;
    private long _failures;
    private long _writesSince;
    private bool _isFailing;
    private bool _isOverflowing;
    private bool _isSlow;

    /// <param name="name">In metrics.</param>
    /// <param name="format">Of its records.</param>
    /// <param name="sink">Where they go.</param>
    /// <param name="retry">Between two attempts to write; null: a second.</param>
    public CdrTarget(string name, CdrFormat format, ICdrSink sink, ILogger log, TimeProvider time, TimeSpan? retry = null)
    {
        (Name, _format, _sink, _log, _time, _retry) = (name, format, sink, log, time, retry ?? Look);
        _thread = new Thread(Run) { IsBackground = true, Name = $"cdr {name}" };
        _thread.Start();
    }

    public string Name { get; }

    /// <summary>Records that the sink has taken.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Records in memory.</summary>
    public int Queued => (_thread.IsAlive ? _queue.Count : 0) + Volatile.Read(ref _group);

    /// <summary>Records lost because the queue was full.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Records lost because they could not be written before the end.</summary>
    public long Lost => Volatile.Read(ref _lost);

    /// <summary>Attempts to write that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Records go there from the next attempt on.</summary>
    public void MoveTo(ICdrSink sink) => _sink = sink;

    /// <summary>Never waits. One caller at a time.</summary>
    public void Add(JudgedCall call)
    {
        if (_queue.TryAdd(call))
        {
            _isOverflowing = false;
            return;
        }

        Volatile.Write(ref _dropped, _dropped + 1);
        if (!_isOverflowing)
        {
            _isOverflowing = true;
            JournalLog.QueueFull(_log, _sink.Place, QueueLength);
        }
    }

    /// <summary>Tells once of a write that hangs. One caller at a time.</summary>
    public void Watch()
    {
        var since = Volatile.Read(ref _writesSince);
        var isSlow = since != 0 && _time.GetElapsedTime(since) > Slow;
        if (isSlow && !_isSlow)
        {
            JournalLog.Hangs(_log, _sink.Place, Slow.TotalSeconds, QueueLength);
        }

        _isSlow = isSlow;
    }

    /// <summary>No more records come: writes what is queued, if the sink takes it.</summary>
    /// <param name="within">For that; what hangs then is left to the end of the process.</param>
    public void End(TimeSpan within)
    {
        _queue.CompleteAdding();
        _ending.Set();
        if (!_thread.Join(within))
        {
            JournalLog.NotEnded(_log, _sink.Place, Queued);
        }
    }

    /// <summary>After <see cref="End"/>. A thread that hangs keeps what it has.</summary>
    public void Dispose()
    {
        if (!_thread.IsAlive)
        {
            _queue.Dispose();
            _ending.Dispose();
        }
    }

    private void Run()
    {
        while (!_queue.IsCompleted)
        {
            if (TryTakeGroup())
            {
                WriteGroup();
            }
            else
            {
                Try(static sink => sink.Idle());
            }
        }
    }

    private bool TryTakeGroup()
    {
        if (!_queue.TryTake(out var call, Look))
        {
            return false;
        }

        do
        {
            Format(call);
        }
        while (_group < MostOfGroup && _queue.TryTake(out call));
        return true;
    }

    private void Format(JudgedCall call)
    {
        _line.ResetWrittenCount();
        try
        {
            _format(call, _line);
            _lines.Write(_line.WrittenSpan);
            Volatile.Write(ref _group, _group + 1);
        }
        catch (Exception defect)
        {
            // Of this record; those of other calls are to be written.
            Volatile.Write(ref _lost, _lost + 1);
            JournalLog.Defect(_log, call.Record.IdText, defect);
        }
    }

    private void WriteGroup()
    {
        var isWritten = TryAppend();
        while (!isWritten && !_ending.Wait(_retry))
        {
            isWritten = TryAppend();
        }

        if (isWritten || TryAppend())
        {
            Volatile.Write(ref _written, _written + _group);
        }
        else
        {
            Volatile.Write(ref _lost, _lost + _group);
            JournalLog.LostAtEnd(_log, _group, _sink.Place);
        }

        Volatile.Write(ref _group, 0);
        _lines.ResetWrittenCount();
    }

    private bool TryAppend() => Try(sink => sink.Append(_lines.WrittenSpan, _group));

    private bool Try(Action<ICdrSink> work)
    {
        var sink = _sink;
        Volatile.Write(ref _writesSince, Math.Max(1, _time.GetTimestamp()));
        try
        {
            work(sink);
            if (_isFailing)
            {
                _isFailing = false;
                JournalLog.WrittenAgain(_log, sink.Place, Queued);
            }

            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            Volatile.Write(ref _failures, _failures + 1);
            if (!_isFailing)
            {
                _isFailing = true;
                JournalLog.NotWritten(_log, sink.Place, fault.Message, QueueLength);
            }

            return false;
        }
        finally
        {
            Volatile.Write(ref _writesSince, 0);
        }
    }
}
