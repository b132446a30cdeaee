using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SipAlg.Calls.Registrations;
using SipAlg.Configuration;
using SipAlg.Hosting;

namespace SipAlg.State;

/// <summary>The registrations of this and the last run: opened before the gateway, restored into it before it takes anything.</summary>
internal sealed class BindingState : IDisposable
{
    public const string FileName = "registrations.db";

    private const int NotADatabase = 26;
    private const int Corrupt = 11;

    private readonly BindingRows _rows;
    private readonly BindingStore _store;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private Gateway? _gateway;

    private BindingState(BindingRows rows, ILogger log, TimeProvider time)
    {
        (_rows, _log, _time) = (rows, log, time);
        _store = new BindingStore(rows, log, flow => _gateway!.Listeners[flow.Listener].Name);
    }

    public IBindingJournal Journal => _store;

    /// <summary>Transactions that failed.</summary>
    public long Failures => _store.Failures;

    /// <summary>Null: nobody can register here, or the file cannot be had, which the log tells.</summary>
    public static BindingState? Open(LoadedConfiguration configuration, ILogger log, TimeProvider time)
    {
        if (configuration.Model.Realms.All(realm => realm is { Authentication: null, Relay: null }))
        {
            return null;
        }

        var path = Path.Combine(configuration.Host.StateFolder, FileName);
        try
        {
            Directory.CreateDirectory(configuration.Host.StateFolder);
            return new BindingState(OpenRows(path, log, time), log, time);
        }
        catch (Exception fault) when (fault is SqliteException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            StateLog.NotKept(log, path, fault.Message);
            return null;
        }
    }

    /// <summary>Takes over what was kept, and begins to keep. Before the lanes run.</summary>
    public void Restore(Gateway gateway)
    {
        _gateway = gateway;
        var started = Stopwatch.GetTimestamp();
        var restored = 0;
        var listeners = new KeptListeners(gateway.Listeners);
        foreach (var (binding, kept) in ReadAhead.Of(_rows.Read(_time.GetUtcNow())))
        {
            if (listeners.TryFlow(kept, out var flow) && gateway.Registrar.Restore(binding with { Flow = flow }))
            {
                restored++;
            }
        }

        if (restored > 0)
        {
            StateLog.Restored(_log, restored, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        _store.Start(gateway.Registrar.Kept);
    }

    public void Dispose() => _store.Dispose();

    private static BindingRows OpenRows(string path, ILogger log, TimeProvider time)
    {
        try
        {
            return new BindingRows(path);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is NotADatabase or Corrupt)
        {
            var aside = $"{path}.{time.GetUtcNow():yyyyMMdd-HHmmss}.unreadable";
            File.Move(path, aside);
            StateLog.PutAside(log, path, fault.Message, aside);
            return new BindingRows(path);
        }
    }
}
