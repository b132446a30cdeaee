using System.Diagnostics;
using Microsoft.Data.Sqlite;
using SipAlg.Calls.Registrations;
using SipAlg.Configuration;
using SipAlg.Hosting;
using SipAlg.Signaling.Lanes;

namespace SipAlg.State;

/// <summary>The registrations of this and the last run: opened before the gateway, restored into it before it takes anything.</summary>
internal sealed class BindingState : IDisposable
{
    public const string FileName = "registrations.db";

    /// <summary>Bindings that one turn of their lane copies, where all have to be written anew.</summary>
    private const int Page = 500;

    private static readonly TimeSpan LanePatience = TimeSpan.FromSeconds(5);

    private readonly BindingRows? _rows;
    private readonly BindingStore _store;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private Gateway? _gateway;

    private BindingState(string path, BindingRows? rows, ILogger log, TimeProvider time)
    {
        (_rows, _log, _time) = (rows, log, time);
        var recovery = new BindingRecovery(isUnreadable => OpenAnew(path, isUnreadable, log, time), Standing);
        _store = new BindingStore(rows, log, flow => _gateway!.Listeners[flow.Listener].Name, recovery: recovery, file: path);
    }

    public IBindingJournal Journal => _store;

    /// <summary>Transactions that failed.</summary>
    public long Failures => _store.Failures;

    /// <summary>Changes that are not in the file.</summary>
    public int Waiting => _store.Waiting;

    /// <summary>Null: nobody can register here, or SQLite is not installed, which the log tells.</summary>
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
            return new BindingState(path, OpenRows(path, log, time), log, time);
        }
        catch (DllNotFoundException fault)
        {
            StateLog.NotKept(log, path, fault.Message);
            return null;
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            StateLog.NotYet(log, path, fault.Message);
            return new BindingState(path, null, log, time);
        }
    }

    /// <summary>Takes over what was kept, and begins to keep. Before the lanes run.</summary>
    public void Restore(Gateway gateway)
    {
        _gateway = gateway;
        var started = Stopwatch.GetTimestamp();
        var restored = 0;
        var listeners = new KeptListeners([.. gateway.Listeners.Select((listener, index) => listener with { Address = gateway.Network.Bound(index) })], HostAddresses.Has, gateway.LocalTowards);
        _rows?.Read(_time.GetUtcNow(), listeners, (in KeptBinding binding) => restored += Restore(gateway, binding) ? 1 : 0);
        if (restored > 0)
        {
            StateLog.Restored(_log, restored, (long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        _store.Start(gateway.Registrar.Kept);
    }

    public void Dispose() => _store.Dispose();

    /// <summary>Nobody is called by the contacts of a user who is gone, or of a domain that is, as after a reload.</summary>
    private bool Restore(Gateway gateway, in KeptBinding binding)
    {
        if (binding.Token == 0 && !gateway.Model.HasUser(binding.Aor))
        {
            _store.Forget(binding.Id);
            return false;
        }

        return gateway.Registrar.Restore(binding);
    }

    private static BindingRows OpenRows(string path, ILogger log, TimeProvider time)
    {
        try
        {
            return new BindingRows(path);
        }
        catch (SqliteException fault) when (BindingRecovery.IsUnreadable(fault))
        {
            PutAside(path, fault.Message, log, time);
            return new BindingRows(path);
        }
    }

    /// <summary>An empty file for a gateway that runs.</summary>
    private static BindingRows OpenAnew(string path, bool isUnreadable, ILogger log, TimeProvider time)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (isUnreadable)
        {
            PutAside(path, "it is damaged", log, time);
        }

        try
        {
            return new BindingRows(path, isEmptied: true);
        }
        catch (SqliteException fault) when (BindingRecovery.IsUnreadable(fault))
        {
            PutAside(path, fault.Message, log, time);
            return new BindingRows(path);
        }
    }

    private static void PutAside(string path, string reason, ILogger log, TimeProvider time)
    {
        var aside = $"{path}.{time.GetUtcNow():yyyyMMdd-HHmmss}.unreadable";
        foreach (var companion in (string[])["", "-wal", "-shm"])
        {
            if (File.Exists(path + companion))
            {
                File.Move(path + companion, aside + companion, overwrite: true);
            }
        }

        StateLog.PutAside(log, path, reason, aside);
    }

    private IEnumerable<BindingRecord> Standing()
    {
        for (var from = 0; from >= 0;)
        {
            var first = from;
            (var page, from) = _gateway!.AskAsync(LaneNames.Registrations, lane =>
            {
                var records = new BindingRecord[Page];
                var next = lane.Registrar!.List(first, records, out var count);
                return (records[..count], next);
            }).WaitAsync(LanePatience).GetAwaiter().GetResult();
            foreach (var binding in page)
            {
                yield return binding;
            }
        }
    }
}
