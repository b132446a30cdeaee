using System.Globalization;
using Microsoft.Data.Sqlite;
using SipAlg.Calls.Registrations;

namespace SipAlg.State;

/// <summary>The table of bindings, and the statements on it; one connection, one thread at a time.</summary>
internal sealed class BindingRows : IDisposable
{
    private const int Version = 1;
    private const string Columns = "id, aor, contact, call_id, cseq, expires, flow, traits, q, instance, reg_id, path, agent";

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _keep;
    private readonly SqliteCommand _refresh;
    private readonly SqliteCommand _forget;
    private readonly SqliteCommand _keepUpstream;
    private readonly SqliteCommand _forgetUpstream;

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
                CREATE TABLE IF NOT EXISTS upstream (id INTEGER PRIMARY KEY, token INTEGER NOT NULL, expires INTEGER NOT NULL);
                PRAGMA user_version = {Version};
                """);
            var marks = string.Join(", ", Columns.Split(", ").Select(column => "$" + column));
            _keep = Prepare($"INSERT OR REPLACE INTO bindings ({Columns}) VALUES ({marks})", Columns.Split(", "));
            _refresh = Prepare("UPDATE bindings SET cseq = $cseq, expires = $expires WHERE id = $id", "id", "cseq", "expires");
            _forget = Prepare("DELETE FROM bindings WHERE id = $id", "id");
            _keepUpstream = Prepare("INSERT OR REPLACE INTO upstream (id, token, expires) VALUES ($id, $token, $expires)", "id", "token", "expires");
            _forgetUpstream = Prepare("DELETE FROM upstream WHERE id = $id", "id");
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public string File { get; }

    /// <summary>All that have not ended by now; those that have are dropped. The flow stands as text, since listeners may have changed.</summary>
    public List<(BindingRecord Binding, FlowText Flow)> Read(DateTimeOffset now)
    {
        Sqlite.Execute(_connection, $"DELETE FROM bindings WHERE expires <= {now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)}; DELETE FROM upstream WHERE id NOT IN (SELECT id FROM bindings)");
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT {string.Join(", ", Columns.Split(", ").Select(column => "bindings." + column))}, upstream.token, upstream.expires FROM bindings LEFT JOIN upstream ON upstream.id = bindings.id";
        using var reader = command.ExecuteReader();
        var rows = new List<(BindingRecord, FlowText)>();
        while (reader.Read())
        {
            if (FlowText.TryParse(reader.GetString(6), out var flow))
            {
                rows.Add((new BindingRecord(reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), (uint)reader.GetInt64(4),
                    DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(5)), default, (BindingTraits)reader.GetInt64(7), reader.GetInt32(8), reader.GetString(9),
                    (uint)reader.GetInt64(10), reader.GetString(11), reader.GetString(12))
                {
                    Token = reader.IsDBNull(13) ? 0 : (ulong)reader.GetInt64(13),
                    UpstreamExpires = reader.IsDBNull(14) ? default : DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(14)),
                }, flow));
            }
        }

        return rows;
    }

    /// <summary>Writes all of it or nothing.</summary>
    /// <exception cref="SqliteException">Nothing was written: the disk is full, or fails.</exception>
    public void Write(IEnumerable<BindingChange> changes)
    {
        using var transaction = _connection.BeginTransaction();
        foreach (var change in changes)
        {
            var command = change.Kept is not null ? _keep : change.IsEnd ? _forget : _refresh;
            command.Transaction = transaction;
            Fill(command, change);
            command.ExecuteNonQuery();
            WriteUpstream(transaction, change);
        }

        transaction.Commit();
    }

    public void Dispose()
    {
        _keep.Dispose();
        _refresh.Dispose();
        _forget.Dispose();
        _keepUpstream.Dispose();
        _forgetUpstream.Dispose();
        _connection.Dispose();
    }

    /// <summary>How a binding stands with another registrar, if one has accepted it; a refresh that was answered here does not change it.</summary>
    private void WriteUpstream(SqliteTransaction transaction, in BindingChange change)
    {
        if (change.IsEnd)
        {
            _forgetUpstream.Transaction = transaction;
            _forgetUpstream.Parameters["$id"].Value = change.Id;
            _forgetUpstream.ExecuteNonQuery();
        }
        else if (change.Kept is { Token: not 0 } kept)
        {
            _keepUpstream.Transaction = transaction;
            _keepUpstream.Parameters["$id"].Value = change.Id;
            _keepUpstream.Parameters["$token"].Value = (long)kept.Token;
            _keepUpstream.Parameters["$expires"].Value = kept.UpstreamExpires.ToUnixTimeMilliseconds();
            _keepUpstream.ExecuteNonQuery();
        }
    }

    private static void Fill(SqliteCommand command, BindingChange change)
    {
        var parameters = command.Parameters;
        parameters["$id"].Value = change.Id;
        if (change.IsEnd)
        {
            return;
        }

        parameters["$cseq"].Value = (long)change.CSeq;
        parameters["$expires"].Value = change.Expires.ToUnixTimeMilliseconds();
        if (change.Kept is not { } kept)
        {
            return;
        }

        parameters["$aor"].Value = kept.Aor;
        parameters["$contact"].Value = kept.Contact;
        parameters["$call_id"].Value = kept.CallId;
        parameters["$flow"].Value = change.Flow.ToString();
        parameters["$traits"].Value = (long)kept.Traits;
        parameters["$q"].Value = kept.Q;
        parameters["$instance"].Value = kept.Instance;
        parameters["$reg_id"].Value = (long)kept.RegId;
        parameters["$path"].Value = kept.Path;
        parameters["$agent"].Value = kept.Agent;
    }

    private SqliteCommand Prepare(string sql, params string[] names)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in names)
        {
            command.Parameters.Add(new SqliteParameter("$" + name, DBNull.Value));
        }

        return command;
    }
}
