using System.Threading.Channels;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Registrations;
using SipAlg.Configuration;
using SipAlg.Journal.Targets;

namespace SipAlg.Journal;

/// <summary>
/// Where ended calls come to rest: judged, kept for the API, and handed to the targets of their records. Lanes only queue them; a loop
/// takes what has gathered in a few milliseconds, so that many calls wake it once.
/// </summary>
internal sealed class CallJournal : ICallJournal, IAsyncDisposable
{
    private const int QueueLength = 16_384;

    /// <summary>So long a record is in no other hand than this process's, and is lost with it.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(10);

    private readonly Channel<CallRecord> _queue = Channel.CreateBounded<CallRecord>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly CdrTargets _targets;
    private readonly ILogger<CallJournal> _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _loop;
    private volatile CdrSettings _wanted;
    private long _dropped;
    private long _told;
    private long _taken;

    /// <param name="settings">Without targets calls are kept for the API only.</param>
    public CallJournal(CdrSettings settings, ILogger<CallJournal> log, TimeProvider time)
    {
        (_wanted, _log, _time) = (settings, log, time);
        _targets = new CdrTargets(log, time);
        _targets.Apply(settings);
        _loop = Task.Run(RunAsync);
    }

    public RecentCalls Recent { get; } = new();

    /// <summary>What became of the records, by target.</summary>
    public IEnumerable<CdrCounts> Counts => _targets.Counts();

    /// <summary>What was said of calls, and of INVITEs that became none.</summary>
    public VerdictCounts Verdicts { get; } = new();

    /// <summary>Records lost before they reached any target, because they came faster than they could be judged.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Records go there from the next group on.</summary>
    public void WriteTo(CdrSettings settings) => _wanted = settings;

    public void Ended(CallRecord record)
    {
        if (!Tell(record))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Kept to be looked at, and no more: who floods the gateway fills no file.</summary>
    public void Refused(CallRecord record) => _ = Tell(record);

    private bool Tell(CallRecord record)
    {
        if (!_queue.Writer.TryWrite(record))
        {
            return false;
        }

        Interlocked.Increment(ref _told);
        return true;
    }

    /// <summary>Waits until what lanes have told before this is in <see cref="Recent"/>: for a moment a call is neither live nor there.</summary>
    public async Task CatchUpAsync(CancellationToken ended)
    {
        for (var told = Volatile.Read(ref _told); Volatile.Read(ref _taken) < told;)
        {
            await Task.Delay(Gather, _time, ended).ConfigureAwait(false);
        }
    }

    /// <summary>Phones that could not register.</summary>
    public RegistrationFailures Failures { get; } = new();

    public void NotRegistered(RegistrationFailure failure) => Failures.Add(failure);

    /// <summary>Writes what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        Failures.Dispose();
        await _ended.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        await _targets.DisposeAsync().ConfigureAwait(false);
        _ended.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await Task.Delay(Gather, _time, _ended.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _targets.Apply(_wanted);
            while (_queue.Reader.TryRead(out var record))
            {
                Take(record);
                Volatile.Write(ref _taken, _taken + 1);
            }
        }
    }

    private void Take(CallRecord record)
    {
        try
        {
            var call = JudgedCall.Of(record);
            Recent.Add(call);
            Verdicts.Count(call);
            if (record.Refusal is null)
            {
                LogEnd(record);
                _targets.Add(call);
            }
        }
        catch (Exception defect)
        {
            // Of this call: the records of others are to be written.
            JournalLog.Defect(_log, record.IdText, defect);
        }
    }

    private void LogEnd(CallRecord record)
    {
        if (_log.IsEnabled(LogLevel.Debug))
        {
            JournalLog.Ended(
                _log, record.IdText, record.FromPeer ?? record.FromRealm, record.ToPeer ?? record.ToRealm,
                CallCauses.Text(record.Cause), CallCauses.Text(record.EndedBy), record.Status);
        }
    }
}
