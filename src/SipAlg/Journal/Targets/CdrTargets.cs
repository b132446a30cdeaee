using System.Buffers;
using System.Text.Json;
using SipAlg.Configuration;

namespace SipAlg.Journal.Targets;

/// <summary>What became of the records of one target, for metrics.</summary>
/// <param name="Written">Records that the file, or the server, has.</param>
/// <param name="Queued">Records that wait, in memory or in the spool.</param>
/// <param name="Failures">Attempts that failed.</param>
/// <param name="QueueFull">Records lost because too many waited in memory.</param>
/// <param name="NotWritten">Records lost because the gateway stopped before they could be written.</param>
/// <param name="SpoolFull">Records lost because too many waited in the spool.</param>
internal readonly record struct CdrCounts(string Target, long Written, long Queued, long Failures, long QueueFull, long NotWritten, long SpoolFull);

/// <summary>All places that call records go to. A target that is once there stays, with its counts, and idles when it is configured no more.</summary>
internal sealed class CdrTargets(ILogger log, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan EndWait = TimeSpan.FromMilliseconds(800);

    private readonly OldFiles _oldFiles = new(log, time);
    private readonly OldFiles _oldTables = new(log, time);
    private CdrSettings _settings = CdrSettings.None;
    private CdrTarget? _file;
    private CdrTarget? _csv;
    private CdrTarget? _spooled;
    private CdrSpool? _spool;
    private CdrWebhook? _webhook;
    private long _spoolFull;

    /// <summary>Takes effect with the next group. One caller at a time.</summary>
    public void Apply(CdrSettings settings)
    {
        if (settings.File is { } file && file != _settings.File)
        {
            Move(ref _file, "file", WriteLine, NewFile(file, [], _oldFiles));
        }

        if (settings.Csv is { } csv && csv != _settings.Csv)
        {
            Move(ref _csv, "csv", CsvRecord.Write, NewFile(csv, CsvRecord.Header, _oldTables));
        }

        if (settings.Webhook is { } webhook && webhook != _settings.Webhook)
        {
            MoveWebhook(webhook);
        }

        _webhook?.MoveTo(settings.Webhook);
        Volatile.Write(ref _settings, settings);
    }

    /// <summary>Never waits. One caller at a time.</summary>
    public void Add(JudgedCall call)
    {
        var settings = Volatile.Read(ref _settings);
        Add(settings.File is null ? null : _file, call);
        Add(settings.Csv is null ? null : _csv, call);
        Add(settings.Webhook is null ? null : _spooled, call);
    }

    public IEnumerable<CdrCounts> Counts()
    {
        foreach (var target in new[] { _file, _csv }.OfType<CdrTarget>())
        {
            yield return new CdrCounts(target.Name, target.Written, target.Queued, target.Failures, target.Dropped, target.Lost, 0);
        }

        if (_spooled is { } spooled)
        {
            yield return new CdrCounts(
                spooled.Name, _webhook!.Delivered, spooled.Queued + _spool!.Records, spooled.Failures + _webhook.Failures, spooled.Dropped, spooled.Lost, Volatile.Read(ref _spoolFull));
        }
    }

    /// <summary>Writes what is queued, within a bounded time.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(new[] { _file, _csv, _spooled }.OfType<CdrTarget>().Select(target => Task.Run(() => End(target)))).ConfigureAwait(false);
        if (_webhook is not null)
        {
            await _webhook.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static void End(CdrTarget target)
    {
        target.End(EndWait);
        target.Dispose();
    }

    private static void Add(CdrTarget? target, JudgedCall call)
    {
        target?.Watch();
        target?.Add(call);
    }

    private CdrFile NewFile(CdrFileSettings file, byte[] header, OldFiles old)
    {
        old.Rotation = file.Rotation;
        return new CdrFile(file, header, old, time);
    }

    private void Move(ref CdrTarget? target, string name, CdrFormat format, ICdrSink sink)
    {
        target?.MoveTo(sink);
        target ??= new CdrTarget(name, format, sink, log, time);
    }

    private void MoveWebhook(WebhookSettings settings)
    {
        if (_spool is null)
        {
            _spool = new CdrSpool(settings.Spool, Overflowed, () => _webhook?.Wake());
            _webhook = new CdrWebhook(settings, _spool, log, time);
            _spooled = new CdrTarget("webhook", WriteLine, _spool, log, time);
        }

        _spool.Bound(settings.SpoolSize, settings.IsSynced);
    }

    private void Overflowed(int records)
    {
        Interlocked.Add(ref _spoolFull, records);
        JournalLog.SpoolFull(log, records, _spool!.Place);
    }

    private static void WriteLine(JudgedCall call, IBufferWriter<byte> lines)
    {
        using (var json = new Utf8JsonWriter(lines, CallJson.Writer))
        {
            JsonSerializer.Serialize(json, CallDetails.Of(call), CallJson.Default.CallDetails);
        }

        lines.Write("\n"u8);
    }
}
