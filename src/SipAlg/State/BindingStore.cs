using System.Threading.Channels;
using SipAlg.Calls.Registrations;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>
/// Keeps bindings in a file. Lanes only queue; whatever has been queued meanwhile is written in one transaction. While the file cannot be
/// written, phones are answered all the same (a registration that a restart forgets is better than none), and what is missing is written
/// later.
/// </summary>
internal sealed class BindingStore : IBindingJournal, IAsyncDisposable
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Between two writes: what comes meanwhile is one write, one wake of the writer and one of the lane. It is what an answer waits at
    /// most under load; one that comes alone is written at once.
    /// </summary>
    private static readonly TimeSpan Group = TimeSpan.FromMilliseconds(10);

    private readonly BindingRows _rows;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly Func<Flow, string> _realmOf;
    private readonly Action<IEnumerable<BindingChange>> _write;
    private readonly Channel<(long Write, BindingChange Change)> _queue =
        Channel.CreateUnbounded<(long, BindingChange)>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Dictionary<long, BindingChange> _unwritten = [];
    private Task _writing = Task.CompletedTask;
    private Action<long>? _kept;
    private long _writes;
    private long _failures;

    /// <param name="rows">The open file; closed with the store.</param>
    /// <param name="log">Told of what fails.</param>
    /// <param name="time">For pauses after a failure.</param>
    /// <param name="realmOf">The realm that a flow belongs to.</param>
    /// <param name="write">Writes all or throws; default: to the file.</param>
    public BindingStore(BindingRows rows, ILogger log, TimeProvider time, Func<Flow, string> realmOf, Action<IEnumerable<BindingChange>>? write = null)
    {
        (_rows, _log, _time, _realmOf) = (rows, log, time, realmOf);
        _write = write ?? rows.Write;
    }

    /// <summary>Transactions that failed; readable by any thread.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Begins to write.</summary>
    /// <param name="kept">Told up to which write all is kept; the registrar's.</param>
    public void Start(Action<long> kept)
    {
        _kept = kept;
        _writing = Task.Run(WriteAsync);
    }

    public long Keep(BindingRecord binding) => Queue(new BindingChange(binding.Id, binding,
        new FlowText(_realmOf(binding.Flow), binding.Flow.Transport, binding.Flow.Local, binding.Flow.Remote), binding.CSeq, binding.Expires, IsEnd: false));

    public long Refresh(long id, uint cseq, DateTimeOffset expires) => Queue(new BindingChange(id, null, default, cseq, expires, IsEnd: false));

    public long Forget(long id) => Queue(new BindingChange(id, null, default, 0, default, IsEnd: true));

    /// <summary>Writes what is queued, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing.ConfigureAwait(false);
        _rows.Dispose();
    }

    // Called by one lane alone.
    private long Queue(BindingChange change)
    {
        _queue.Writer.TryWrite((++_writes, change));
        return _writes;
    }

    private async Task WriteAsync()
    {
        var reader = _queue.Reader;
        var isWritten = true;
        var retryAt = 0L;
        while (isWritten ? await reader.WaitToReadAsync().ConfigureAwait(false) : !reader.Completion.IsCompleted)
        {
            var last = TakeQueued();
            if (isWritten || _time.GetTimestamp() >= retryAt)
            {
                isWritten = TryWrite(isWritten);
                retryAt = _time.GetTimestamp() + (long)(RetryAfter.TotalSeconds * _time.TimestampFrequency);
            }

            if (last > 0)
            {
                _kept?.Invoke(last);
            }

            await Task.Delay(Group, _time).ConfigureAwait(false);
        }

        if (!isWritten)
        {
            _ = TryWrite(isWritten);
        }
    }

    /// <returns>The last write that was queued; 0: none was.</returns>
    private long TakeQueued()
    {
        var last = 0L;
        while (_queue.Reader.TryRead(out var queued))
        {
            last = queued.Write;
            var change = queued.Change;
            _unwritten[change.Id] = _unwritten.TryGetValue(change.Id, out var before) ? before.Then(change) : change;
        }

        return last;
    }

    private bool TryWrite(bool wasWritten)
    {
        try
        {
            _write(_unwritten.Values);
            _unwritten.Clear();
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
