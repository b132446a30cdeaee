using System.Collections.Concurrent;
using System.Diagnostics;
using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>
/// Keeps bindings in a file. Lanes only queue; whatever has been queued meanwhile is written in one transaction. While the file cannot be
/// written, phones are answered all the same (a registration that a restart forgets is better than none), and what is missing is written
/// later: the newest of each binding that stands, and of those in the file which have ended that they have.
/// </summary>
internal sealed class BindingStore : IBindingJournal, IDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Between two writes: what comes meanwhile is one write, one wake of the writer and one of the lane. It is what an answer waits at
    /// most under load; one that comes alone is written at once.
    /// </summary>
    private static readonly TimeSpan Group = TimeSpan.FromMilliseconds(20);

    /// <summary>Changes that wait while a write hangs; beyond that all bindings are written anew when it has ended.</summary>
    internal const int MostQueued = 100_000;

    /// <summary>An answer waits for a write that hangs no longer than this: a registration that a restart forgets is better than none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string _file;
    private readonly BindingRecovery? _recovery;
    private readonly ILogger _log;
    private readonly Func<Flow, string> _realmOf;
    private readonly Action<IEnumerable<BindingChange>> _write;
    private readonly ConcurrentQueue<(long Write, BindingChange Change)> _queue = new();
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly Lock _telling = new();
    private BindingRows? _rows;
    private Timer? _watch;
    private long _told;
    private long _writesSince;
    private int _queued;
    private bool _isUnreadable;
    private bool _isIncomplete;
    private bool _isHanging;
    private readonly Dictionary<long, BindingChange> _unwritten = [];
    private Thread? _writer;
    private long _lastInFile;
    private long _lastUnwritten;
    private int _isIdle;
    private bool _isClosing;
    private Action<long>? _kept;
    private long _writes;
    private long _failures;

    /// <param name="rows">The open file; closed with the store. Null: it cannot be had, and is tried again.</param>
    /// <param name="log">Told of what fails.</param>
    /// <param name="realmOf">The realm that a flow belongs to.</param>
    /// <param name="write">Writes all or throws; default: to the file.</param>
    /// <param name="recovery">Null: with a file that is lost nothing is kept any more.</param>
    public BindingStore(BindingRows? rows, ILogger log, Func<Flow, string> realmOf, Action<IEnumerable<BindingChange>>? write = null, BindingRecovery? recovery = null, string file = "")
    {
        (_rows, _log, _realmOf, _recovery, _file) = (rows, log, realmOf, recovery, rows?.File ?? file);
        _write = write ?? (changes => _rows!.Write(changes));
        _isIncomplete = rows is null;
    }

    /// <summary>Transactions that failed; readable by any thread.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Changes that are not in the file; readable by any thread.</summary>
    public int Waiting => Volatile.Read(ref _queued) + _unwritten.Count;

    /// <summary>Begins to write.</summary>
    /// <param name="kept">Told up to which write all is kept; the registrar's.</param>
    public void Start(Action<long> kept)
    {
        _kept = kept;
        _lastInFile = _rows?.LastId() ?? 0;
        _watch = new Timer(_ => Watch(), null, RetryAfter, RetryAfter);

        // A thread of its own sleeps between writes; one of the pool spins there, on a core that a lane wants.
        _writer = new Thread(Write) { Name = "bindings", IsBackground = true };
        _writer.Start();
    }

    public long Keep(BindingRecord binding) =>
        Queue(new BindingChange(binding.Id, binding, _realmOf(binding.Flow), new Refreshed(binding.CSeq, binding.Expires), IsEnd: false));

    public long Refresh(long id, uint cseq, DateTimeOffset expires) => Queue(new BindingChange(id, null, "", new Refreshed(cseq, expires), IsEnd: false));

    public long Forget(long id) => Queue(new BindingChange(id, null, "", default, IsEnd: true));

    /// <summary>Writes what is queued, and closes the file.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isClosing, true);
        _work.Set();
        _writer?.Join();
        _watch?.Dispose();
        _work.Dispose();
        _rows?.Dispose();
    }

    // Called by one lane alone.
    private long Queue(BindingChange change)
    {
        Volatile.Write(ref _writes, _writes + 1);
        if (_recovery is not null && Volatile.Read(ref _queued) >= MostQueued)
        {
            Volatile.Write(ref _isIncomplete, true);
            return _writes;
        }

        Interlocked.Increment(ref _queued);
        _queue.Enqueue((_writes, change));
        if (Interlocked.Exchange(ref _isIdle, 0) == 1)
        {
            _work.Set();
        }

        return _writes;
    }

    private void Write()
    {
        var isWritten = true;
        var failed = 0L;
        while (isWritten ? WaitForWork() : !IsDone)
        {
            var last = TakeQueued();
            if (isWritten || Stopwatch.GetElapsedTime(failed) >= RetryAfter)
            {
                isWritten = TryWrite(isWritten);
                failed = Stopwatch.GetTimestamp();
            }

            Tell(last);

            Thread.Sleep(Group);
        }

        if (!isWritten)
        {
            _ = TryWrite(isWritten);
        }
    }

    private bool IsDone => Volatile.Read(ref _isClosing) && _queue.IsEmpty;

    /// <returns>False: there will be none.</returns>
    private bool WaitForWork()
    {
        while (_queue.IsEmpty)
        {
            if (Volatile.Read(ref _isClosing))
            {
                return false;
            }

            // Who queues looks at the mark after it has queued, and here the queue is looked at after the mark.
            Interlocked.Exchange(ref _isIdle, 1);
            if (_queue.IsEmpty)
            {
                _work.WaitOne();
            }
        }

        return true;
    }

    /// <returns>The last write that was queued; 0: none was.</returns>
    private long TakeQueued()
    {
        var last = 0L;
        while (_queue.TryDequeue(out var queued))
        {
            Interlocked.Decrement(ref _queued);
            last = queued.Write;
            Take(queued.Change);
        }

        return last;
    }

    /// <summary>Of a binding that ends before it was ever written nothing is left to write: phones come and go while the disk is full.</summary>
    private void Take(in BindingChange change)
    {
        _lastUnwritten = Math.Max(_lastUnwritten, change.Id);
        if (change.IsEnd && change.Id > _lastInFile)
        {
            _unwritten.Remove(change.Id);
        }
        else
        {
            _unwritten[change.Id] = _unwritten.TryGetValue(change.Id, out var before) ? before.Then(change) : change;
        }
    }

    private bool TryWrite(bool wasWritten)
    {
        try
        {
            Volatile.Write(ref _writesSince, Stopwatch.GetTimestamp());
            if (_recovery is not null && Volatile.Read(ref _isIncomplete))
            {
                BeginAnew(_recovery);
            }

            _write(_unwritten.Values);
            _unwritten.Clear();
            _lastInFile = Math.Max(_lastInFile, _lastUnwritten);
            if (!wasWritten)
            {
                StateLog.WrittenAgain(_log, _file);
            }

            return true;
        }
        catch (Exception fault)
        {
            // Whatever it is, answers wait for this loop to go on.
            Interlocked.Increment(ref _failures);
            if (wasWritten)
            {
                StateLog.NotWritten(_log, _file, fault.Message, _unwritten.Count);
            }

            if (_recovery is not null && BindingRecovery.IsLost(fault))
            {
                (_isUnreadable, _isIncomplete) = (BindingRecovery.IsUnreadable(fault), true);
            }

            return false;
        }
        finally
        {
            Volatile.Write(ref _writesSince, 0);
        }
    }

    /// <summary>Everything that stands goes into an empty file; what is queued meanwhile is younger and comes behind it.</summary>
    private void BeginAnew(BindingRecovery recovery)
    {
        _rows?.Dispose();
        _rows = null;
        _rows = recovery.Open(_isUnreadable);
        (_isUnreadable, _lastInFile) = (false, 0);
        Volatile.Write(ref _isIncomplete, false);
        try
        {
            _unwritten.Clear();
            foreach (var binding in recovery.Standing())
            {
                Take(new BindingChange(binding.Id, binding, _realmOf(binding.Flow), new Refreshed(binding.CSeq, binding.Expires), IsEnd: false));
            }
        }
        catch
        {
            Volatile.Write(ref _isIncomplete, true);
            throw;
        }
    }

    /// <summary>Once a second: a disk that hangs must not keep phones waiting.</summary>
    private void Watch()
    {
        var since = Volatile.Read(ref _writesSince);
        var isHanging = since != 0 && Stopwatch.GetElapsedTime(since) > Patience;
        if (isHanging)
        {
            Tell(Volatile.Read(ref _writes));
            if (!_isHanging)
            {
                Interlocked.Increment(ref _failures);
                StateLog.Hangs(_log, _file, Patience.TotalSeconds);
            }
        }

        _isHanging = isHanging;
    }

    /// <summary>Answers up to this write may go.</summary>
    private void Tell(long last)
    {
        lock (_telling)
        {
            if (last > _told)
            {
                _told = last;
                _kept?.Invoke(last);
            }
        }
    }
}
