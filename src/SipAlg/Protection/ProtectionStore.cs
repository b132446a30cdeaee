using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SipAlg.Calls.Bans;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.State;

namespace SipAlg.Protection;

/// <summary>
/// Keeps bans, and what accounts have used, in a file: a round a few seconds after another writes what has changed. What a killed process had not
/// written yet is forgotten: some seconds of talk. While the file cannot be written everything holds all the same.
/// </summary>
internal sealed class ProtectionStore : IDisposable
{
    public const string FileName = "protection.db";

    private const int NotADatabase = 26;
    private const int Corrupt = 11;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly BanList _bans;
    private readonly CallLedger _ledger;
    private readonly ILogger _log;
    private readonly string _file;
    private readonly ITimer _timer;
    private readonly TimeProvider _time;

    /// <summary>Null as long as there is nothing to keep.</summary>
    private SqliteConnection? _connection;
    private HashSet<Ban> _written = [];
    private bool _isWritten = true;
    private long _failures;

    private ProtectionStore(string file, BanList bans, CallLedger ledger, ILogger log, TimeProvider time)
    {
        (_file, _bans, _ledger, _log, _time) = (file, bans, ledger, log, time);
        if (File.Exists(file))
        {
            _connection = OpenFile(file, log, time);
            Read(_connection);
        }

        _timer = time.CreateTimer(_ => Write(), null, Period, Period);
    }

    /// <summary>Rounds that failed.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Takes over what was kept, and begins to keep. Null: the file cannot be had, which the log tells.</summary>
    public static ProtectionStore? Open(string folder, BanList bans, CallLedger ledger, ILogger log, TimeProvider time)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            return new ProtectionStore(path, bans, ledger, log, time);
        }
        catch (Exception fault) when (fault is SqliteException or DllNotFoundException or IOException or UnauthorizedAccessException)
        {
            ProtectionLog.NotKept(log, path, fault.Message);
            return null;
        }
    }

    /// <summary>Writes what has changed, and closes the file.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Write();
        lock (_lock)
        {
            _connection?.Dispose();
        }
    }

    /// <summary>One round; what fails is tried again in the next.</summary>
    internal void Write()
    {
        lock (_lock)
        {
            try
            {
                WriteChanges();
                if (!_isWritten)
                {
                    _isWritten = true;
                    ProtectionLog.WrittenAgain(_log, _file);
                }
            }
            catch (Exception fault) when (fault is SqliteException or DllNotFoundException or IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                Interlocked.Increment(ref _failures);
                if (_isWritten)
                {
                    _isWritten = false;
                    ProtectionLog.NotWritten(_log, _file, fault.Message);
                }
            }
        }
    }

    private static SqliteConnection OpenFile(string path, ILogger log, TimeProvider time)
    {
        try
        {
            return Prepared(path);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode is NotADatabase or Corrupt)
        {
            var aside = $"{path}.{time.GetUtcNow():yyyyMMdd-HHmmss}.unreadable";
            File.Move(path, aside);
            ProtectionLog.PutAside(log, path, fault.Message, aside);
            return Prepared(path);
        }
    }

    private static SqliteConnection Prepared(string path)
    {
        var connection = Sqlite.Open(path);
        try
        {
            Sqlite.Execute(connection, """
                CREATE TABLE IF NOT EXISTS bans (address BLOB PRIMARY KEY, reason BLOB, detail BLOB, proven INTEGER, realm BLOB, since INTEGER, until INTEGER, times INTEGER) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS usage (account BLOB, numbers BLOB, window INTEGER, begun BLOB, day INTEGER, seconds INTEGER, PRIMARY KEY (account, numbers)) WITHOUT ROWID;
                """);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Read(SqliteConnection connection)
    {
        using (var rows = new Statement(connection, "SELECT address, reason, detail, proven, realm, since, until, times FROM bans"))
        {
            while (rows.Read())
            {
                if (rows.Octets(0).Length is 4 or 16 && BanReasons.TryParse(Text(rows.Octets(1)), out var reason))
                {
                    _bans.Restore(new Ban(Prefixes.Household(IpAddress.FromOctets(rows.Octets(0))), reason)
                    {
                        Detail = Text(rows.Octets(2)),
                        IsProven = rows.Integer(3) != 0,
                        Realm = Text(rows.Octets(4)),
                        Since = DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(5)),
                        Until = DateTimeOffset.FromUnixTimeMilliseconds(rows.Integer(6)),
                        Times = (int)rows.Integer(7),
                    });
                }
            }
        }

        // Of an account that nobody uses any more nothing is kept beyond its day, or its hour.
        Sqlite.Execute(connection, string.Create(CultureInfo.InvariantCulture, $"DELETE FROM usage WHERE day < {_ledger.Today - 1} AND window < {CallUsage.WindowAt(_time.GetUtcNow()) - CallUsage.Windows}"));
        using (var rows = new Statement(connection, "SELECT account, numbers, window, begun, day, seconds FROM usage"))
        {
            while (rows.Read())
            {
                _ledger.Of(Text(rows.Octets(0))).Of(Text(rows.Octets(1)))
                    .Restore(new KeptUsage(rows.Integer(2), MemoryMarshal.Cast<byte, int>(rows.Octets(3)).ToArray(), (int)rows.Integer(4), rows.Integer(5) / 1000.0));
            }
        }

        _written = [.. _bans.Kept()];
        if (_bans.Active is > 0 and var count)
        {
            ProtectionLog.Restored(_log, count);
        }
    }

    private void WriteChanges()
    {
        var kept = _bans.Kept().ToHashSet();
        var accounts = _ledger.Accounts.Where(account => account.IsChanged).ToArray();
        if (kept.SetEquals(_written) && accounts.Length == 0)
        {
            return;
        }

        var connection = _connection ??= Made();
        try
        {
            using var transaction = connection.BeginTransaction();
            WriteBans(connection, kept);
            Array.ForEach(accounts, account => WriteUsage(connection, account));
            transaction.Commit();
            _written = kept;
        }
        catch
        {
            Array.ForEach(accounts, account => account.IsChanged = true);
            throw;
        }
    }

    private SqliteConnection Made()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        return OpenFile(_file, _log, _time);
    }

    private void WriteBans(SqliteConnection connection, HashSet<Ban> kept)
    {
        Span<byte> octets = stackalloc byte[16];
        using var drop = new Statement(connection, "DELETE FROM bans WHERE address = ?");
        foreach (var gone in _written.Where(ban => !kept.Contains(ban)))
        {
            drop.Bind(octets[..gone.Address.WriteOctets(octets)]).Run();
        }

        using var put = new Statement(connection, "INSERT OR REPLACE INTO bans VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        foreach (var ban in kept.Where(ban => !_written.Contains(ban)))
        {
            put.Bind(octets[..ban.Address.WriteOctets(octets)]).Bind(Encoding.UTF8.GetBytes(BanReasons.Text(ban.Reason))).Bind(Encoding.UTF8.GetBytes(ban.Detail)).Bind(ban.IsProven ? 1 : 0)
                .Bind(Encoding.UTF8.GetBytes(ban.Realm)).Bind(ban.Since.ToUnixTimeMilliseconds()).Bind(ban.Until.ToUnixTimeMilliseconds()).Bind(ban.Times).Run();
        }
    }

    private static void WriteUsage(SqliteConnection connection, CallAccount account)
    {
        using var put = new Statement(connection, "INSERT OR REPLACE INTO usage VALUES (?, ?, ?, ?, ?, ?)");
        foreach (var (numbers, usage) in account.Copy())
        {
            put.Bind(Encoding.UTF8.GetBytes(account.Name)).Bind(Encoding.UTF8.GetBytes(numbers)).Bind(usage.Window).Bind(MemoryMarshal.AsBytes(usage.Begun.AsSpan()))
                .Bind(usage.Day).Bind((long)(usage.Seconds * 1000)).Run();
        }
    }

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.UTF8.GetString(octets);
}
