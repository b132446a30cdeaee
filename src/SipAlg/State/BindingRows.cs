using Microsoft.Data.Sqlite;
using SipAlg.Calls.Registrations;
using SQLitePCL;

namespace SipAlg.State;

/// <param name="binding">Good until it returns.</param>
internal delegate void BindingTaker(in KeptBinding binding);

/// <summary>The tables of bindings and of their refreshes, and the statements on them; one connection, one thread at a time.</summary>
internal sealed class BindingRows : IDisposable
{
    private const int Version = 2;

    private readonly SqliteConnection _connection;
    private readonly BindingOctets _octets = new();
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _keep;
    private readonly Statement _forget;
    private readonly RefreshLog _refreshes;

    /// <param name="foldFrom">Entries in the log of refreshes below which it is left as it is.</param>
    /// <param name="isEmptied">What is in it counts no more.</param>
    /// <exception cref="SqliteException">The file cannot be had, or is no database, or is one of another version.</exception>
    public BindingRows(string path, int foldFrom = 100_000, bool isEmptied = false)
    {
        File = path;
        _connection = Sqlite.Open(path);
        try
        {
            CheckVersion();
            Sqlite.Execute(_connection, $"""
                CREATE TABLE IF NOT EXISTS bindings (id INTEGER PRIMARY KEY, cseq INTEGER NOT NULL, expires INTEGER NOT NULL, octets BLOB NOT NULL);
                CREATE TABLE IF NOT EXISTS refreshes (number INTEGER PRIMARY KEY, octets BLOB NOT NULL);
                PRAGMA user_version = {Version};
                """);
            if (isEmptied)
            {
                Sqlite.Execute(_connection, "DELETE FROM bindings; DELETE FROM refreshes;");
            }

            _begin = new Statement(_connection, "BEGIN IMMEDIATE");
            _commit = new Statement(_connection, "COMMIT");
            _rollback = new Statement(_connection, "ROLLBACK");
            _keep = new Statement(_connection, "INSERT OR REPLACE INTO bindings (id, cseq, expires, octets) VALUES (?, ?, ?, ?)");
            _forget = new Statement(_connection, "DELETE FROM bindings WHERE id = ?");
            _refreshes = new RefreshLog(_connection, foldFrom);
            _refreshes.Load();
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public string File { get; }

    /// <summary>Gives out all that have not ended by now; those that have are dropped.</summary>
    /// <param name="now">UTC.</param>
    /// <param name="listeners">Those of this run, since they may have changed; a binding that came by none of them is passed over.</param>
    /// <param name="take">Told of each.</param>
    public void Read(DateTimeOffset now, KeptListeners listeners, BindingTaker take)
    {
        var (ended, at) = (new List<long>(), now.ToUnixTimeMilliseconds());
        using (var rows = new Statement(_connection, "SELECT id, cseq, expires, octets FROM bindings"))
        {
            while (rows.Read())
            {
                var id = rows.Integer(0);
                if (!_refreshes.TryNewest(id, out var to))
                {
                    to = new Refreshed((uint)rows.Integer(1), rows.Integer(2));
                }

                if (to.Expires <= at)
                {
                    ended.Add(id);
                }
                else if (BindingOctets.TryRead(listeners, rows.Octets(3), id, to, out var binding))
                {
                    take(binding);
                }
            }
        }

        Write(ended.Select(id => new BindingChange(id, null, "", default, IsEnd: true)));
    }

    /// <summary>The greatest number of a binding in the file; 0: there is none.</summary>
    public long LastId() => Ask("SELECT max(id) FROM bindings");

    /// <summary>Groups of refreshes in the file.</summary>
    public long LogLength() => Ask("SELECT count(*) FROM refreshes");

    /// <summary>Writes all of it or nothing.</summary>
    /// <exception cref="SqliteException">Nothing was written: the disk is full, or fails.</exception>
    public void Write(IEnumerable<BindingChange> changes)
    {
        _begin.Run();
        try
        {
            foreach (var change in changes)
            {
                Write(change);
            }

            _refreshes.Write();
            _commit.Run();
        }
        catch
        {
            _refreshes.RolledBack();

            // SQLite itself has done so after some failures (a full disk).
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                _rollback.Run();
            }

            throw;
        }

        _refreshes.Committed();
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _commit, _rollback, _keep, _forget])
        {
            statement.Dispose();
        }

        _refreshes.Dispose();
        _octets.Dispose();
        _connection.Dispose();
    }

    private void Write(in BindingChange change)
    {
        if (change.IsEnd)
        {
            _forget.Bind(change.Id).Run();
            _refreshes.Forget(change.Id);
        }
        else if (change.Kept is { } kept)
        {
            _keep.Bind(change.Id).Bind(change.To.CSeq).Bind(change.To.Expires).Bind(_octets.Of(kept, change.Realm)).Run();
            _refreshes.AddIfKnown(change.Id, change.To);
        }
        else
        {
            _refreshes.Add(change.Id, change.To);
        }
    }

    private void CheckVersion()
    {
        if (Ask("PRAGMA user_version") is not (0 or Version) and var version)
        {
            throw new SqliteException($"it is of version {version}, and this program reads version {Version}", raw.SQLITE_NOTADB);
        }
    }

    private long Ask(string sql)
    {
        using var asked = new Statement(_connection, sql);
        return asked.Read() ? asked.Integer(0) : 0;
    }
}
