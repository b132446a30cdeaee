using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using SipAlg.Calls.Calls;

namespace SipAlg.Journal;

/// <summary>
/// Writes down ended calls. Lanes only queue them; a loop takes what has gathered every half second, so that no call wakes a thread.
/// </summary>
internal sealed class CallJournal : ICallJournal, IAsyncDisposable
{
    private const int QueueLength = 16_384;
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private readonly Channel<CallRecord> _queue = Channel.CreateBounded<CallRecord>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly ArrayBufferWriter<byte> _lines = new();
    private CdrFile? _file;
    private volatile CdrFile? _wanted;
    private readonly ILogger<CallJournal> _log;
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;
    private bool _isFailing;
    private long _written;
    private long _dropped;
    private long _failed;

    /// <param name="file">Null: calls are kept for the API only.</param>
    public CallJournal(string? file, ILogger<CallJournal> log, TimeProvider time)
    {
        WriteTo(file);
        _log = log;
        _timer = new PeriodicTimer(Period, time);
        _loop = Task.Run(RunAsync);
    }

    public RecentCalls Recent { get; } = new();

    /// <summary>What was said of calls, and of INVITEs that became none.</summary>
    public VerdictCounts Verdicts { get; } = new();

    /// <summary>Records in the file.</summary>
    public long Written => Volatile.Read(ref _written);

    /// <summary>Records lost because the queue was full.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Records lost because the file could not be written.</summary>
    public long Failed => Volatile.Read(ref _failed);

    /// <summary>Records go there from the next batch on.</summary>
    /// <param name="file">Null: they are kept for the API only.</param>
    public void WriteTo(string? file) => _wanted = file is null ? null : new CdrFile(file);

    public void Ended(CallRecord record)
    {
        if (!_queue.Writer.TryWrite(record))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Kept to be looked at, and no more: who floods the gateway fills no file.</summary>
    public void Refused(CallRecord record) => _ = _queue.Writer.TryWrite(record);

    /// <summary>Writes what is queued, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        _timer.Dispose();
        await _loop.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        do
        {
            WriteQueued();
        }
        while (await _timer.WaitForNextTickAsync().ConfigureAwait(false));

        WriteQueued();
    }

    private void WriteQueued()
    {
        var count = 0;
        _file = _wanted;
        using var json = new Utf8JsonWriter(_lines, CallJson.Writer);
        while (_queue.Reader.TryRead(out var record))
        {
            var call = JudgedCall.Of(record);
            Recent.Add(call);
            Verdicts.Count(call);
            if (record.Refusal is not null)
            {
                continue;
            }

            LogEnd(record);
            if (_file is not null)
            {
                WriteLine(json, call);
                count++;
            }
        }

        if (count > 0)
        {
            Append(count);
            _lines.ResetWrittenCount();
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

    private void WriteLine(Utf8JsonWriter json, JudgedCall call)
    {
        JsonSerializer.Serialize(json, CallDetails.Of(call), CallJson.Default.CallDetails);
        json.Flush();
        json.Reset();
        _lines.Write("\n"u8);
    }

    private void Append(int count)
    {
        try
        {
            _file!.Append(_lines.WrittenSpan);
            if (_isFailing)
            {
                _isFailing = false;
                JournalLog.WrittenAgain(_log, _file.Path, _failed);
            }

            Volatile.Write(ref _written, _written + count);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_isFailing)
            {
                _isFailing = true;
                JournalLog.NotWritten(_log, _file!.Path, fault.Message);
            }

            Volatile.Write(ref _failed, _failed + count);
        }
    }
}
