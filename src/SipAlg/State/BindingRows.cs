using System.Globalization;
using Microsoft.Data.Sqlite;
using SipAlg.Calls.Registrations;
using SQLitePCL;

namespace SipAlg.State;

/// <summary>The table of bindings, and the statements on it; one connection, one thread at a time.</summary>
internal sealed class BindingRows : IDisposable
{
    private const int Version = 1;
    private const string Columns = "id, aor, contact, call_id, cseq, expires, flow, traits, q, instance, reg_id, path, agent";

    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _keep;
    private readonly Statement _refresh;
    private readonly Statement _forget;
    private readonly Statement _keepUpstream;
    private readonly Statement _forgetUpstream;

    /// <exception cref="SqliteException">The file cannot be had, or is no database.</exception>
    public BindingRows(string path)
    {
        File = path;
        _connection = Sqlite.Open(path);
        try
        {
            Sqlite.Execute(_connection, $"""
                CREATE TABLE IF NOT EXISTS bindings (id INTEGER PRIMARY KEY, aor TEXT NOT NULL, contact TEXT NOT NULL, call_id TEXT NOT NULL, cseq INTEGER NOT NULL,
                    expires INTEGER NOT NULL, flow TEXT NOT NULL, traits INTEGER NOT NULL, q INTEGER NOT NULL, instance TEXT NOT NULL, reg_id INTEGER NOT NULL,
                    path TEXT NOT NULL, agent TEXT NOT NULL);
                CREATE TABLE IF NOT EXISTS relayed (id INTEGER PRIMARY KEY, token INTEGER NOT NULL, expires INTEGER NOT NULL, registrar TEXT NOT NULL);
                PRAGMA user_version = {Version};
                """);
            // What is empty arrives as null.
            var marks = string.Join(", ", Columns.Split(", ").Select(_ => "ifnull(?, '')"));
            _begin = new Statement(_connection, "BEGIN IMMEDIATE");
            _commit = new Statement(_connection, "COMMIT");
            _rollback = new Statement(_connection, "ROLLBACK");
            _keep = new Statement(_connection, $"INSERT OR REPLACE INTO bindings ({Columns}) VALUES ({marks})");
            _refresh = new Statement(_connection, "UPDATE bindings SET cseq = ?, expires = ? WHERE id = ?");
            _forget = new Statement(_connection, "DELETE FROM bindings WHERE id = ?");
            _keepUpstream = new Statement(_connection, "INSERT OR REPLACE INTO relayed (id, token, expires, registrar) VALUES (?, ?, ?, ?)");
            _forgetUpstream = new Statement(_connection, "DELETE FROM relayed WHERE id = ?");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public string File { get; }

    /// <summary>All that have not ended by now, while they are asked for; those that have are dropped. The flow stands as text, since listeners may have changed.</summary>
    public IEnumerable<(BindingRecord Binding, FlowText Flow)> Read(DateTimeOffset now)
    {
        Sqlite.Execute(_connection, $"DELETE FROM bindings WHERE expires <= {now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}; DELETE FROM relayed WHERE id NOT IN (SELECT id FROM bindings)");
        using var rows = new Statement(_connection, $"SELECT {string.Join(", ", Columns.Split(", ").Select(column => "bindings." + column))}, relayed.token, relayed.expires, relayed.registrar FROM bindings LEFT JOIN relayed ON relayed.id = bindings.id");
        while (rows.Read())
        {
            if (FlowText.TryParse(rows.Text(6), out var flow))
            {
                yield return (Binding(rows), flow);
            }
        }
    }

    /// <summary>The greatest number of a binding in the file; 0: there is none.</summary>
    public long LastId()
    {
        using var command = _connection.CreateCommand();
        command.CommandText = "SELECT ifnull(max(id), 0) FROM bindings";
        return (long)command.ExecuteScalar()!;
    }

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

            _commit.Run();
        }
        catch
        {
            // SQLite itself has done so after some failures (a full disk).
            if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            {
                _rollback.Run();
            }

            throw;
        }
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_begin, _commit, _rollback, _keep, _refresh, _forget, _keepUpstream, _forgetUpstream])
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }

    private static BindingRecord Binding(Statement row)
    {
        var binding = new BindingRecord(row.Integer(0), row.Text(1), row.Text(2), row.Text(3), (uint)row.Integer(4),
            DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(5)), default, (BindingTraits)row.Integer(7), (int)row.Integer(8), row.Text(9),
            (uint)row.Integer(10), row.Text(11), row.Text(12));
        return row.Integer(13) is var token && token == 0 ? binding : binding with
        {
            Token = (ulong)token,
            UpstreamExpires = DateTimeOffset.FromUnixTimeMilliseconds(row.Integer(14)),
            Registrar = row.Text(15),
        };
    }

    private void Write(in BindingChange change)
    {
        if (change.IsEnd)
        {
            _forget.Bind(change.Id).Run();
            _forgetUpstream.Bind(change.Id).Run();
        }
        else if (change.Kept is { } kept)
        {
            _keep.Bind(change.Id).Bind(kept.Aor).Bind(kept.Contact).Bind(kept.CallId).Bind(change.CSeq).Bind(change.Expires.ToUnixTimeMilliseconds())
                .Bind(change.Flow.ToString()).Bind((long)kept.Traits).Bind(kept.Q).Bind(kept.Instance).Bind(kept.RegId).Bind(kept.Path).Bind(kept.Agent)
                .Run();
            if (kept.Token != 0)
            {
                // A refresh that was answered here does not change it.
                _keepUpstream.Bind(change.Id).Bind((long)kept.Token).Bind(kept.UpstreamExpires.ToUnixTimeMilliseconds()).Bind(kept.Registrar).Run();
            }
        }
        else
        {
            _refresh.Bind(change.CSeq).Bind(change.Expires.ToUnixTimeMilliseconds()).Bind(change.Id).Run();
        }
    }
}
