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

    private readonly BindingRows _rows;
    private readonly ILogger _log;
    private readonly Func<Flow, string> _realmOf;
    private readonly Action<IEnumerable<BindingChange>> _write;
    private readonly ConcurrentQueue<(long Write, BindingChange Change)> _queue = new();
    private readonly AutoResetEvent _work = new(initialState: false);
    private readonly Dictionary<long, BindingChange> _unwritten = [];
    private Thread? _writer;
    private long _lastInFile;
    private long _lastUnwritten;
    private int _isIdle;
    private bool _isClosing;
    private Action<long>? _kept;
    private long _writes;
    private long _failures;

    /// <param name="rows">The open file; closed with the store.</param>
    /// <param name="log">Told of what fails.</param>
    /// <param name="realmOf">The realm that a flow belongs to.</param>
    /// <param name="write">Writes all or throws; default: to the file.</param>
    public BindingStore(BindingRows rows, ILogger log, Func<Flow, string> realmOf, Action<IEnumerable<BindingChange>>? write = null)
    {
        (_rows, _log, _realmOf) = (rows, log, realmOf);
        _write = write ?? rows.Write;
    }

    /// <summary>Transactions that failed; readable by any thread.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Begins to write.</summary>
    /// <param name="kept">Told up to which write all is kept; the registrar's.</param>
    public void Start(Action<long> kept)
    {
        _kept = kept;
        _lastInFile = _rows.LastId();

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
        _work.Dispose();
        _rows.Dispose();
    }

    // Called by one lane alone.
    private long Queue(BindingChange change)
    {
        _queue.Enqueue((++_writes, change));
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

            if (last > 0)
            {
                _kept?.Invoke(last);
            }

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
            _write(_unwritten.Values);
            _unwritten.Clear();
            _lastInFile = Math.Max(_lastInFile, _lastUnwritten);
            if (!wasWritten)
            {
                StateLog.WrittenAgain(_log, _rows.File);
            }

            return true;
        }
        catch (Exception fault)
        {
            // Whatever it is, answers wait for this loop to go on.
            Interlocked.Increment(ref _failures);
            if (wasWritten)
            {
                StateLog.NotWritten(_log, _rows.File, fault.Message, _unwritten.Count);
            }

            return false;
        }
    }
}
